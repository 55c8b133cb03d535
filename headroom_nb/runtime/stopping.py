"""When work must end before it is done: its time is over, or nobody waits for it any more.

A request, an image and a reading each have a :class:`Stop`, one inside the other. Work asks :func:`checkpoint` between
its stages and batches. The stops are found in the context of the thread, so that no function has to be given one; a
thread that works for another one is given its context.
"""

from __future__ import annotations

import io
import threading
import time
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from headroom_nb.errors import WorkStoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import ReadableBuffer

    from headroom_nb.errors import HeadroomError

LONGEST = 1_000_000.0
"""Seconds, some eleven days: timers cannot be set to longer ones, or to infinity."""

LOOK_EVERY = 0.05
"""Seconds between two looks of a thread that waits for its turn."""


class Stop:
    """Ends work after some seconds, or when it is set from any thread.

    Parameters
    ----------
    seconds
        How long the work may take; None for as long as it needs.
    late
        Returns what is raised once the time is over.
    counts_waiting
        False leaves out the time in which the work waited for others, or for an engine to start.
    """

    def __init__(
        self,
        seconds: float | None = None,
        late: Callable[[], HeadroomError] | None = None,
        *,
        counts_waiting: bool = True,
    ) -> None:
        self._ends = None if seconds is None else time.monotonic() + min(seconds, LONGEST)
        self._late = late or _given_up
        self._counts_waiting = counts_waiting
        self._event = threading.Event()
        self._calls: list[Callable[[], object]] = []

    def set(self) -> None:
        """End the work at its next checkpoint, and native code that can be told at once."""
        self._event.set()
        for call in list(self._calls):
            call()

    def check(self) -> None:
        """Raise WorkStoppedError once it is set, or the error once the time is over."""
        if self._event.is_set():
            raise _given_up()
        if self._ends is not None and time.monotonic() >= self._ends:
            raise self._late()

    def left(self) -> float | None:
        """Return the seconds left, negative once they are over; None without an end."""
        return None if self._ends is None else self._ends - time.monotonic()

    def waited(self, seconds: float) -> None:
        """Give time back that was spent waiting for others."""
        if self._ends is not None and not self._counts_waiting:
            self._ends += seconds

    @contextmanager
    def calling(self, call: Callable[[], object]) -> Iterator[None]:
        """Call this when it is set meanwhile, from the thread that sets it."""
        self._calls.append(call)
        try:
            if self._event.is_set():
                call()
            yield
        finally:
            self._calls.remove(call)


def _given_up() -> WorkStoppedError:
    return WorkStoppedError("nobody waits for this any more")


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
    """Raise the error of the outermost stop by which the work under way must end."""
    for stop in _stops.get():
        stop.check()


def seconds_left() -> float | None:
    """Return the seconds that the work under way may still take: 0.0 after its deadline, None without one."""
    left = [seconds for stop in _stops.get() if (seconds := stop.left()) is not None]
    return max(0.0, min(left)) if left else None


def not_counted_since(begun: float) -> None:
    """Give the work under way the time back that it waited for others, or for an engine to start.

    Parameters
    ----------
    begun
        When the waiting began, by ``time.monotonic``.
    """
    seconds = time.monotonic() - begun
    for stop in _stops.get():
        stop.waited(seconds)


@contextmanager
def when_stopped(call: Callable[[], object]) -> Iterator[None]:
    """Call this, from another thread, when nobody waits any more for the work that is done inside."""
    with ExitStack() as stack:
        for stop in _stops.get():
            stack.enter_context(stop.calling(call))
        yield


@contextmanager
def turn(lock: threading.Lock) -> Iterator[None]:
    """Hold a lock; the wait for it is not counted, and ends where the work must end."""
    while True:
        begun = time.monotonic()
        if lock.acquire(timeout=LOOK_EVERY):
            break
        not_counted_since(begun)
        checkpoint()
    try:
        not_counted_since(begun)
        yield
    finally:
        lock.release()


class WatchedFile(io.BytesIO):
    """A file in memory; reading and writing it end where the work must end, so that decoders and encoders do."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes; raises where the work must end."""
        checkpoint()
        return super().read(size)

    def write(self, data: ReadableBuffer, /) -> int:
        """Take bytes; raises where the work must end."""
        checkpoint()
        return super().write(data)
