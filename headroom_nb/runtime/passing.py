"""Requests that a wrapped client must send as they are: those that compare the original with what is sent instead."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_AS_IT_IS = ContextVar("headroom_nb_as_it_is", default=False)


@contextmanager
def as_it_is() -> Iterator[None]:
    """Send the requests of this thread, or coroutine, past every wrapped client."""
    token = _AS_IT_IS.set(True)
    try:
        yield
    finally:
        _AS_IT_IS.reset(token)


def goes_as_it_is() -> bool:
    """Return whether requests are sent as they are now."""
    return _AS_IT_IS.get()
