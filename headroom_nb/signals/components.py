"""Connected components of a binary image, in plain numpy: runs of set pixels, joined where they touch.

Written for thumbnails (up to about a megapixel). OpenCV would do it too, but it is a dependency of the OCR engine, not
of this package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

BoolMap = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Runs:
    """Horizontal runs of set pixels, sorted by row, then start.

    Attributes
    ----------
    rows, starts, ends
        (r,) where every run stands, in pixels; ``ends`` is exclusive.
    size
        Width and height of the image in pixels.
    """

    rows: Ints
    starts: Ints
    ends: Ints
    size: tuple[int, int]

    def __len__(self) -> int:
        return len(self.rows)

    def joined(self, gap: int) -> Runs:
        """Return the runs with gaps of at most ``gap`` pixels in a row filled."""
        if not len(self):
            return self
        opens = np.ones(len(self), dtype=bool)
        opens[1:] = (self.rows[1:] != self.rows[:-1]) | (self.starts[1:] - self.ends[:-1] > gap)
        first = np.flatnonzero(opens)
        last = np.append(first[1:], len(self)) - 1
        return Runs(self.rows[first], self.starts[first], self.ends[last], self.size)

    def longer_than(self, length: int) -> Runs:
        """Return the runs of more than ``length`` pixels."""
        keep = self.ends - self.starts > length
        return Runs(self.rows[keep], self.starts[keep], self.ends[keep], self.size)


@dataclass(frozen=True)
class Components:
    """One entry per component.

    Attributes
    ----------
    boxes
        (n, 4) left, top, right, bottom in pixels; right and bottom are exclusive.
    areas
        (n,) set pixels.
    labels
        (r,) component of every run.
    runs
        What was joined.
    """

    boxes: Ints
    areas: Ints
    labels: Ints
    runs: Runs

    def __len__(self) -> int:
        return len(self.areas)

    def mean_of(self, values: npt.NDArray[Any]) -> Floats:
        """Return the mean of a (height, width) map over each component's pixels."""
        sums = np.zeros((values.shape[0], values.shape[1] + 1), np.int32 if values.dtype == np.bool_ else np.float64)
        np.cumsum(values, axis=1, out=sums[:, 1:])
        runs = self.runs
        per_run = sums[runs.rows, runs.ends] - sums[runs.rows, runs.starts]
        return np.bincount(self.labels, weights=per_run, minlength=len(self)) / np.maximum(self.areas, 1)

    def thickness(self) -> Floats:
        """Return the shorter side of each component in pixels, as if it were a rectangle turned at any angle.

        A rectangle of sides a ≤ b has the variances a²/12 and b²/12 along them: the smaller eigenvalue of the second
        moments gives a.
        """
        runs, count = self.runs, len(self)
        length = (runs.ends - runs.starts).astype(np.float64)
        first, last = runs.starts.astype(np.float64), runs.ends - 1.0
        sum_x = (first + last) * length / 2
        sum_xx = (last * (last + 1) * (2 * last + 1) - (first - 1) * first * (2 * first - 1)) / 6

        def total(values: Floats) -> Floats:
            return np.bincount(self.labels, weights=values, minlength=count) / self.areas

        mean_x, mean_y = total(sum_x), total(length * runs.rows)
        var_x = total(sum_xx) - mean_x**2 + 1 / 12
        var_y = total(length * runs.rows**2) - mean_y**2 + 1 / 12
        cov = total(sum_x * runs.rows) - mean_x * mean_y
        smaller = (var_x + var_y) / 2 - np.sqrt(((var_x - var_y) / 2) ** 2 + cov**2)
        shorter: Floats = np.sqrt(12 * np.maximum(smaller, 0))
        return shorter


def find_runs(mask: BoolMap) -> Runs:
    """Return the runs of a (height, width) binary map."""
    height, width = mask.shape
    padded = np.zeros((height, width + 2), dtype=bool)
    padded[:, 1:-1] = mask
    changes = np.flatnonzero(padded[:, 1:] != padded[:, :-1])
    rows, columns = np.divmod(changes, width + 1)
    return Runs(rows[::2], columns[::2], columns[1::2], (width, height))


def find_components(mask: BoolMap) -> Components:
    """Return the 8-connected components of a (height, width) binary map."""
    return join_runs(find_runs(mask))


def join_runs(runs: Runs) -> Components:
    """Return the components that runs form; runs touch when they meet in neighbouring rows, diagonals included."""
    width, height = runs.size
    labels = _label(runs)
    count = int(labels.max()) + 1 if len(labels) else 0
    boxes = np.empty((count, 4), dtype=np.int64)
    boxes[:, 0], boxes[:, 1], boxes[:, 2:] = width, height, 0
    np.minimum.at(boxes[:, 0], labels, runs.starts)
    np.minimum.at(boxes[:, 1], labels, runs.rows)
    np.maximum.at(boxes[:, 2], labels, runs.ends)
    np.maximum.at(boxes[:, 3], labels, runs.rows + 1)
    areas = np.bincount(labels, weights=runs.ends - runs.starts, minlength=count).astype(np.int64)
    return Components(boxes, areas, labels, runs)


def _label(runs: Runs) -> Ints:
    """Return a component number per run, counted from 0."""
    count = len(runs)
    if not count:
        return np.zeros(0, dtype=np.int64)
    # Seen as points row * stride + column, the runs above that touch one stand between two places of the sorted list:
    # the first whose end reaches its start, and the first that starts after its end.
    stride = runs.size[0] + 2
    start, end = runs.rows * stride + runs.starts, runs.rows * stride + runs.ends
    first = np.searchsorted(end, start - stride)
    last = np.searchsorted(start, end - stride, side="right")
    touching = np.maximum(last - first, 0)
    lower = np.repeat(np.arange(count), touching)
    upper = np.arange(len(lower)) - np.repeat(np.cumsum(touching) - touching, touching) + np.repeat(first, touching)
    parent = _group(count, upper, lower)
    roots = parent == np.arange(count)
    return (np.cumsum(roots) - 1)[parent]


def _group(count: int, a: Ints, b: Ints) -> Ints:
    """Return the smallest member of each node's group, for the edges a–b: hooking and pointer jumping."""
    parent = np.arange(count)
    while True:
        low, high = np.minimum(parent[a], parent[b]), np.maximum(parent[a], parent[b])
        apart = low != high
        if not apart.any():
            return parent
        a, b = low[apart], high[apart]
        np.minimum.at(parent, b, a)
        while True:
            shorter = parent[parent]
            if np.array_equal(shorter, parent):
                break
            parent = shorter
