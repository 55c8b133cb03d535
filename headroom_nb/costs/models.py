"""The model table: read once, looked up by any name a caller is likely to have."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from headroom_nb.costs.spec import Limits, ModelSpec, Price
from headroom_nb.errors import OptionError, UnknownModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOST = re.compile(
    r"^(?:(?:us|eu|apac|jp|au|ca|global)\.)?(?:anthropic|amazon|meta|mistral|qwen|deepseek|moonshotai)\."
)
_SUFFIX = re.compile(
    r"(?:-v\d+(?::\d+)*|:\d+|@[\w-]+|-\d{4}-\d{2}-\d{2}|-20\d{6}|-\d{2}-20\d{2}|-preview-\d{2}-\d{2,4}|-00\d|"
    r"-latest|-exp|-preview|\[\w+\]|:\w+)$"
)
_CHANNEL_PREFIXES = {"bedrock/": "bedrock", "bedrock_converse/": "bedrock", "vertex_ai/": "vertex", "vertex/": "vertex"}


@lru_cache(maxsize=512)
def find_model(model: str | None = None, provider: str | None = None) -> ModelSpec:
    """Return a model of the table.

    Parameters
    ----------
    model
        A name as the provider, a cloud or a router writes it: with a date, a ``"models/"`` or ``"anthropic/"`` prefix,
        a Bedrock id; or a family such as ``"claude-standard"``. None stands for the provider's default.
    provider
        A provider of the table, or a cloud (``"bedrock"``, ``"vertex"``) whose limits then apply. Needed only without
        a model.

    Raises
    ------
    UnknownModelError
        No such model; the error lists the close ones.
    OptionError
        No such provider, or neither argument was given.
    """
    table = load_table()
    if provider is not None and provider not in table["providers"] and provider not in table["channels"]:
        raise OptionError(f"no provider {provider!r} in the model table; use one of: {', '.join(providers())}")
    if model is None:
        if provider is None:
            raise OptionError("name a model or a provider")
        model = table["providers"].get(provider, table["providers"]["anthropic"])["default_model"]
    spec = _find(model)
    channel = provider if provider in table["channels"] else _channel(model)
    return _through(spec, channel) if channel is not None else spec


def model_names(provider: str | None = None) -> tuple[str, ...]:
    """Return the canonical names in the table's order, of one provider or of all."""
    return tuple(name for name, spec in _rows().items() if provider in (None, spec.provider))


def providers() -> tuple[str, ...]:
    """Return the providers and clouds that can be named."""
    table = load_table()
    return tuple(dict.fromkeys((*table["providers"], *table["channels"])))


@lru_cache(maxsize=1)
def load_table() -> Mapping[str, Any]:
    """Return the parsed ``models.json``."""
    text = files("headroom_nb.costs").joinpath("models.json").read_text(encoding="utf-8")
    table: Mapping[str, Any] = json.loads(text)
    return table


@lru_cache(maxsize=1)
def _rows() -> dict[str, ModelSpec]:
    return {row["name"]: _spec(row) for row in load_table()["models"]}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Every spelling the table itself gives, normalised, to its canonical name."""
    known = {_normal(name): name for name in _rows()}
    for row in load_table()["models"]:
        known.update({_normal(alias): row["name"] for alias in row.get("aliases", ())})
    return known


def _find(model: str) -> ModelSpec:
    rows, names = _rows(), _names()
    for spelling in _spellings(model):
        if spelling in names:
            return rows[names[spelling]]
    family = load_table()["families"].get(_normal(model))
    if family is not None:
        like = rows[family["like"]]
        return replace(
            like, name=_normal(model), exact=False, note=f"a family, priced like {like.name}: {family['says']}"
        )
    close = tuple(dict.fromkeys(names[name] for name in get_close_matches(_spellings(model)[-1], list(names), 5, 0.4)))
    raise UnknownModelError(
        f"no model {model!r} in the table; close: {', '.join(close) or 'none'}; "
        f"or name a family to price it like that: {', '.join(load_table()['families'])}",
        close=close,
    )


def _spellings(model: str) -> list[str]:
    """Return the name as it stands, then without host prefixes, then with dates and versions taken off one by one."""
    spelling = _normal(model).rsplit("/", 1)[-1]
    spellings = [_normal(model), spelling]
    if spelling.startswith("ft:"):
        spelling = spelling.split(":")[1]
        spellings.append(spelling)
    spelling = _HOST.sub("", spelling)
    spellings.append(spelling)
    while (shorter := _SUFFIX.sub("", spelling)) != spelling:
        spelling = shorter
        spellings.append(spelling)
    return spellings


def _normal(name: str) -> str:
    lowered = name.strip().lower()
    return lowered.replace(".", "-") if "claude" in lowered and "anthropic." not in lowered else lowered


def _channel(model: str) -> str | None:
    name = model.strip().lower()
    for prefix, channel in _CHANNEL_PREFIXES.items():
        if name.startswith(prefix):
            return channel
    if _HOST.match(name):
        return "bedrock"
    return "vertex" if "@" in name else None


def _through(spec: ModelSpec, channel: str) -> ModelSpec:
    """Return the model as a cloud sells it, with the cloud's name and its tighter limits; as it is if it does not."""
    row = load_table()["channels"][channel]
    if spec.provider not in row["limits"]:
        return spec
    return replace(spec, provider=channel, limits=replace(spec.limits, **row["limits"][spec.provider]))


def _spec(row: Mapping[str, Any]) -> ModelSpec:
    provider = load_table()["providers"][row["provider"]]
    price = row["price"]
    limits = {**provider["limits"], **row.get("limits", {})}
    return ModelSpec(
        name=row["name"],
        provider=row["provider"],
        rule=row["rule"],
        default_detail=row["default_detail"],
        details=row["details"],
        exact=row["exact"],
        note=row.get("note", ""),
        price=Price(
            usd=price["usd_per_million"],
            as_of=date.fromisoformat(price["read"]),
            until=date.fromisoformat(price["until"]) if "until" in price else None,
            then=price.get("then"),
            note=price.get("note", ""),
        ),
        limits=Limits(**{**limits, "media_types": frozenset(limits["media_types"])}),
        source=row["source"],
        read=row["read"],
        encoding=row.get("encoding", provider.get("encoding")),
    )
