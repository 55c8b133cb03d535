"""Connected components of a binary picture, in plain numpy: runs of set pixels, joined where they touch.

Written for thumbnails (up to about a megapixel); OpenCV would do it too, but is a dependency of the OCR engine, not of
this package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

BoolMap = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Components:
    """One entry per component, in the order of their first pixel.

    Attributes
    ----------
    boxes
        (n, 4) left, top, right, bottom in pixels; right and bottom are exclusive.
    areas
        (n,) set pixels.
    runs
        (n,) horizontal runs of set pixels; ``runs / height`` is the mean number of strokes a row crosses.
    labels
        (r,) component of every run.
    rows, starts, ends
        (r,) where every run stands; ``ends`` is exclusive.
    """

    boxes: Ints
    areas: Ints
    runs: Ints
    labels: Ints
    rows: Ints
    starts: Ints
    ends: Ints

    def __len__(self) -> int:
        return len(self.areas)

    def mean_of(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return the mean of a map (the same shape as the binary picture) over each component's pixels."""
        sums = np.zeros((values.shape[0], values.shape[1] + 1))
        np.cumsum(values, axis=1, out=sums[:, 1:])
        per_run = sums[self.rows, self.ends] - sums[self.rows, self.starts]
        return np.bincount(self.labels, weights=per_run, minlength=len(self)) / np.maximum(self.areas, 1)


def find_components(mask: BoolMap) -> Components:
    """Return the 8-connected components of a (height, width) binary map."""
    height, width = mask.shape
    padded = np.zeros((height, width + 2), dtype=np.int8)
    padded[:, 1:-1] = mask
    edges = np.diff(padded, axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    labels = _label_runs(rows, starts, ends, height)
    count = int(labels.max()) + 1 if len(labels) else 0
    boxes = np.empty((count, 4), dtype=np.int64)
    boxes[:, 0], boxes[:, 1], boxes[:, 2:] = width, height, 0
    np.minimum.at(boxes[:, 0], labels, starts)
    np.minimum.at(boxes[:, 1], labels, rows)
    np.maximum.at(boxes[:, 2], labels, ends)
    np.maximum.at(boxes[:, 3], labels, rows + 1)
    areas = np.bincount(labels, weights=ends - starts, minlength=count).astype(np.int64)
    return Components(boxes, areas, np.bincount(labels, minlength=count), labels, rows, starts, ends)


def _label_runs(rows: Ints, starts: Ints, ends: Ints, height: int) -> Ints:
    """Return a component number per run, counted from 0 in reading order.

    Runs are sorted by row, then start. Two runs of neighbouring rows touch (diagonals included) when
    ``start <= other end`` and ``end >= other start``.
    """
    count = len(rows)
    if not count:
        return np.zeros(0, dtype=np.int64)
    stride = int(ends.max()) + 2
    first = np.searchsorted(rows * stride + ends, (rows - 1) * stride + starts)
    last = np.searchsorted(rows * stride + starts, (rows - 1) * stride + ends, side="right")
    row_start = np.searchsorted(rows, np.arange(height + 1))
    above = np.maximum(rows - 1, 0)
    first = np.where(rows > 0, np.clip(first, row_start[above], row_start[above + 1]), 0)
    last = np.where(rows > 0, np.clip(last, row_start[above], row_start[above + 1]), 0)
    touching = np.maximum(last - first, 0)
    lower = np.repeat(np.arange(count), touching)
    offsets = np.arange(len(lower)) - np.repeat(np.cumsum(touching) - touching, touching)
    upper = np.repeat(first, touching) + offsets
    parent = _join(count, upper, lower)
    return np.unique(parent, return_inverse=True)[1].astype(np.int64)


def _join(count: int, a: Ints, b: Ints) -> Ints:
    """Return the smallest member of each node's group, for the edges a–b: hooking and pointer jumping."""
    parent = np.arange(count)
    while True:
        low = np.minimum(parent[a], parent[b])
        high = np.maximum(parent[a], parent[b])
        open_edges = low != high
        if not open_edges.any():
            return parent
        a, b = low[open_edges], high[open_edges]
        np.minimum.at(parent, b, a)
        while True:
            shorter = parent[parent]
            if np.array_equal(shorter, parent):
                break
            parent = shorter
