"""The grid of cells that text in a fixed-width font stands in, measured in the pixels.

The recogniser says which characters stand in a line and only roughly where. The cells say exactly: how far a line is
indented, how many spaces stand between two words, how many underscores a name begins with, and whether a sign covers
two cells (a ligature) or a cell holds ink that nobody read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

CONTRAST = 30.0
"""Difference from the ground, in levels of the most different channel, from which a pixel can be ink."""

FAINT = 0.3
"""Share of a row's contrast under which a pixel is ground."""

TRIED = 0.04
"""The width of a character is looked for this far around the engine's, as a share."""

INNER = 0.16
"""Share of a cell at each side that a neighbour's ink may reach into."""

LOW = 0.08
"""An underscore begins this share of the line's height above the base line, at most."""

SPILLS = 1.12
"""Ink wider than so many cells belongs to a ligature."""

LEAKS = 0.36
"""Ink at a border of a cell that is narrower than this share of it may be a neighbour's."""

FILLS = 0.7
"""An underscore covers this share of its cell."""


@dataclass(frozen=True)
class Grid:
    """Where the cells stand: pixels from the left of the image."""

    origin: float
    pitch: float

    def column(self, x: float) -> float:
        """Return the column in which a point stands, in cells from the origin."""
        return (x - self.origin) / self.pitch


@dataclass(frozen=True)
class Cell:
    """One inked cell of a row.

    Attributes
    ----------
    column
        Cells from the left.
    underscore
        Whether all its ink lies under the base line and covers the cell.
    joined
        Whether ink runs on into the next cell.
    ink
        Its pixels, ``(h, w)``, 0 to 1.
    spills
        Whether its ink is wider than a cell.
    """

    column: int
    underscore: bool
    joined: bool
    ink: Floats
    spills: bool = False


def ink_of(pixels: NDArray[np.uint8]) -> Floats:
    """Return how far each pixel of a row of text ``(h, w, 3)`` stands from the row's ground, 0 to 1, ``(h, w)``."""
    if not pixels.size:
        return np.zeros(pixels.shape[:2], dtype=np.float32)
    codes = (pixels // 8).astype(np.int32) @ np.array([1024, 32, 1])
    values, places, counts = np.unique(codes, return_index=True, return_counts=True)
    del values
    ground = pixels.reshape(-1, 3)[places[counts.argmax()]].astype(np.int16)
    distance = np.abs(pixels.astype(np.int16) - ground).max(axis=2).astype(np.float32)
    reach = max(CONTRAST, float(np.quantile(distance[distance > CONTRAST], 0.5)) if (distance > CONTRAST).any() else 0)
    return np.asarray(np.minimum(1.0, distance / reach), dtype=np.float32)


def fit_grid(bands: Sequence[Floats], pitch: float, left: float, right: float) -> Grid:
    """Return the grid whose borders meet the least ink.

    Parameters
    ----------
    bands
        The ink of each row, all ``(h, w)`` of one width.
    pitch
        Width of a character as the engine sees it, in pixels.
    left, right
        Where the text stands, in pixels.
    """
    start, end = max(0, int(left - 2 * pitch)), int(right + 2 * pitch)
    # Rules and underscores run across borders: rows inked from end to end say nothing.
    profile = sum(np.where(band > FAINT, band, 0)[: int(0.68 * len(band))].sum(axis=0) for band in bands)
    profile = np.asarray(profile, dtype=np.float64)[start:end]
    if not len(profile):
        return Grid(left, pitch)
    total = np.concatenate(([0.0], np.cumsum(profile)))
    best = (np.inf, 0.0, pitch)
    half = 0.5 * max(1.0, 0.12 * pitch)
    checkpoint()
    for width in pitch * np.linspace(1 - TRIED, 1 + TRIED, 81):
        phases = np.arange(0, width, 0.25)
        borders = phases[:, None] + width * np.arange(int((len(profile) - 1) / width))[None]
        low, high = borders - half, borders + half
        at = np.arange(len(total))
        cost = (np.interp(high, at, total) - np.interp(low, at, total)).mean(axis=1)
        index = int(cost.argmin())
        if cost[index] < best[0]:
            # Among phases as good, the middle of their span.
            good = np.flatnonzero(cost <= cost[index] + 1e-9)
            index = int(good[len(good) // 2])
            best = (float(cost[index]), float(phases[index]), float(width))
    return Grid(start + best[1], best[2])


def base_line(bands: Sequence[Floats]) -> int:
    """Return the row under which only descenders and underscores stand, from the top of bands of one height."""
    profile = np.asarray(sum(_letters(band > FAINT).sum(axis=1) for band in bands), dtype=np.float64)
    dense = np.flatnonzero(profile >= 0.4 * profile.max()) if profile.max() else np.array([len(profile) - 1])
    return int(dense[-1]) + 1


def _letters(inked: NDArray[Any]) -> NDArray[Any]:
    """Return ink without the columns that hold only underscores, dots and commas."""
    rows = np.flatnonzero(inked.any(axis=1))
    if not len(rows):
        return inked
    tops = np.where(inked.any(axis=0), inked.argmax(axis=0), 0)
    low = tops > rows[0] + 0.62 * (rows[-1] - rows[0])
    return inked if low.all() else inked & ~low


def cells_of(band: Floats, grid: Grid, base: int, left: float, right: float) -> list[Cell]:
    """Return the inked cells of a row between two edges, in pixels, from left to right."""
    inked = band > FAINT
    found: list[Cell] = []
    first, last = int(np.floor(grid.column(left))), int(np.ceil(grid.column(right)))
    margin = INNER * grid.pitch
    for column in range(first, last + 1):
        start, end = grid.origin + column * grid.pitch, grid.origin + (column + 1) * grid.pitch
        inner = inked[:, max(0, round(start + margin)) : max(0, round(end - margin))]
        if not inner.any():
            continue
        cell = inked[:, max(0, round(start)) : max(0, round(end))]
        rows = np.flatnonzero(inner.any(axis=1))
        low = rows[0] >= base - max(1, LOW * len(band)) and inner[rows].any(axis=0).mean() >= FILLS
        border = inked[:, max(0, round(end - 1)) : round(end + 1)]
        joined = bool(border.shape[1]) and bool(border.all(axis=1).any())
        ink = band[:, max(0, round(start)) : round(end)]
        wide: Any = inked[:, max(0, round(start - grid.pitch / 2)) : round(end + grid.pitch / 2)].any(axis=0)
        spills = _longest_run(wide) > SPILLS * grid.pitch
        found.append(Cell(column, bool(low) and bool(cell.size), joined, ink, spills))
    return found


def leaks_in(cell: Cell) -> bool:
    """Return whether all ink of a cell belongs to its neighbours: slanted letters reach over their borders."""
    import cv2

    inked = (cell.ink > FAINT).astype(np.uint8)
    count, _, boxes, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    width = inked.shape[1]
    return count > 1 and all(
        wide <= LEAKS * width and (left == 0 or left + wide == width) for left, _, wide, *_ in boxes[1:].tolist()
    )


def _longest_run(columns: NDArray[Any]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], columns.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max(initial=0))
