"""A row of the model table in the form the front end reckons with."""

from __future__ import annotations

from functools import lru_cache
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

from headroom_nb.costs.pricing import terms
from headroom_nb.costs.registry import RULES
from headroom_nb.costs.table import load_table

if TYPE_CHECKING:
    from headroom_nb.costs.spec import ModelSpec


def model_row(spec: ModelSpec) -> dict[str, Any]:
    """Return everything a browser needs to price images on a model, as JSON.

    Each level is ``[rule, constants]`` or, where sources conflict, ``[rule, constants, [[rule, constants], …]]``; a
    rule's defaults are among its constants. ``price`` is dollars per million tokens, and for a promotion ``[dollars,
    last day, dollars after it]``.
    """
    return {
        "name": spec.name,
        "provider": spec.provider,
        "title": load_table()["providers"].get(spec.provider, {}).get("title", spec.provider),
        "default_detail": spec.default_detail,
        "levels": {level: _level(spec, level) for level in spec.details},
        "exact": spec.exact,
        "note": spec.note,
        "price": spec.price.usd
        if spec.price.until is None
        else [spec.price.usd, spec.price.until.isoformat(), spec.price.then],
        "max_side": spec.limits.max_side,
    }


@lru_cache(maxsize=64)
def rule_constants(rule: str) -> tuple[tuple[str, Any], ...]:
    """Return a rule's constants in order, each with its default; ``Parameter.empty`` where it has none."""
    return tuple((each.name, each.default) for each in list(signature(RULES[rule]).parameters.values())[1:])


def _level(spec: ModelSpec, level: str) -> list[Any]:
    rule, constants, alternatives = terms(spec, level)
    if not alternatives:
        return _complete(rule, constants)
    return [*_complete(rule, constants), [_alternative(rule, constants, other) for other in alternatives]]


def _alternative(rule: str, constants: dict[str, Any], other: Any) -> list[Any]:
    if "rule" in other:
        return _complete(other["rule"], {key: value for key, value in other.items() if key != "rule"})
    return _complete(rule, {**constants, **other})


def _complete(rule: str, constants: dict[str, Any]) -> list[Any]:
    defaults = {name: default for name, default in rule_constants(rule) if default is not Parameter.empty}
    return [rule, {**defaults, **constants}]
