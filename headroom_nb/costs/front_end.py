"""A row of the model table in the form the front end reckons with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.costs.pricing import terms

if TYPE_CHECKING:
    from headroom_nb.costs.spec import ModelSpec


def model_row(spec: ModelSpec) -> dict[str, Any]:
    """Return everything a browser needs to price pictures on a model, as JSON.

    Each level is ``[rule, constants]`` or, where sources conflict, ``[rule, constants, [[rule, constants], …]]``;
    constants that are left out have the rule's defaults. ``price`` is dollars per million tokens, and for a promotion
    ``[dollars, last day, dollars after it]``.
    """
    return {
        "name": spec.name,
        "provider": spec.provider,
        "default_detail": spec.default_detail,
        "levels": {level: _level(spec, level) for level in spec.details},
        "exact": spec.exact,
        "note": spec.note,
        "price": spec.price.usd
        if spec.price.until is None
        else [spec.price.usd, spec.price.until.isoformat(), spec.price.then],
        "max_side": spec.limits.max_side,
    }


def _level(spec: ModelSpec, level: str) -> list[Any]:
    rule, constants, alternatives = terms(spec, level)
    if not alternatives:
        return [rule, constants]
    return [rule, constants, [_alternative(rule, constants, other) for other in alternatives]]


def _alternative(rule: str, constants: dict[str, Any], other: Any) -> list[Any]:
    if "rule" in other:
        return [other["rule"], {key: value for key, value in other.items() if key != "rule"}]
    return [rule, {**constants, **other}]
