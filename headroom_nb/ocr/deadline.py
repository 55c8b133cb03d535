"""A bound on the time that one image's text may take to read.

An engine in this process is stopped where it reports progress, between two batches of lines. One that works elsewhere
asks :func:`seconds_left` how long it may wait, and raises OcrTimeoutError itself when that is over.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import TYPE_CHECKING

from headroom_nb.errors import OcrTimeoutError
from headroom_nb.resource_limits import how_to_raise

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

    from headroom_nb.ocr.base import Ocr, OcrPage


LONGEST = 1_000_000.0
"""Seconds, some eleven days: what is longer, and no end at all, no timer can be set to."""


class _Clock:
    """Runs down from a number of seconds."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    def left(self) -> float:
        return self.ends - time.monotonic()


_clock: ContextVar[_Clock | None] = ContextVar("headroom_nb_ocr_clock", default=None)


def seconds_left() -> float | None:
    """Return how long the reading under way in this thread may still take, seconds; 0 when it is over, None if any."""
    clock = _clock.get()
    return None if clock is None else max(0.0, clock.left())


def not_counted_since(begun: float) -> None:
    """Give the reading under way in this thread the time back that it waited for others, or for an engine to start.

    Parameters
    ----------
    begun
        When the waiting began, by ``time.monotonic``.
    """
    clock = _clock.get()
    if clock is not None:
        clock.ends += time.monotonic() - begun


class DeadlineOcr:
    """An engine for one image, which may read for so many seconds in all.

    Parameters
    ----------
    engine
        The engine to ask.
    seconds
        Bound on the sum of all readings.
    """

    def __init__(self, engine: Ocr, seconds: float) -> None:
        self.name = engine.name
        self._engine = engine
        self._seconds = min(seconds, LONGEST)
        self._left = self._seconds

    def read(self, image: Image.Image, *, progress: Callable[[int, int], None] | None = None) -> OcrPage:
        """Return the text in a picture.

        Raises
        ------
        OcrTimeoutError
            The time was over before all of it was read.
        """
        self._check(self._left)
        clock = _Clock(self._left)

        def report(done: int, total: int) -> None:
            if done < total:
                self._check(clock.left())
            if progress is not None:
                progress(done, total)

        token = _clock.set(clock)
        try:
            return self._engine.read(image, progress=report)
        finally:
            _clock.reset(token)
            self._left = clock.left()

    def _check(self, left: float) -> None:
        if left <= 0:
            raise timed_out(self._seconds)


def timed_out(seconds: float) -> OcrTimeoutError:
    """Return the error for a reading that took longer than ``seconds``."""
    return OcrTimeoutError(f"reading its text took more than {seconds:g} seconds; {how_to_raise('max_ocr_seconds')}")
