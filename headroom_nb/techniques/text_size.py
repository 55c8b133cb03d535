"""The font size of the text in a picture, measured in its ink.

The router's detector looks at a thumbnail and grows its boxes: it finds text, and its boxes of small text are up to
three times too high. What decides how far a picture may shrink is measured again here, at up to 1,024 pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from headroom_nb.pictures import Picture
    from headroom_nb.results import ImageSignals

SIDE = 1024
"""Longer side of the largest view that is measured, in pixels: fonts down to 6 px are found there."""

WANTED = 20.0
"""Font size in the view that is aimed at: letters over 28 px fall apart into strokes."""

ROUGH_FONT = 0.55
"""Font size by the height of the router's boxes, near enough to choose a view by."""

FEW_LINES = 3
"""With fewer lines than this a percentile means nothing."""

FONT_OF_BOX = 0.4
"""Font size by the height of the router's boxes where no ink could be measured: rather too small than too large."""

# Shares of the font size, alike in common faces: capitals and digits, and small letters without their stems.
CAPITALS, SMALL_LETTERS = 0.73, 0.55
EVEN = 0.85
"""A line whose dense rows fill this share of its height is all capitals or digits."""

_DENSE, _INKED = 0.45, 0.08
_CONTRAST = 24


def smallest_font(picture: Picture, signals: ImageSignals) -> float | None:
    """Return the size of the smallest text (10th percentile of the lines), in pixels of the full picture.

    Parameters
    ----------
    picture
        The picture.
    signals
        What the router measured; None is returned where that found no text.
    """
    if signals.min_text_height is None:
        return None
    rough = ROUGH_FONT * signals.min_text_height
    view = picture.small(max(1, min(SIDE, round(max(picture.size) * WANTED / rough))))
    fonts = font_sizes(np.asarray(view.convert("L")))
    if len(fonts) < FEW_LINES:
        return signals.min_text_height * FONT_OF_BOX
    return min(signals.min_text_height, float(np.percentile(fonts, 10)) * max(picture.size) / max(view.size))


def font_sizes(luma: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Return the font size of each line of text in a picture of grey levels (height, width), in its pixels.

    A line of capitals or digits is as dense at its top as in its middle, and its ink is :data:`CAPITALS` high; in any
    other the dense rows are those of the small letters.
    """
    from headroom_nb.routing.detector import StrokeDetector

    height, width = luma.shape
    boxes = (StrokeDetector().find(luma).boxes * np.array([width, height, width, height])).round().astype(int)
    fonts = [_font_size(luma[max(0, top - 1) : bottom + 1, left:right]) for left, top, right, bottom in boxes]
    return np.array([font for font in fonts if font > 0], dtype=np.float64)


def _font_size(line: npt.NDArray[np.uint8]) -> float:
    """Return the font size of one line, 0 without contrast."""
    ink = np.abs(line.astype(np.float64) - np.median(line)) if line.size else np.zeros((1, 1))
    if ink.max() < _CONTRAST:
        return 0.0
    rows = ink.sum(axis=1)
    dense, inked = (_extent(rows >= share * rows.max()) for share in (_DENSE, _INKED))
    return inked / CAPITALS if dense >= EVEN * inked else dense / SMALL_LETTERS


def _extent(rows: npt.NDArray[np.bool_]) -> int:
    """Return the number of rows from the first to the last that is set."""
    found = np.flatnonzero(rows)
    return int(found[-1] - found[0] + 1)
