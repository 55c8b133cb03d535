"""Finds lines of text in a thumbnail, to be counted and measured, not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from headroom_nb.routing.components import find_components

if TYPE_CHECKING:
    from headroom_nb.pictures import Picture

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TextLines:
    """Lines found in one picture.

    Attributes
    ----------
    boxes
        (n, 4) left, top, right, bottom in pixels of the thumbnail that was looked at.
    size
        Width and height of that thumbnail in pixels.
    """

    boxes: Floats
    size: tuple[int, int]


class TextDetector(Protocol):
    """Finds lines of text; ``name`` is what a reason calls it."""

    name: str

    def find(self, picture: Picture) -> TextLines:
        """Return the lines found in a thumbnail of the picture."""
        ...


class ClassicalDetector:
    """Marks strokes by local contrast, joins them along the line, keeps what is shaped like a line of text."""

    name = "classical"
    side = 640
    """Longer side of the thumbnail in pixels."""

    contrast = 28
    """Grey levels a stroke differs from its surroundings by."""

    def find(self, picture: Picture) -> TextLines:
        """Return the lines found."""
        thumbnail = picture.small(self.side)
        luma = np.asarray(thumbnail.convert("L")).astype(np.int16)
        around = _box_mean(luma, 7)
        strokes = np.abs(luma - around) > self.contrast
        joined = _close_gaps(strokes, max_gap=7)
        found = find_components(joined)
        boxes = found.boxes.astype(np.float64)
        if not len(boxes):
            return TextLines(boxes.reshape(0, 4), thumbnail.size)
        width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
        fill = found.areas / (width * height)
        ink = found.mean_of(strokes.astype(np.float64))
        keep = (height >= 4) & (height <= 60) & (width >= 1.8 * height) & (fill > 0.45) & (ink > 0.25) & (ink < 0.9)
        return TextLines(boxes[keep], thumbnail.size)


def _box_mean(values: npt.NDArray[np.int16], radius: int) -> npt.NDArray[np.int16]:
    """Return the mean over a square of side ``2 * radius + 1``, edges repeated."""
    padded = np.pad(values.astype(np.int32), radius + 1, mode="edge")
    sums = padded.cumsum(axis=0).cumsum(axis=1)
    side = 2 * radius + 1
    total = (
        sums[side:-1, side:-1]
        - sums[: -side - 1, side:-1]
        - sums[side:-1, : -side - 1]
        + sums[: -side - 1, : -side - 1]
    )
    return (total // (side * side)).astype(np.int16)


def _close_gaps(mask: npt.NDArray[np.bool_], max_gap: int) -> npt.NDArray[np.bool_]:
    """Fill horizontal gaps of at most ``max_gap`` pixels between set pixels."""
    columns = np.arange(mask.shape[1])
    last = np.maximum.accumulate(np.where(mask, columns, -(10**6)), axis=1)
    following = np.minimum.accumulate(np.where(mask, columns, 10**6)[:, ::-1], axis=1)[:, ::-1]
    return following - last <= max_gap + 1
