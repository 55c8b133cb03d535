"""A row of the model table, from JSON, TOML or keywords, to a checked :class:`ModelSpec`."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import row_shapes
from headroom_nb.costs.registry import RULES
from headroom_nb.costs.spec import DETAILS, ModelSpec, Price, ProviderLimits
from headroom_nb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYS = {
    "name", "aliases", "provider", "rule", "default_detail", "details", "exact", "note", "price", "limits", "source",
    "read", "encoding", "text_scale", "like", "level_formats",
}  # fmt: skip
PRICE_KEYS = {"usd_per_million", "until", "then", "note", "source", "read"}
LIMIT_KEYS = {field.name for field in fields(ProviderLimits)}


def read_row(row: Mapping[str, Any], providers: Mapping[str, Any]) -> ModelSpec:
    """Return the model a complete row describes.

    Parameters
    ----------
    row
        As in ``models.json``; its ``limits`` override the provider's.
    providers
        The table's providers, for their limits and text tokeniser.

    Raises
    ------
    OptionError
        A key is missing, unknown or has a bad value; the message names the model and the key.
    """
    name = str(row.get("name", "?"))
    _known(row, KEYS, name)
    for key in ("name", "provider", "rule", "details"):
        if key not in row:
            raise OptionError(f"model {name!r}: {key!r} is missing")
    _check_details(name, row["rule"], row["details"], row.get("default_detail", "auto"))
    provider = providers.get(row["provider"], {})
    return ModelSpec(
        name=name,
        provider=row["provider"],
        rule=row["rule"],
        default_detail=row.get("default_detail", "auto"),
        details=row["details"],
        exact=row.get("exact", False),
        note=row.get("note", ""),
        price=_price(name, row.get("price", {})),
        limits=_limits(name, {**provider.get("limits", {}), **row.get("limits", {})}),
        source=row.get("source", "user"),
        read=str(row.get("read", _today())),
        encoding=row.get("encoding"),
        text_scale=row.get("text_scale", provider.get("text_scale", 1.0)),
        level_formats=_formats(row.get("level_formats", provider.get("level_formats"))),
    )


def change_row(like: ModelSpec, row: Mapping[str, Any]) -> ModelSpec:
    """Return a model priced like another one, with what the row says in place of the other's; raises as `read_row`."""
    name = str(row.get("name", "?"))
    _known(row, KEYS, name)
    rule, details = row.get("rule", like.rule), row.get("details", like.details)
    default = row.get("default_detail", like.default_detail)
    _check_details(name, rule, details, default)
    own_limits = _checked_limits(name, row.get("limits", {}))
    provider = row.get("provider", like.provider)
    own_rule = "rule" in row or "details" in row
    return replace(
        like,
        name=name,
        provider=provider,
        rule=rule,
        details=details,
        default_detail=default,
        exact=row.get("exact", False),
        note=row.get("note", "a user's own figures" if own_rule else f"priced like {like.name}"),
        price=_price(name, row["price"]) if "price" in row else like.price,
        limits=replace(like.limits, **own_limits),
        source=row.get("source", "user"),
        read=str(row.get("read", _today())),
        encoding=row.get("encoding", like.encoding),
        text_scale=row.get("text_scale", like.text_scale),
        level_formats=_formats(row.get("level_formats", like.level_formats)),
    )


def _check_details(name: str, rule: str, details: Any, default: str) -> None:
    if not isinstance(details, dict) or not details:
        raise OptionError(f"model {name!r}: 'details' is a table of detail levels, each with the rule's constants")
    for level, constants in details.items():
        if level not in DETAILS:
            raise OptionError(f"model {name!r}: no detail level {level!r}; use one of: {', '.join(DETAILS)}")
        own = dict(constants)
        alternatives = own.pop("alternatives", ())
        _check_constants(name, level, own.pop("rule", rule), own)
        for other in alternatives:
            changed = dict(other)
            base = {} if "rule" in changed else own
            _check_constants(name, level, changed.pop("rule", constants.get("rule", rule)), {**base, **changed})
    row_shapes.check_billing(name, rule, details)
    if default not in details:
        raise OptionError(f"model {name!r}: default_detail {default!r} is none of its levels: {', '.join(details)}")


def _check_constants(name: str, level: str, rule: str, constants: Mapping[str, Any]) -> None:
    if rule not in RULES:
        raise OptionError(f"model {name!r}: no rule {rule!r}; use one of: {', '.join(RULES)}")
    from inspect import signature

    try:
        signature(RULES[rule]).bind((1, 1), **constants)
    except TypeError as error:
        raise OptionError(f"model {name!r}, level {level!r}: rule {rule!r} has a {error}") from error


def _formats(names: Any) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)


def _price(name: str, price: Any) -> Price:
    if not isinstance(price, dict):
        price = {"usd_per_million": price}
    _known(price, PRICE_KEYS, f"{name}' price'")
    if not isinstance(price.get("note", ""), str):
        raise OptionError(f"model {name!r}: the price's 'note' is text")
    for key in ("usd_per_million", "then"):
        value = price.get(key)
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < float("inf")
        ):
            raise OptionError(f"model {name!r}: {key!r} is a number of dollars, not {value!r}")
    until = price.get("until")
    return Price(
        usd=price.get("usd_per_million"),
        as_of=_date(name, "read", price.get("read", _today())),
        until=None if until is None else _date(name, "until", until),
        then=price.get("then"),
        note=price.get("note", ""),
    )


def _limits(name: str, limits: Mapping[str, Any]) -> ProviderLimits:
    checked = _checked_limits(name, limits)
    return ProviderLimits(
        **{"media_types": frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"}), **checked}
    )


def _checked_limits(name: str, limits: Mapping[str, Any]) -> dict[str, Any]:
    _known(limits, LIMIT_KEYS, f"{name}' limits'")
    row_shapes.check_limits(name, limits)
    checked = dict(limits)
    if "media_types" in checked:
        checked["media_types"] = frozenset(checked["media_types"])
    return checked


def _known(row: Mapping[str, Any], keys: set[str], name: str) -> None:
    unknown = sorted(set(row) - keys, key=repr)
    if unknown:
        raise OptionError(f"model {name!r}: unknown key {unknown[0]!r}; use: {', '.join(sorted(keys))}")


def _date(name: str, key: str, value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise OptionError(f"model {name!r}: {key!r} is a date such as 2026-11-20, not {value!r}") from error


def _today() -> date:
    return datetime.now(tz=timezone.utc).date()
