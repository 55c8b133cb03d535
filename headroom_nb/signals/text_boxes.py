"""Boxes around lines of text, found closely enough to measure their letters: an overview and two native tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from headroom_nb.ocr.crops import sides
from headroom_nb.pictures.pixels import fit, resize

if TYPE_CHECKING:
    import numpy.typing as npt

    from headroom_nb.signals.detector import ModelDetector

    Levels = npt.NDArray[np.uint8]
    Boxes = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]

OVERVIEW, OVERVIEW_PIXELS = 1024, 360_000
"""Longer side and size of the overview, at most, in pixels."""

NATIVE = 0.9
"""Scale of the overview from which it shows all there is."""

TILE, TILES = 448, 2
"""Side of a tile in pixels, and how many are looked at, at most."""

SMALL_BOX = 16.0
"""A box lower than this in the overview, in its pixels, is looked at again in a tile: its letters may have merged."""

FEWEST_CELLS = 6
"""Cells that a tile must have to look at."""

NEARLY_LEVEL = 0.03
"""Slope of a box under which the page's own counts."""

CELL = 16
"""Side of the cells whose edges are counted, in pixels."""

BAND = 32
"""Rows of cells that are looked at together."""

FINE_EDGE = 24
"""Grey levels that two neighbours in a row differ by at an edge."""

FEWEST_EDGES, MOST_EDGES = 0.04, 0.5
"""Share of a cell's pixels that stand at an edge where there is text."""


def find_text_boxes(luma: Levels, model: ModelDetector, enlarge: float = 1.0) -> Boxes:
    """Return boxes (n, 4, 2) in pixels of the full image, and their scores (n,).

    Only greys are looked at, as ink is measured in greys: text that stands out by its colour alone has none.

    Parameters
    ----------
    luma
        Grey levels (height, width) of the image at full size.
    model
        Looks for text.
    enlarge
        Scale of the overview of an image smaller than :data:`OVERVIEW`.
    """
    height, width = luma.shape
    whole = Image.fromarray(luma)
    scale = min(1.0, OVERVIEW / max(width, height), (OVERVIEW_PIXELS / (width * height)) ** 0.5)
    view = resize(whole, fit(whole.size, round(scale * max(width, height))))
    if enlarge != 1:
        view = view.resize((round(view.width * enlarge), round(view.height * enlarge)))
    scale = max(view.size) / max(width, height)
    boxes, scores = model.find_boxes(view.convert("RGB"))
    boxes /= np.float32(scale)
    if scale >= NATIVE:
        return boxes, scores
    cells = text_cells(luma)
    clear = np.array([min(sides(box)) * scale >= SMALL_BOX for box in boxes], dtype=bool)
    _clear(cells, boxes[clear])
    for left, top in fullest_tiles(cells):
        box = (left, top, min(left + TILE, width), min(top + TILE, height))
        near, sure = model.find_boxes(whole.crop(box).convert("RGB"))
        near += np.array([left, top], dtype=np.float32)
        uncut = _whole(near, box, whole.size)
        near, sure = near[uncut], sure[uncut]
        far = ~_inside(boxes.mean(axis=1), near)
        boxes, scores = np.concatenate([near, boxes[far]]), np.concatenate([sure, scores[far]])
    return boxes, scores


def levelled(boxes: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return boxes (n, 4, 2) with the small slopes of those that run across set to the page's own.

    A box's slope is off by a pixel or two at each end, which is a fifth of the height of small letters.
    """
    edges = boxes[:, 1] - boxes[:, 0]
    widths = np.hypot(edges[:, 0], edges[:, 1])
    heights = np.hypot(*(boxes[:, 3] - boxes[:, 0]).T)
    slopes = edges[:, 1] / np.maximum(edges[:, 0], 1)
    nearly = (np.abs(slopes) <= NEARLY_LEVEL) & (widths > heights)
    if not nearly.any():
        return boxes
    order = np.argsort(slopes[nearly])
    weight = widths[nearly][order].cumsum()
    slope = slopes[nearly][order][np.searchsorted(weight, weight[-1] / 2)]
    along = np.array([1, slope], dtype=np.float32) / np.hypot(1, slope)
    down = np.array([-along[1], along[0]], dtype=np.float32)
    level = boxes.copy()
    middles, across, below = boxes.mean(axis=1), widths[:, None] / 2 * along, heights[:, None] / 2 * down
    for corner, (right, under) in enumerate(((-1, -1), (1, -1), (1, 1), (-1, 1))):
        level[nearly, corner] = (middles + right * across + under * below)[nearly]
    return np.asarray(level, dtype=np.float32)


def _clear(cells: npt.NDArray[np.bool_], boxes: npt.NDArray[np.float32]) -> None:
    """Take the cells under boxes (n, 4, 2) away."""
    for box in boxes:
        left, top = np.maximum(np.floor(box.min(axis=0) / CELL), 0).astype(int)
        right, bottom = np.ceil(box.max(axis=0) / CELL).astype(int)
        cells[top:bottom, left:right] = False


def text_cells(luma: Levels) -> npt.NDArray[np.bool_]:
    """Return which cells of :data:`CELL` pixels have as many fine edges as text has, (rows, columns)."""
    rows, columns = max(1, luma.shape[0] // CELL), max(1, (luma.shape[1] - 1) // CELL)
    bands = []
    for top in range(0, rows, BAND):  # a band at a time: the edges of a photo of 12 megapixels take 36 MB
        high = min(BAND, rows - top)
        band = luma[top * CELL : (top + high) * CELL]
        after = band[:, 1 : columns * CELL + 1]
        here = band[:, : after.shape[1]]
        edges = np.maximum(after, here) - np.minimum(after, here) > FINE_EDGE
        if edges.shape[1] % 8 == 0:  # eight counts, none of which passes 16, are added as one number
            down = np.add.reduceat(edges.view(np.uint64), range(0, len(band), CELL)).view(np.uint8)
        else:
            down = np.add.reduceat(edges, range(0, len(band), CELL), dtype=np.uint8)
        bands.append(np.add.reduceat(down, range(0, columns * CELL, CELL), axis=1, dtype=np.uint16))
    area = min(CELL, luma.shape[0]) * min(CELL, luma.shape[1] - 1)  # of a cell, even where the image is smaller
    share = np.rint(np.concatenate(bands) * np.float32(255 / area)) / 255
    cells: npt.NDArray[np.bool_] = (share >= FEWEST_EDGES) & (share <= MOST_EDGES)
    return cells


def fullest_tiles(cells: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return left and top, in pixels, of the tiles with most text; tiles without any are left out."""
    side = TILE // CELL
    left_over = cells.astype(np.int32)
    found = []
    for _ in range(TILES):
        sums = np.pad(left_over.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
        rows, columns = (max(1, length - side + 1) for length in cells.shape)
        high, wide = min(side, cells.shape[0]), min(side, cells.shape[1])
        inside = (
            sums[high : high + rows, wide : wide + columns]
            - sums[:rows, wide : wide + columns]
            - sums[high : high + rows, :columns]
            + sums[:rows, :columns]
        )
        row, column = np.unravel_index(int(inside.argmax()), inside.shape)
        if inside[row, column] < FEWEST_CELLS:
            break
        found.append((int(column) * CELL, int(row) * CELL))
        left_over[row : row + side, column : column + side] = 0
    return found


def _whole(
    boxes: npt.NDArray[np.float32], tile: tuple[int, int, int, int], size: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Return which boxes no edge of the tile cuts lengthwise; the image's own edges cut nothing."""
    _, top, _, bottom = tile
    above = (boxes[:, :, 1].min(axis=1) > top + 2) | (top == 0)
    below = (boxes[:, :, 1].max(axis=1) < bottom - 2) | (bottom == size[1])
    return np.asarray(above & below, dtype=np.bool_)


def _inside(points: npt.NDArray[np.float32], boxes: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Return which points (n, 2) lie in the upright rectangle around any box (m, 4, 2)."""
    low, high = boxes.min(axis=1), boxes.max(axis=1)
    within = (points[:, None] >= low[None]).all(axis=2) & (points[:, None] <= high[None]).all(axis=2)
    return np.asarray(within.any(axis=1), dtype=np.bool_)
