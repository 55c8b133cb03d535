"""Describes how lines of text lie in a picture, in a fixed row of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from headroom_nb.signals.detector import TextLines

LAYOUT_FEATURES = (
    "count",  # ln(1 + lines)
    "coverage",  # share of the area
    "largest",  # share of the area under the largest box
    "height_low",  # ln(1 + 10th percentile of the heights, in pixels of a 512-pixel view)
    "height_mid",  # the same of the median
    "height_high",  # the same of the 90th percentile
    "height_spread",  # (90th − 10th percentile) / median
    "left_aligned",  # share of the lines whose left edge is another line's too
    "right_aligned",  # the same of the right edge
    "width",  # mean width as a share of the picture's
    "long",  # share of the lines wider than half the picture
    "short",  # share of the lines narrower than a tenth of it
    "rows",  # share of 64 horizontal bands that hold text
    "columns",  # share of 64 vertical bands that hold text
    "top",  # share of the lines whose middle is in the upper eighth
    "score",  # highest score of a line that is longer than high
    "sure",  # ln(1 + such lines with a score of at least .75)
)
"""Names, in the order of :func:`layout_features`."""

LONG = 1.5
"""Longer side over shorter side that makes a line: a lone square is more often a thing than a letter."""

BANDS = 64
SAME_EDGE = 0.008
"""Distance between two edges that count as aligned, as a share of the picture's width."""


def layout_features(lines: TextLines) -> tuple[float, ...]:
    """Return the numbers; all 0 where there are no lines."""
    count = len(lines)
    if not count:
        return (0.0,) * len(LAYOUT_FEATURES)
    left, top, right, bottom = lines.boxes.T
    width, long = right - left, lines.shapes >= LONG
    low, middle, high = np.percentile(lines.heights, (10, 50, 90)) * 512
    values = (
        np.log1p(count),
        min(1.0, lines.areas.sum()),
        lines.areas.max(),
        np.log1p(low),
        np.log1p(middle),
        np.log1p(high),
        (high - low) / max(middle, 1e-9),
        _aligned(left),
        _aligned(right),
        width.mean(),
        (width > 0.5).mean(),
        (width < 0.1).mean(),
        _covered(top, bottom),
        _covered(left, right),
        ((top + bottom) / 2 < 0.125).mean(),
        lines.scores.max(initial=0.0, where=long),
        np.log1p((long & (lines.scores >= 0.75)).sum()),
    )
    return tuple(float(value) for value in values)


def _aligned(edges: npt.NDArray[np.float64]) -> float:
    if len(edges) < 2:
        return 0.0
    ordered = np.sort(edges)
    near = np.diff(ordered) < SAME_EDGE
    return float((np.append(near, False) | np.insert(near, 0, False)).mean())


def _covered(start: npt.NDArray[np.float64], end: npt.NDArray[np.float64]) -> float:
    """Return the share of the bands that any of the intervals (in shares) reaches into."""
    changes = np.zeros(BANDS + 1)
    np.add.at(changes, np.clip(np.floor(start * BANDS), 0, BANDS - 1).astype(int), 1)
    np.add.at(changes, np.clip(np.ceil(end * BANDS), 1, BANDS).astype(int), -1)
    return float((changes.cumsum()[:-1] > 0).mean())
