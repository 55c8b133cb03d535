"""Whether a value read from a file has the types that its class names: what was stored is not believed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from headroom_nb import records
from headroom_nb.errors import BlockPath


def check_fields(value: Any) -> None:
    """Raise ValueError where a field of a dataclass, or of one within it, has another type than its annotation.

    Numbers are finite; a whole number may stand where a fraction may.
    """
    kind: Any = type(value)
    for name, hint in _hints(kind).items():
        if not _fits(getattr(value, name), hint):
            raise ValueError(f"{type(value).__name__}.{name} is not as it should be")


@lru_cache(maxsize=1)
def _names() -> dict[str, Any]:
    """Return what classes name in their annotations without importing it; the records load as they are asked for."""
    listed = {name: getattr(records, name) for name in records.__all__}
    return {**listed, "Callable": Callable, "Mapping": Mapping, "Sequence": Sequence, "BlockPath": BlockPath}


@lru_cache(maxsize=64)
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, localns=_names())


def _fits(value: Any, hint: Any) -> bool:
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, each) for each in inner)
    if origin is Literal:
        return value in inner
    if origin is Callable:
        return callable(value)
    if origin is tuple:
        return isinstance(value, tuple) and _items_fit(value, inner)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        key, held = inner
        return isinstance(value, Mapping) and all(_fits(one, key) and _fits(two, held) for one, two in value.items())
    if hint is NoneType or hint is None:
        return value is None
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if isinstance(hint, type) and (is_dataclass(hint) and isinstance(value, hint)):
        check_fields(value)
        return True
    return isinstance(value, hint) if isinstance(hint, type) and not issubclass(hint, Enum) else type(value) is hint


def _items_fit(values: tuple[Any, ...], inner: tuple[Any, ...]) -> bool:
    if len(inner) == 2 and inner[1] is Ellipsis:
        return all(_fits(each, inner[0]) for each in values)
    return len(values) == len(inner) and all(map(_fits, values, inner))
