"""The font size of one line, measured in its ink.

A detector's box says where a line stands, not how large its letters are: box height over font size runs from 1.1 to
3.0. The distance from the base line to the top of the tallest letter is :data:`TALL` of the font size in common faces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.ocr.crops import sides
from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Levels = npt.NDArray[np.uint8]
    Quad = npt.NDArray[np.float32]

TALL = 0.722
"""Height of capitals, digits and stems over the base line, as a share of the font size: the usual one of many faces."""

BLUR = 0.4
"""How much higher than the letter its ink is, in pixels: the grey pixels at its edges."""

FULL = 0.93
"""Height of Chinese, Japanese and Korean characters, as a share of the font size."""

DENSE = 2.5
"""Strokes that a vertical cut through such characters meets, on average; Latin letters have 1.5 to 2.2."""

VIEW = 64
"""Height in pixels at which the ink is measured; lines are enlarged up to 4 times."""

LENGTH = 12
"""Only this many heights of a line are looked at, around its middle."""

CONTRAST = 24
"""Grey levels between ink and ground."""

TILT = 0.1
"""Rise over the part that is looked at, as a share of the line's height, above which a line is straightened first."""

EVEN = 0.8
"""Share of the letters whose tops stand in one row that makes a line even."""

INK_SHARE = 0.42
"""A pixel is ink from this share of the contrast between ink and ground on."""

SPECK = 0.45
"""A part lower than this share of the usual height (60th percentile) is a dot, a dash or a comma."""


@dataclass(frozen=True)
class LineInk:
    """What one line's ink shows; lengths in pixels of the full image.

    Attributes
    ----------
    em, em_flipped
        Font size if the line stands upright, and if it stands upside down.
    upright
        Share of its letters that stand on a common base line, minus the share that hang from a common top: negative
        for lines upside down, 0 for capitals and digits.
    even
        Whether nearly all tops stand in one row: capitals, digits, or small letters without stems.
    letters
        Parts that look like letters.
    length
        Length of the line.
    down
        Whether the line runs down or up.
    """

    em: float
    em_flipped: float
    upright: float
    even: bool
    letters: int
    length: float
    down: bool


def measure_ink(luma: Levels, box: Quad, share: float | None = None) -> LineInk | None:
    """Return the ink of a line in grey levels (height, width), or None where the box holds no letters.

    Parameters
    ----------
    luma
        The full image.
    box
        (4, 2) corners, clockwise from the top left, in its pixels.
    share
        Height of a tall letter as a share of the font size: :data:`TALL` or :data:`FULL`; None judges by the strokes.
    """
    import cv2

    checkpoint()
    crop, length, down = _crop(luma, box)
    if min(crop.shape) < 3:
        return None
    short = crop.shape[0]
    scale = min(4.0, max(0.25, VIEW / short))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    view = np.asarray(cv2.resize(crop, None, fx=scale, fy=scale, interpolation=kind), dtype=np.uint8)
    mask = ink_mask(view)
    if mask is None:
        return None
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return None
    parts = stats[1:].astype(np.float64)
    tops, heights = parts[:, 1], parts[:, 3]
    bottoms = tops + heights
    middle = view.shape[0] / 2
    crossing = (tops < middle) & (bottoms > middle)
    if not crossing.any():
        return None
    letters = crossing & (heights >= SPECK * np.percentile(heights[crossing], 60))
    tops, bottoms = tops[letters], bottoms[letters]
    base, hang = float(np.median(bottoms)), float(np.median(tops))
    near = 0.07 * (base - hang)
    on_base, on_hang = (float((np.abs(ends - line) <= near).mean()) for ends, line in ((bottoms, base), (tops, hang)))
    if share is None:
        share = FULL if _strokes(mask) >= DENSE else TALL
    return LineInk(
        em=max(0.0, float(base - tops.min()) / scale - BLUR) / share,
        em_flipped=max(0.0, float(bottoms.max() - hang) / scale - BLUR) / share,
        upright=on_base - on_hang,
        even=on_hang >= EVEN,
        letters=len(tops),
        length=length,
        down=down,
    )


def ink_mask(view: Levels) -> Levels | None:
    """Return 1 where there is ink and 0 elsewhere, (height, width); None without contrast."""
    low, ground, high = _percentiles(view, (0.02, 0.5, 0.98))
    ink = low if ground - low >= high - ground else high
    if abs(ink - ground) < CONTRAST:
        return None
    limit = ground + INK_SHARE * (ink - ground)
    mask = view < limit if ink < ground else view > limit
    return np.asarray(mask, dtype=np.uint8)


def _percentiles(view: Levels, shares: Sequence[float]) -> list[float]:
    """Return the levels under which these shares of the pixels lie; counted, which is faster than sorted."""
    below = np.bincount(view.ravel(), minlength=256).cumsum()
    return [float(level) for level in np.searchsorted(below, [share * (view.size - 1) for share in shares], "right")]


def _strokes(mask: Levels) -> float:
    """Return how many strokes a vertical cut through the ink meets, on average over the columns that hold ink."""
    starts = (mask[1:] > mask[:-1]).sum(axis=0) + mask[0]
    inked = starts > 0
    return float(starts[inked].mean()) if inked.any() else 0.0


def _crop(luma: Levels, box: Quad) -> tuple[Levels, float, bool]:
    """Return the middle of a line, level, with its whole length in pixels and whether it runs down."""
    width, height = sides(box)
    down = height >= 1.5 * width
    if down:
        width, height = height, width
        box = np.roll(box, 1, axis=0)  # from the bottom left corner on: read from below
    part = min(1.0, LENGTH * height / max(width, 1.0))
    along = ((1 - part) / 2, (1 + part) / 2)
    top, bottom = box[1] - box[0], box[2] - box[3]
    quad = np.array(
        [box[0] + along[0] * top, box[0] + along[1] * top, box[3] + along[1] * bottom, box[3] + along[0] * bottom],
        dtype=np.float32,
    )
    rise = part * abs(top[0] if down else top[1]) / max(height, 1.0)
    if rise <= TILT:
        (left, upper), (right, lower) = np.floor(quad.min(axis=0)), np.ceil(quad.max(axis=0))
        crop = luma[max(0, int(upper)) : int(lower) + 1, max(0, int(left)) : int(right) + 1]
        return (np.ascontiguousarray(np.rot90(crop, -1)) if down else crop), width, down
    import cv2

    size = max(1, round(part * width)), max(1, round(height))
    corners = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(quad, corners)
    flat = cv2.warpPerspective(luma, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, dtype=np.uint8), width, down
