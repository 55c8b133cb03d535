"""What kind of value each key of a model's row may hold, checked before the row is used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from headroom_nb.costs.registry import bill
from headroom_nb.errors import ImageRejectedError, OptionError

if TYPE_CHECKING:
    from headroom_nb.records import Size

SHAPES: dict[str, tuple[tuple[type, ...], str]] = {
    "name": ((str,), "text"),
    "like": ((str,), "the name of a model"),
    "aliases": ((list, tuple), "a list of names"),
    "provider": ((str,), "text"),
    "rule": ((str,), "the name of a rule"),
    "default_detail": ((str,), "a detail level"),
    "details": ((dict,), "a table of detail levels, each with the rule's constants"),
    "exact": ((bool,), "true or false"),
    "note": ((str,), "text"),
    "limits": ((dict,), "a table of limits"),
    "source": ((str,), "text"),
    "read": ((str, date), "a date"),
    "encoding": ((str, type(None)), "the name of a vocabulary"),
    "text_scale": ((int, float), "a number"),
    "level_formats": ((list, tuple), "a list of wire formats"),
}

LIMITS_IN_WORDS = {"animated", "note", "source", "read"}
PROBES: tuple[Size, ...] = ((1, 1), (640, 480), (3000, 4000), (8000, 20))
"""Sizes that a row's constants are tried on, pixels."""

_ARITHMETIC = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
"""What a rule's arithmetic raises on constants that are no numbers, or lead nowhere."""


def check_shapes(row: object) -> None:
    """Raise OptionError for a row whose values are of a wrong kind; the message names the model and the key."""
    if not isinstance(row, Mapping):
        raise OptionError(f"a model is a table of keys and values, not {type(row).__name__}")
    name = row.get("name", "?")
    for key, (kinds, what) in SHAPES.items():
        if key not in row:
            continue
        value = row[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise OptionError(f"model {name!r}: {key!r} is {what}, not of type {type(value).__name__}")
    if not row.get("name", "?").strip():
        raise OptionError("a model needs a name")
    if not all(isinstance(alias, str) for alias in row.get("aliases", ())):
        raise OptionError(f"model {name!r}: 'aliases' is a list of names")
    if not row.get("text_scale", 1) > 0:
        raise OptionError(f"model {name!r}: 'text_scale' is a number above 0")
    for level, constants in row.get("details", {}).items():
        _check_constants(name, level, constants)


def check_limits(name: str, limits: Mapping[str, Any]) -> None:
    """Raise OptionError for limits that are no whole numbers, words or lists of media types, each where it belongs."""
    for key, value in limits.items():
        if key == "media_types":
            fine = isinstance(value, (list, tuple, set, frozenset)) and all(isinstance(kind, str) for kind in value)
        elif key == "references":
            fine = isinstance(value, bool)
        elif key in LIMITS_IN_WORDS:
            fine = isinstance(value, str)
        else:
            fine = value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0)
        if not fine:
            raise OptionError(f"model {name!r}: its limit {key!r} cannot be {str(value)[:60]!r}")


def check_billing(name: str, rule: str, details: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise OptionError when a rule cannot count with a level's constants."""
    for level, constants in details.items():
        own = {key: value for key, value in constants.items() if key not in {"rule", "alternatives"}}
        for other in ({}, *constants.get("alternatives", ())):
            used = other.get("rule", constants.get("rule", rule))
            base = {} if "rule" in other else own
            values = {**base, **{key: value for key, value in other.items() if key != "rule"}}
            for size in PROBES:
                _try(name, level, used, size, values)


def _try(name: str, level: str, rule: str, size: Size, constants: Mapping[str, Any]) -> None:
    try:
        found = bill(rule, size, constants)
        fine = found.tokens >= 0 and min(found.sent_size) > 0
    except ImageRejectedError:
        return
    except _ARITHMETIC as error:
        raise OptionError(f"model {name!r}, level {level!r}: rule {rule!r} cannot count with this: {error}") from error
    if not fine:
        raise OptionError(f"model {name!r}, level {level!r}: rule {rule!r} counts fewer than no tokens or pixels")


def _check_constants(name: str, level: object, constants: object) -> None:
    alternatives = constants.get("alternatives", ()) if isinstance(constants, Mapping) else None
    if not isinstance(alternatives, (list, tuple)) or not all(isinstance(other, Mapping) for other in alternatives):
        raise OptionError(f"model {name!r}: level {level!r} is a table of the rule's constants")
    for table in (constants, *alternatives):
        if not isinstance(table, Mapping) or not all(isinstance(key, str) for key in table):
            raise OptionError(f"model {name!r}: level {level!r} has a key that is not text")
        if not isinstance(table.get("rule", ""), str):
            raise OptionError(f"model {name!r}: level {level!r} names no rule")
