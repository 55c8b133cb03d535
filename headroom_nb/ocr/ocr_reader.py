"""One reader around an engine: remembers pages, keeps to a time limit, reports failures."""

from __future__ import annotations

import hashlib
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Protocol

from headroom_nb.errors import OcrError
from headroom_nb.ocr.deadline import timed_out
from headroom_nb.runtime.lru import ByteBoundedCache
from headroom_nb.runtime.stopping import Stop, checkpoint, stopping

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

    from headroom_nb.ocr.base import Ocr, OcrPage

MAX_BYTES = 48 * 2**20
"""Bound on the pages kept in memory: some sixty dense ones, of 0.7 MB each."""

A_LINE, A_NUMBER = 600, 46
"""Bytes that a line of a page takes, and each number in it (by ``tracemalloc``, on three real pages)."""


remembers: ContextVar[bool] = ContextVar("remembers", default=True)
"""Whether an engine looks for lines among those of earlier images, and keeps them for later ones."""


class PageStore(Protocol):
    """Pages of text that outlive the process, by a digest of the image's pixels."""

    def get(self, pixels: str) -> OcrPage | None:
        """Return the page, or None."""
        ...

    def put(self, pixels: str, page: OcrPage) -> None:
        """Keep a page."""
        ...


class OcrReader:
    """Reads with an engine.

    Parameters
    ----------
    engine
        The engine to ask. Of another reader its engine, its pages in memory and its store are used.
    store
        Where pages are looked for, and kept, beyond this process.
    seconds
        Bound on the sum of all readings of this reader; None sets none.
    on_failure
        Called with each error of the engine's.
    max_bytes
        Bound on the pages kept in memory, the ones used last, bytes; 0 keeps none.
    keep
        False leaves out the pages and the store of another reader: nothing is looked for, and nothing kept.
    """

    def __init__(
        self,
        engine: Ocr | OcrReader,
        store: PageStore | None = None,
        seconds: float | None = None,
        on_failure: Callable[[OcrError], None] | None = None,
        *,
        max_bytes: int = 0,
        keep: bool = True,
    ) -> None:
        self._engine: Ocr
        self._pages: ByteBoundedCache[OcrPage]
        self._store: PageStore | None
        if isinstance(engine, OcrReader) and not keep:
            self._engine, self._store = engine._engine, None  # noqa: SLF001 - another one of this class
            self._pages = ByteBoundedCache(0, _size_of)
        elif isinstance(engine, OcrReader):
            self._engine = engine._engine  # noqa: SLF001 - another one of this class
            self._pages = engine._pages  # noqa: SLF001
            self._store = store or engine._store  # noqa: SLF001
        else:
            self._engine, self._store = engine, store
            self._pages = ByteBoundedCache(max_bytes, _size_of)
        self.name: str = self._engine.name
        self._keep: bool = keep and (not isinstance(engine, OcrReader) or engine._keep)  # noqa: SLF001
        self._seconds = seconds
        self._left = self._seconds
        self._on_failure = on_failure

    def read(self, image: Image.Image, *, progress: Callable[[int, int], None] | None = None) -> OcrPage:
        """Return the text in an upright RGB image; the same pixels are read once where pages are kept.

        Raises
        ------
        OcrTimeoutError
            The time was over before all of it was read.
        OcrError
            The engine is missing or failed.
        """
        token = remembers.set(self._keep and remembers.get())
        try:
            return self._found(image, progress)
        except OcrError as error:
            if self._on_failure is not None:
                self._on_failure(error)
            raise
        finally:
            remembers.reset(token)

    def forget_pages(self) -> None:
        """Forget every page in memory."""
        self._pages.clear()

    def _found(self, image: Image.Image, progress: Callable[[int, int], None] | None) -> OcrPage:
        if self._left is not None and self._seconds is not None and self._left <= 0:
            raise timed_out(self._seconds)
        if self._store is None and not self._pages.max_bytes:
            return self._read(image, progress)
        key = hashlib.sha256(f"{image.mode} {image.size}".encode() + image.tobytes()).hexdigest()
        page = self._pages.get(key)
        if page is not None:
            return page
        page = None if self._store is None else self._store.get(key)
        if page is None:
            page = self._read(image, progress)
            if self._store is not None:
                self._store.put(key, page)
        self._pages.put(key, page)
        return page

    def _read(self, image: Image.Image, progress: Callable[[int, int], None] | None) -> OcrPage:
        """Ask the engine. One in this process is stopped where it reports progress, between two batches of lines."""

        def report(done: int, total: int) -> None:
            if done < total:
                checkpoint()
            if progress is not None:
                progress(done, total)

        stop = Stop(self._left, partial(timed_out, self._seconds or 0.0), counts_waiting=False)
        try:
            with stopping(stop):
                return self._engine.read(image, progress=report)
        finally:
            self._left = stop.left()


def _size_of(page: OcrPage) -> int:
    """Return about how many bytes of memory a page takes."""
    numbers = sum(len(line.centres) + len(line.chances) + len(line.rival_chances) for line in page.lines)
    return A_LINE * (1 + len(page.lines)) + A_NUMBER * numbers
