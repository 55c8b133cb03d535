"""Remember what was read, by the picture's pixels."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

    from headroom_nb.techniques.ocr.base import Ocr, OcrPage

CAPACITY = 256
"""Pages kept; a page of text is a few tens of kilobytes."""


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
        self._lock = threading.Lock()

    def read(self, image: Image.Image, *, progress: Callable[[int, int], None] | None = None) -> OcrPage:
        """Return the text in a picture, from memory where the same pixels were read before."""
        key = hashlib.sha256(f"{image.mode} {image.size}".encode() + image.tobytes()).hexdigest()
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
                return page
        page = self._engine.read(image, progress=progress)
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > self._capacity:
                self._pages.popitem(last=False)
        return page
