"""Remember what was read, by the picture's pixels."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Protocol

from headroom_nb.runtime.forks import fork_safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

    from headroom_nb.ocr.base import Ocr, OcrPage

CAPACITY = 256
"""Pages kept; a page of text is a few tens of kilobytes."""


class PageStore(Protocol):
    """Pages of text that outlive the process, by a digest of the picture's pixels."""

    def get(self, pixels: str) -> OcrPage | None:
        """Return the page, or None."""
        ...

    def put(self, pixels: str, page: OcrPage) -> None:
        """Keep a page."""
        ...


class CachedOcr:
    """An engine that reads each picture once.

    Parameters
    ----------
    engine
        The engine to ask.
    capacity
        Pages kept; the one not used for longest goes first.
    """

    def __init__(self, engine: Ocr, *, capacity: int = CAPACITY) -> None:
        self.name = engine.name
        self._engine = engine
        self._capacity = capacity
        self._pages: OrderedDict[str, OcrPage] = OrderedDict()
        self._lock = fork_safe(threading.Lock())

    def read(self, image: Image.Image, *, progress: Callable[[int, int], None] | None = None) -> OcrPage:
        """Return the text in a picture, from memory where the same pixels were read before."""
        return self.read_with(None, image, progress=progress)

    def read_with(
        self, store: PageStore | None, image: Image.Image, *, progress: Callable[[int, int], None] | None = None
    ) -> OcrPage:
        """Return the text in a picture, from memory or a store where the same pixels were read before."""
        key = hashlib.sha256(f"{image.mode} {image.size}".encode() + image.tobytes()).hexdigest()
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
                return page
        page = None if store is None else store.get(key)
        if page is None:
            page = self._engine.read(image, progress=progress)
            if store is not None:
                store.put(key, page)
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > self._capacity:
                self._pages.popitem(last=False)
        return page

    def backed_by(self, store: PageStore) -> Ocr:
        """Return this engine, its memory included, with a store behind it."""
        return _StoredOcr(self, store)

    def clear(self) -> None:
        """Forget every page."""
        with self._lock:
            self._pages.clear()


class _StoredOcr:
    def __init__(self, engine: CachedOcr, store: PageStore) -> None:
        self.name = engine.name
        self._engine = engine
        self._store = store

    def read(self, image: Image.Image, *, progress: Callable[[int, int], None] | None = None) -> OcrPage:
        """Return the text in a picture."""
        return self._engine.read_with(self._store, image, progress=progress)
