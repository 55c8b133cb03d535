"""How many threads one call may use: a caller that runs many calls at the same time can bound each."""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_bound: ContextVar[int | None] = ContextVar("headroom_nb_threads", default=None)


def cores() -> int:
    """Return how many cores this process may use, which may be fewer than the machine has (``taskset``)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def usable_threads(most: int) -> int:
    """Return the cores of this process, or the bound set by :func:`at_most`, but never more than ``most``."""
    return min(most, _bound.get() or cores())


@contextmanager
def at_most(count: int) -> Iterator[None]:
    """Bound the threads of what is called inside, in this thread alone."""
    token = _bound.set(count)
    try:
        yield
    finally:
        _bound.reset(token)
