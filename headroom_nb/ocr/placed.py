"""Recognisers that the user has placed in a folder: other RapidOCR weights, each for scripts of its own."""

from __future__ import annotations

import os
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from headroom_nb.errors import OcrError
from headroom_nb.ocr.reader import StripReader
from headroom_nb.ocr.recognise import Recogniser
from headroom_nb.ocr.scripts import cleaned, logical, scripts_of
from headroom_nb.ocr.session import open_weights
from headroom_nb.runtime.files import sha256_of
from headroom_nb.runtime.forks import fork_safe
from headroom_nb.runtime.threads import usable_threads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.ocr.crops import Strip
    from headroom_nb.ocr.recognise import Reading

FOLDER = "HEADROOM_NB_OCR_MODELS"
"""The environment variable that names the folder."""

LISTS = (".txt", "_dict.txt")
"""What is put after the name of an ONNX file, without its ending, to find its characters, one a line."""

MAX_THREADS = 8


class PlacedReader:
    """Reads with an ONNX file and the list of its characters.

    Raises
    ------
    OcrError
        The list is missing or cannot be read.
    """

    def __init__(self, weights: Path) -> None:
        listed = next((found for end in LISTS if (found := weights.with_name(weights.stem + end)).is_file()), None)
        if listed is None:
            raise OcrError(f"{weights} needs its list of characters beside it, one a line: {weights.stem}.txt")
        try:
            self._characters = listed.read_text("utf-8").splitlines()
            digest = sha256_of(weights)
        except (OSError, UnicodeDecodeError) as error:
            raise OcrError(f"{listed} cannot be read: {error}") from error
        self.scripts = scripts_of(self._characters)
        self.name = f"{weights.stem} {digest[:12]}"
        self._weights = weights
        self._lock = fork_safe(threading.Lock())
        self._recogniser: Recogniser | None = None

    def read(self, strips: Sequence[Strip], *, with_latin: bool = False) -> list[Reading]:  # noqa: ARG002 - it always does
        """Return what stands in each strip, right-to-left text in logical order.

        Raises
        ------
        OcrError
            The file is no recogniser, or not the one of this list.
        """
        with self._lock:
            if self._recogniser is None:
                self._recogniser = Recogniser(open_weights(self._weights, threads=1), self._characters)
            recogniser = self._recogniser
        with closing(StripReader(recogniser, usable_threads(MAX_THREADS))) as reader:
            return [self._in_order(reading) for reading in reader.read(strips)]

    def _in_order(self, reading: Reading) -> Reading:
        """Return a reading as text alone where its characters do not stand in the order of their places."""
        text = logical(reading.text)
        for script in self.scripts:
            text = cleaned(text, script)
        if text == reading.text:
            return reading
        return replace(reading, text=text, centres=(), chances=(), rivals="", rival_chances=())


def placed_readers() -> list[PlacedReader]:
    """Return a reader for each ONNX file in the user's folder, in the order of their names; none where none is named.

    Raises
    ------
    OcrError
        The folder does not exist, or a file has no list of characters.
    """
    named = os.environ.get(FOLDER)
    if not named:
        return []
    folder = Path(named)
    if not folder.is_dir():
        raise OcrError(f"{FOLDER} names {folder}, which is not a folder")
    return [PlacedReader(file) for file in sorted(folder.glob("*.onnx"))]
