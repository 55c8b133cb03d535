"""The clock of the reading under way in a thread.

An engine that works in another process asks :func:`seconds_left` how long it may wait for it.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from headroom_nb.errors import OcrTimeoutError
from headroom_nb.resource_limits import how_to_raise

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1_000_000.0
"""Seconds, some eleven days: timers cannot be set to longer ones, or to infinity."""


class Clock:
    """Runs down from a number of seconds."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left; negative once they are over."""
        return self.ends - time.monotonic()


_clock: ContextVar[Clock | None] = ContextVar("headroom_nb_ocr_clock", default=None)


@contextmanager
def running(clock: Clock) -> Iterator[None]:
    """Make this the clock of the reading under way in this thread."""
    token = _clock.set(clock)
    try:
        yield
    finally:
        _clock.reset(token)


def seconds_left() -> float | None:
    """Return the seconds the reading under way may still take: 0.0 after its deadline, None without one."""
    clock = _clock.get()
    return None if clock is None else max(0.0, clock.left())


def not_counted_since(begun: float) -> None:
    """Give the reading under way the time back that it waited for others, or for an engine to start.

    Parameters
    ----------
    begun
        When the waiting began, by ``time.monotonic``.
    """
    clock = _clock.get()
    if clock is not None:
        clock.ends += time.monotonic() - begun


def timed_out(seconds: float) -> OcrTimeoutError:
    """Return the error for a reading that took longer than ``seconds``."""
    return OcrTimeoutError(f"reading its text took more than {seconds:g} seconds; {how_to_raise('max_ocr_seconds')}")
