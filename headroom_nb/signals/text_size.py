"""The font size of the text in a picture, measured in its ink.

The router's signals give the height of a line, ascenders and descenders included where there are any: a font of the
same size gives lines of figures and of prose that differ by a third, and a thumbnail blurs small print upwards. What
decides how far a picture may shrink is measured again here, in a view that shows the text well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from headroom_nb.ocr import OcrPage
    from headroom_nb.pictures import Picture
    from headroom_nb.records import ImageSignals

SIDE = 4096
"""Longer side of the largest view that is measured, in pixels."""

WANTED = 20.0
"""Font size in the view that is aimed at: letters over 28 px fall apart into strokes."""

FEW_LINES = 3
"""With fewer lines than this a percentile means nothing."""

ROUGH_FONT = 1.2
"""Font size by the height the signals give, near enough to choose a view by."""

LARGEST_FONT = 1.5
"""Font size by that height, at most: what is measured to be larger is no text."""

# Shares of the font size, alike in common faces: capitals and digits, and small letters without their stems.
CAPITALS, SMALL_LETTERS = 0.73, 0.55
EVEN = 0.85
"""A line whose dense rows fill this share of its height is all capitals or digits."""

_DENSE, _INKED = 0.45, 0.08
_CONTRAST = 24


@dataclass(frozen=True)
class TextSize:
    """Font sizes of the text in one image, in pixels (em) of the full image.

    Attributes
    ----------
    smallest
        15th percentile of the lines' font sizes, weighted by characters; None where no text was found.
    median
        50th percentile of the same.
    sure
        Whether the sizes are well supported. False with few characters, very small text, or no detector.
    lines
        Number of lines that were measured.
    """

    smallest: float | None
    median: float | None
    sure: bool
    lines: int


def measure_text_size(picture: Picture) -> TextSize:
    """Return the font sizes in an image; raises PictureError where it cannot be decoded."""
    from headroom_nb.signals.measure import measure

    signals = measure(picture)
    smallest = smallest_font(picture, signals)
    return TextSize(smallest, signals.median_text_height, sure=False, lines=signals.text_lines)


def text_size_of_page(page: OcrPage, picture: Picture) -> TextSize:
    """Return the font sizes of the lines that OCR has read; raises PictureError where `picture` cannot be decoded."""
    del picture
    heights = [line.bounds[3] - line.bounds[1] for line in page.lines]
    if not heights:
        return TextSize(None, None, sure=not page.detected, lines=0)
    small, middle = np.percentile(heights, (15, 50)) / 1.6
    return TextSize(float(small), float(middle), sure=len(heights) >= FEW_LINES, lines=len(heights))


def smallest_font(picture: Picture, signals: ImageSignals) -> float | None:
    """Return the size of the smallest text (10th percentile of the lines), in pixels of the full picture.

    Parameters
    ----------
    picture
        The picture.
    signals
        What the router measured; None is returned where that found no text, and its height where no ink was measured.
    """
    if signals.min_text_height is None:
        return None
    rough = ROUGH_FONT * signals.min_text_height
    view = picture.small(max(1, min(SIDE, round(max(picture.size) * WANTED / rough))))
    fonts = font_sizes(np.asarray(view.convert("L")))
    if len(fonts) < FEW_LINES:
        return signals.min_text_height
    font = float(np.percentile(fonts, 10)) * max(picture.size) / max(view.size)
    return min(LARGEST_FONT * signals.min_text_height, font)


def font_sizes(luma: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Return the font size of each line of text in a picture of grey levels (height, width), in its pixels.

    A line of capitals or digits is as dense at its top as in its middle, and its ink is :data:`CAPITALS` high; in any
    other the dense rows are those of the small letters.
    """
    from headroom_nb.signals.detector import StrokeDetector

    height, width = luma.shape
    boxes = (StrokeDetector().find(luma).boxes * np.array([width, height, width, height])).round().astype(int)
    fonts = [_font_size(luma[max(0, top - 1) : bottom + 1, left:right]) for left, top, right, bottom in boxes]
    return np.array([font for font in fonts if font > 0], dtype=np.float64)


def _font_size(line: npt.NDArray[np.uint8]) -> float:
    """Return the font size of one line, 0 without contrast."""
    if not line.size:
        return 0.0
    ink = np.abs(line.astype(np.float32) - _median(line))
    if ink.max() < _CONTRAST:
        return 0.0
    rows = ink.sum(axis=1, dtype=np.float64)
    dense, inked = (_extent(rows >= share * rows.max()) for share in (_DENSE, _INKED))
    return inked / CAPITALS if dense >= EVEN * inked else dense / SMALL_LETTERS


def _median(levels: npt.NDArray[np.uint8]) -> float:
    """Return the median; by counting, which is several times as quick as NumPy's on small arrays."""
    counts = np.bincount(levels.ravel(), minlength=256).cumsum()
    middle = np.searchsorted(counts, ((levels.size + 1) // 2, levels.size // 2 + 1))
    return float(middle.sum()) / 2


def _extent(rows: npt.NDArray[np.bool_]) -> int:
    """Return the number of rows from the first to the last that is set."""
    found = np.flatnonzero(rows)
    return int(found[-1] - found[0] + 1)
