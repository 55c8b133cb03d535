"""Cheap figures of an image that need no model: colours, flatness, contrast, lost detail, how lines of text lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops

if TYPE_CHECKING:
    import numpy.typing as npt

    from headroom_nb.signals.detector import TextLines


SMALL_VIEW = 512
"""Pixels of the longer side of the view whose loss is measured."""

STRONG = 32
"""Grey levels (of 255) that make a strong edge."""

LOSS_LEVELS = 8
"""Grey levels (of 255) an 8×8 block may differ by at its worst pixel before it counts as changed."""


@dataclass(frozen=True)
class Statistics:
    """Figures of one image. Shares are between 0 and 1.

    Attributes
    ----------
    entropy
        Entropy of the grey levels in bits (0 to 8): 1–3 for pages, 5–7 for photographs.
    common_colours
        Share of the pixels that have one of the two commonest colours of 4,096 (4 bits a channel).
    colours
        Number of colours of 4,096 that at least 0.05 % of the pixels have.
    flat
        Share of the pixels whose left and upper neighbour differ by at most 2 grey levels.
    exact
        Share of the pixels that equal their left and upper neighbour in grey: high in drawn images, 0 in photographs.
    edges
        Share of the pixels whose left or upper neighbour differs by more than :data:`STRONG` grey levels.
    busy
        Share of the 8×8 blocks with such an edge.
    saturation
        Mean of (max − min) / 255 over the channels.
    brightness
        Mean grey level / 255.
    dark
        Share of the pixels darker than 64 of 255.
    light
        Share of the pixels lighter than 224 of 255.
    noise
        Median absolute difference of horizontal neighbours that differ at all, in grey levels: sensors give 1–6,
        drawn images more, as only edges differ.
    axis_edges
        Share of the strong edges that are exactly horizontal or vertical.
    even_rows, even_columns
        Share of the rows (columns) without a change of more than 2 grey levels: margins, and gaps between lines.
    """

    entropy: float
    common_colours: float
    colours: int
    flat: float
    exact: float
    edges: float
    busy: float
    saturation: float
    brightness: float
    dark: float
    light: float
    noise: float
    axis_edges: float
    even_rows: float
    even_columns: float


def measure_statistics(image: Image.Image) -> Statistics:
    """Return the figures of an RGB thumbnail."""
    red, green, blue = (np.asarray(channel) for channel in image.split())
    luma = np.asarray(image.convert("L"))
    counts = np.bincount(luma.ravel(), minlength=256) / luma.size
    present = counts[counts > 0]
    packed = ((red >> 4).astype(np.int16) << 8) | ((green >> 4).astype(np.int16) << 4) | (blue >> 4)
    colours = np.bincount(packed.ravel(), minlength=4096)
    levels = luma.astype(np.int16)
    across, down = np.abs(levels[1:, 1:] - levels[1:, :-1]), np.abs(levels[1:, 1:] - levels[:-1, 1:])
    if not across.size:
        across = down = np.zeros((1, 1), dtype=np.int16)
    stronger, weaker = np.maximum(across, down), np.minimum(across, down)
    strong = stronger > STRONG
    steps = np.bincount(across.ravel(), minlength=2)[1:]
    spread = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    return Statistics(
        entropy=float(-(present * np.log2(present)).sum()),
        common_colours=float(np.partition(colours, -2)[-2:].sum() / luma.size),
        colours=int((colours >= max(1, 0.0005 * luma.size)).sum()),
        flat=float((stronger <= 2).mean()),
        exact=float((stronger == 0).mean()),
        edges=float(strong.mean()),
        busy=busy_blocks(strong),
        saturation=float(spread.mean() / 255),
        brightness=float(luma.mean() / 255),
        dark=float(counts[:64].sum()),
        light=float(counts[224:].sum()),
        noise=float(np.searchsorted(steps.cumsum(), steps.sum() / 2) + 1) if steps.sum() else 0.0,
        axis_edges=float((weaker[strong] <= 4).mean()) if strong.any() else 0.0,
        even_rows=float((stronger.max(axis=1) <= 2).mean()),
        even_columns=float((stronger.max(axis=0) <= 2).mean()),
    )


def busy_blocks(marked: npt.NDArray[np.bool_]) -> float:
    """Return the share of the 8×8 blocks of a map that hold a marked pixel; blocks cut off at the edge are left out."""
    height, width = (side // 8 for side in marked.shape)
    if not height or not width:
        return float(marked.any())
    # Eight booleans in a row are one 64-bit number, which is several times faster to look at.
    words = np.ascontiguousarray(marked[: height * 8, : width * 8]).view(np.uint64)
    return float((words.reshape(height, 8, width) != 0).any(axis=1).mean())


def detail_loss(image: Image.Image) -> float:
    """Return the share of 8×8 blocks that a view of 512 pixels changes visibly.

    The image is shrunk to :data:`SMALL_VIEW` on its longer side and enlarged again pixel by pixel; a block has
    changed when any of its pixels differs by more than :data:`LOSS_LEVELS` grey levels from before. An image that is
    no larger loses nothing.
    """
    longest = max(image.size)
    if longest <= SMALL_VIEW:
        return 0.0
    whole = image.convert("L")
    small = (max(1, round(image.width * SMALL_VIEW / longest)), max(1, round(image.height * SMALL_VIEW / longest)))
    shrunk = whole.resize(small, Image.Resampling.BOX, reducing_gap=1.0)
    back = shrunk.resize(image.size, Image.Resampling.NEAREST)
    return busy_blocks(np.asarray(ImageChops.difference(whole, back)) > LOSS_LEVELS)


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
    "width",  # mean width as a share of the image's
    "long",  # share of the lines wider than half the image
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
"""Distance between two edges that count as aligned, as a share of the image's width."""


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
