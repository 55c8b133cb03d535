"""How far the images of one call are, for the one who waits: what is loaded, images, lines of text, time left."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from headroom_nb.errors import OptionError
from headroom_nb.runtime.progress_line import EVERY, duration, find_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.runtime.progress_line import NotebookLine, TerminalLine

T = TypeVar("T")

QUIET = 1.0
"""Seconds in which nothing is shown: most calls are over by then."""

EARLY = 0.05
"""Share of the work before which no time left is named."""

Progress = Callable[[str, int, int], None]
"""Called with an image's path as text, the lines of text read in it so far, and the lines in all."""


class Watch:
    """Counts what is done, from any thread, and shows it every half second once the call takes longer than a second.

    Parameters
    ----------
    line
        Where it is shown; None for nowhere.
    on_lines
        The caller's own function, called while text is read.
    kept
        Whether a further call finds what this one has done, which is said where it is interrupted.
    """

    def __init__(
        self,
        line: NotebookLine | TerminalLine | None = None,
        on_lines: Progress | None = None,
        *,
        kept: bool = True,
    ) -> None:
        self._line = line
        self._on_lines = on_lines
        self._kept = kept
        self._lock = threading.Lock()
        self._begun = time.monotonic()
        self._loading: list[str] = []
        self._lines: dict[str, tuple[int, int]] = {}
        self._images = self._done = self._known = 0

    def images(self, count: int, known: int) -> None:
        """Count images that are asked for, and those among them that are known from before."""
        with self._lock:
            self._images += count
            self._done += known
            self._known += known

    def done(self, place: str) -> None:
        """Count an image that was decided."""
        with self._lock:
            self._done += 1
            self._lines.pop(place, None)

    def load(self, what: str, get: Callable[[], T]) -> T:
        """Return what a function gives, and say meanwhile what is loaded."""
        self._loading.append(what)
        try:
            return get()
        finally:
            self._loading.remove(what)

    def reading(self, place: str) -> Callable[[int, int], None]:
        """Return what is called with the lines read in one image so far, and in all."""
        with self._lock:
            self._lines[place] = (0, 0)

        def report(done: int, total: int) -> None:
            with self._lock:
                self._lines[place] = (done, total)
            if self._on_lines is not None:
                self._on_lines(place, done, total)

        return report

    def __str__(self) -> str:
        with self._lock:
            read, lines = (sum(counts) for counts in zip((0, 0), *self._lines.values(), strict=True))
            reading, loading = bool(self._lines), list(self._loading)
            images, done, share = self._images, self._done, self._share()
        words = [f"{done} of {images} image{'' if images == 1 else 's'} done"] if images else ["Looking for images"]
        if loading:
            words.append(f"loading {loading[-1]}")
        elif reading:
            words.append(f"reading text, {read:,} of {lines:,} lines" if lines else "looking for text")
        if EARLY < share < 1:
            words.append(f"{duration((time.monotonic() - self._begun) * (1 - share) / share)} left")
        return " · ".join(words)

    def _share(self) -> float:
        """Return the share of the work that is done; an image of which half the lines are read is half done."""
        parts = sum(read / lines for read, lines in self._lines.values() if lines)
        return (self._done - self._known + parts) / max(1, self._images - self._known)

    @contextmanager
    def shown(self) -> Iterator[Watch]:
        """Show it while the work inside goes on; an interrupt says what is done."""
        if self._line is None:
            yield self
            return
        over = threading.Event()
        # in the context of the call, so that the line stands under the cell that asked
        thread = threading.Thread(target=contextvars.copy_context().run, args=(self._show, over), daemon=True)
        thread.start()
        interrupted = False
        try:
            yield self
        except KeyboardInterrupt:
            interrupted = True
            raise
        finally:
            over.set()
            thread.join()
            if interrupted:
                again = "; they are kept, and the same call goes on from there" if self._kept and self._done else ""
                self._line(f"Interrupted: {self._done} of {self._images} images are done{again}")
            self._line.end(keep=interrupted)

    def _show(self, over: threading.Event) -> None:
        wait = QUIET
        while not over.wait(wait):
            if self._line is not None:
                self._line(self)
            wait = EVERY


def watch_of(progress: Any, *, kept: bool) -> Watch:
    """Return what watches a call: a line where it is True, nothing where it is None or False, else the caller's own.

    Raises
    ------
    OptionError
        For anything else.
    """
    if progress is None or progress is False:
        return Watch()
    if progress is True:
        return Watch(find_line(), kept=kept)
    if not callable(progress):
        raise OptionError(f"progress={progress!r} is not a function; True, False and None are the other choices")
    return Watch(on_lines=progress)
