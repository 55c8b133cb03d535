"""The default engine, and other readers for the lines whose script it does not know.

Signs of such lines (rendered pages in eight scripts, and what the default engine makes of them): mean probabilities
under .85 or ink that no character stands near; in Vietnamese words without a vowel. Which reader knows a script
is found by its own probabilities: on the same pages the right one had .91 to .97, every other one .80 at most.
Tesseract's detection of scripts was wrong or silent on 6 of 16 such pages and takes as long as two readers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from headroom_nb.ocr.base import OcrLine
from headroom_nb.ocr.crops import cut, sides, to_bgr
from headroom_nb.ocr.engine import RapidOcr
from headroom_nb.ocr.foreign import is_doubtful, is_vietnamese
from headroom_nb.ocr.placed import placed_readers
from headroom_nb.ocr.scripts import VIETNAMESE, share_in
from headroom_nb.ocr.tesseract import tesseract_readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray
    from PIL import Image

    from headroom_nb.ocr.base import Ocr, OcrPage, Quad
    from headroom_nb.ocr.crops import Strip
    from headroom_nb.ocr.recognise import Reading
    from headroom_nb.ocr.scripts import Script
    from headroom_nb.ocr.weights import Weights

LONG = 2.5
"""Boxes shorter than this many times their height are icons more often than words."""

LEAST_OF_SAMPLE, LEAST = 0.85, 0.8
"""A reader must be this sure of one line of a sample, and of each line that is taken from it."""

SURE = 0.9
"""A reader that is this sure of a sample is not compared with the others."""

OWN_SHARE = 0.2
"""Share of the letters of a line that must belong to the reader's script."""

SAMPLE, ROUNDS = 2, 3
"""Lines on which the readers are compared, and the most scripts that are looked for in an image."""


class LineReader(Protocol):
    """Reads lines in some scripts."""

    name: str
    scripts: tuple[Script, ...]

    def read(self, strips: Sequence[Strip], *, with_latin: bool = False) -> list[Reading]:
        """Return what stands in each strip."""
        ...


class ManyScripts:
    """Reads a page with one engine, and what that does not know with other readers.

    Parameters
    ----------
    engine
        Reads every image first.
    readers
        In the order in which they are tried.
    """

    def __init__(self, engine: RapidOcr, readers: Sequence[LineReader]) -> None:
        self._engine = engine
        self._readers = tuple(readers)
        self.name = name_with(engine.name, readers)

    def read(self, image: Image.Image, *, progress: Callable[[int, int], None] | None = None) -> OcrPage:
        """Return the text in an upright RGB image.

        Raises
        ------
        OcrError
            An engine is missing or failed.
        """
        page = self._engine.read(image, progress=progress)
        if page.turned == 180 and 2 * len(_doubtful_boxes(page)) >= len(page.lines):
            # What the default engine cannot read says nothing about the way the page stands.
            page = self._engine.read(image, turned=0)
        boxes = [quad for quad in (*_doubtful_boxes(page), *page.unread) if _is_long(quad)]
        vietnamese = is_vietnamese([line.text for line in page.lines])
        readers = [
            reader
            for reader in self._readers
            if (VIETNAMESE in reader.scripts if vietnamese else reader.scripts != (VIETNAMESE,))
        ]
        if page.turned or not boxes or not readers:
            return page
        pixels = to_bgr(image)
        read = _read_again(_strips(pixels, boxes), readers)
        page = _merged(page, read)
        for reader in readers:
            if any(line.reader == reader.name for line in read.values()):
                alike = [line.box for line in page.lines if not line.reader and _may_be(line.text, reader.scripts)]
                strips = _strips(pixels, alike)
                readings = reader.read(list(strips.values()), with_latin=True)
                page = _merged(page, _accepted(readings, strips, reader, own_share=1.0))
        return page


def name_with(name: str, readers: Sequence[LineReader]) -> str:
    """Return the name of an engine with other readers; it goes into cache keys."""
    return "; ".join([name, *(reader.name for reader in readers)])


def all_readers() -> list[LineReader]:
    """Return the readers that are installed, those that the user placed first.

    Raises
    ------
    OcrError
        What the user placed cannot be used.
    """
    readers: list[LineReader] = [*placed_readers()]
    readers += tesseract_readers()
    return readers


def build(weights: Weights) -> Ocr:
    """Return the default engine, with the other readers where there are any."""
    engine, readers = RapidOcr(weights), all_readers()
    return ManyScripts(engine, readers) if readers else engine


def _is_long(quad: Quad) -> bool:
    width, height = sides(np.array(quad, dtype=np.float32))
    return width >= LONG * height


def _doubtful_boxes(page: OcrPage) -> list[Quad]:
    vietnamese = is_vietnamese([line.text for line in page.lines])
    return [line.box for line in page.lines if vietnamese or is_doubtful(line)]


def _strips(pixels: NDArray[np.uint8], boxes: Sequence[Quad]) -> dict[Quad, Strip]:
    return {quad: cut(pixels, np.array(quad, dtype=np.float32)) for quad in boxes}


def _read_again(strips: dict[Quad, Strip], readers: Sequence[LineReader]) -> dict[Quad, OcrLine]:
    """Return the lines that other readers read well, each by the reader that reads its script."""
    found: dict[Quad, OcrLine] = {}
    left = dict(strips)
    for _ in range(ROUNDS):
        reader = _surest(left, readers)
        if reader is None:
            break
        read = _accepted(reader.read(list(left.values())), left, reader)
        found |= read
        left = {quad: strip for quad, strip in left.items() if quad not in read}
        readers = [other for other in readers if other is not reader]
        if not read or not left:
            break
    return found


def _surest(strips: dict[Quad, Strip], readers: Sequence[LineReader]) -> LineReader | None:
    """Return the reader that reads the longest of some strips best; None where none reads them well."""
    sample = dict(sorted(strips.items(), key=lambda item: -item[1].pixels.shape[1])[:SAMPLE])
    best: tuple[float, LineReader | None] = (0.0, None)
    for reader in readers:
        read = _accepted(reader.read(list(sample.values())), sample, reader, least=LEAST_OF_SAMPLE)
        chance = max((line.confidence for line in read.values()), default=0.0)
        if chance > best[0]:
            best = chance, reader
        if chance >= SURE:
            break
    return best[1]


def _accepted(
    readings: Sequence[Reading],
    boxes: Iterable[Quad],
    reader: LineReader,
    *,
    least: float = LEAST,
    own_share: float = OWN_SHARE,
) -> dict[Quad, OcrLine]:
    """Return the readings that are sure, and in the reader's scripts, as lines."""
    return {
        quad: OcrLine(box=quad, reader=reader.name, **vars(reading))
        for quad, reading in zip(boxes, readings, strict=True)
        if reading.confidence >= least and share_in(reading.text, reader.scripts) >= own_share
    }


def _may_be(text: str, scripts: Sequence[Script]) -> bool:
    """Return whether a line read as Latin letters could be in one of some scripts: ``COBA`` is also a Russian word."""
    letters = {char for char in text if char.isalpha()}
    return len(letters) > 1 and any(letters <= set(script.lookalikes) for script in scripts)


def _merged(page: OcrPage, read: dict[Quad, OcrLine]) -> OcrPage:
    """Return a page in which some boxes were read by others."""
    lines = [read.get(line.box, line) for line in page.lines]
    lines += [read[quad] for quad in page.unread if quad in read]
    return replace(page, lines=tuple(lines), unread=tuple(quad for quad in page.unread if quad not in read))
