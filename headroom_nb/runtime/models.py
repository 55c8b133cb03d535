"""The models that this process holds: what they take, giving back what their runs left behind, letting them go.

onnxruntime's arenas keep the room made for the largest input, and the C library keeps freed pages: 500 MB after a few
images, of which the models are 80.
"""

from __future__ import annotations

import ctypes
import gc
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Model(Protocol):
    """A model that can be loaded again when it is next used."""

    def held(self) -> Held | None:
        """Return what is loaded, None where nothing is."""
        ...

    def settle(self) -> bool:
        """Give back what runs left behind; return whether there were any since the last time."""
        ...

    def let_go(self) -> None:
        """Unload it; what runs just now goes on to its end."""
        ...


class Held(NamedTuple):
    """One loaded model and about what it takes, in bytes."""

    name: str
    bytes: int


def bytes_of(path: Path) -> int:
    """Return the size of a model's file in bytes; 0 where it was replaced or deleted since it was loaded."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


_models: WeakSet[Model] = WeakSet()
_forgets: list[Callable[[], object]] = []


def register(model: Model) -> None:
    """Add a model to those that :func:`release` lets go."""
    _models.add(model)


def on_release(forget: Callable[[], object]) -> None:
    """Register what :func:`release` forgets besides: intermediate work that is no result."""
    _forgets.append(forget)


def held() -> list[Held]:
    """Return every model that is loaded, the largest first."""
    found = [one for model in list(_models) if (one := model.held()) is not None]
    return sorted(found, key=lambda one: (-one.bytes, one.name))


def settle() -> None:
    """Give back what runs left behind, to the system where the C library can do that; a few milliseconds."""
    ran = [model for model in list(_models) if model.settle()]  # each of them
    if ran:
        trim()


def finish() -> None:
    """Settle at the end of a call: what was decoded and cut is free only now. Does nothing where no model is loaded."""
    if held():
        settle()
        trim()


def release() -> None:
    """Let every loaded model go, and end the processes that read text: the next call that needs one loads it again.

    What was worked out of the pages that were read goes too. Results stay cached; :func:`headroom_nb.clear_cache`
    forgets those. ``%headroom doctor`` shows what is loaded.

    Examples
    --------
    >>> release()
    >>> held()
    []
    """
    for model in list(_models):
        model.let_go()
    for forget in _forgets:
        forget()
    gc.collect()
    trim()


def trim() -> None:
    """Hand free pages back to the system; does nothing where the C library is not glibc."""
    act = _malloc_trim()
    if act is not None:
        act(0)


@cache
def _malloc_trim() -> Callable[[int], Any] | None:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
