"""When work is to end before it is done: its time is over, or nobody waits for it any more.

Work asks :func:`checkpoint` between its stages and batches. What must end is found in the context of the thread, so
that no function has to be told; a thread that works for another one is given its context.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from headroom_nb.errors import WorkStoppedError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Stop:
    """Ends work after some seconds, or when it is set from any thread.

    Parameters
    ----------
    seconds
        How long the work may take; None for as long as it needs.
    why
        What the error says once the time is over.
    """

    def __init__(self, seconds: float | None = None, why: str = "") -> None:
        self._ends = None if seconds is None else time.monotonic() + seconds
        self._why = why
        self._event = threading.Event()

    def set(self) -> None:
        """End the work at its next checkpoint."""
        self._event.set()

    def check(self) -> None:
        """Raise WorkStoppedError once the work must end."""
        if self._event.is_set():
            raise WorkStoppedError("nobody waits for this any more")
        if self._ends is not None and time.monotonic() > self._ends:
            raise WorkStoppedError(self._why)


_stops: ContextVar[tuple[Stop, ...]] = ContextVar("headroom_nb_stops", default=())


@contextmanager
def stopping(stop: Stop) -> Iterator[None]:
    """Let this, too, end the work of this thread's context."""
    token = _stops.set((*_stops.get(), stop))
    try:
        yield
    finally:
        _stops.reset(token)


def checkpoint() -> None:
    """Raise WorkStoppedError where the work under way must end."""
    for stop in _stops.get():
        stop.check()
