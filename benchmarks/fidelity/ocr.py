"""An OCR engine that remembers on disk what it read, so that a second run is quick."""

from __future__ import annotations

import hashlib
import pickle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PIL import Image

    from headroom_nb.ocr import Ocr, OcrPage


class DiskOcr:
    """Asks an engine for each picture once, across runs.

    Parameters
    ----------
    engine
        The engine to ask.
    folder
        Where pages are kept, by content. Empty it when the engine changes.

    Attributes
    ----------
    readings
        Pictures the engine was asked to read in this run.
    """

    def __init__(self, engine: Ocr, folder: Path) -> None:
        self.name = engine.name
        self.readings = 0
        self._engine, self._folder = engine, folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, image: Image.Image, *, progress: Callable[[int, int], None] | None = None) -> OcrPage:
        """Return the text in a picture."""
        key = hashlib.sha256(f"{self.name} {image.mode} {image.size}".encode() + image.tobytes()).hexdigest()
        kept = self._folder / f"{key}.pickle"
        if kept.exists():
            page: OcrPage = pickle.loads(kept.read_bytes())
            return page
        self.readings += 1
        page = self._engine.read(image, progress=progress)
        kept.write_bytes(pickle.dumps(page))
        return page
