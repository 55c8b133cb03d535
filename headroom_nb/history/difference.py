"""What differs between two screens: the regions that changed, and whether their content was scrolled. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.signals.components import find_components

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from headroom_nb.records import Box

    Pixels = npt.NDArray[np.uint8]
    """(height, width, 3), RGB."""

LEVELS = 6
"""What a channel may differ by without being a change, levels of 255: encoders and blending leave so much."""

TILE = 8
"""Side in pixels of the squares in which changes are looked for."""

GAP = 3
"""Tiles without a change between two changes that belong to one region."""

MOST_REGIONS = 3
"""Regions at most; of more, those are joined that lie closest."""

MOST_COMPARED = 64
"""Regions whose distances are looked at: a screen may differ in tens of thousands of places. Of more, neighbours in
reading order are joined first."""

SCROLLBAR = 24
"""Pixels at the right edge of what scrolls that may be its scroll bar, which moves the other way."""

LEAST_OVERLAP = 0.25
"""Share of a scrolled region's rows that must be seen in both screens."""

LEAST_ROWS = 32
"""Height in pixels of the smallest region that is tried for a scroll."""

SAME_ROWS = 0.85
"""Share of the rows in the overlap that must be the same, pixel by pixel."""


@dataclass(frozen=True)
class Difference:
    """How one screen differs from an earlier one of the same size.

    Attributes
    ----------
    boxes
        Regions of the later screen that the earlier one does not show, pixels; empty where both are the same.
    frame
        The region whose content was scrolled; None where nothing was.
    shift
        Rows of pixels by which it moved up; negative where it moved down.
    """

    boxes: tuple[Box, ...]
    frame: Box | None = None
    shift: int = 0

    @property
    def pixels(self) -> int:
        """Pixels in all regions together."""
        return sum(area(box) for box in self.boxes)


def area(box: Box) -> int:
    """Return the pixels in a box."""
    return (box[2] - box[0]) * (box[3] - box[1])


def find_difference(before: Pixels, after: Pixels) -> Difference:
    """Return how a screen differs from an earlier one: the smaller of its changed regions and what a scroll leaves.

    Parameters
    ----------
    before, after
        (height, width, 3) RGB, of the same shape.

    Raises
    ------
    ValueError
        The shapes differ.
    """
    if before.shape != after.shape:
        raise ValueError(f"screens of {before.shape} and {after.shape} cannot be compared")
    plain = Difference(changed_boxes(before, after))
    if not plain.boxes:
        return plain
    scrolled = _scrolled(before, after, _around(plain.boxes))
    return plain if scrolled is None or scrolled.pixels >= plain.pixels else scrolled


def changed_boxes(before: Pixels, after: Pixels) -> tuple[Box, ...]:
    """Return the regions in which two screens differ, at most :data:`MOST_REGIONS`, from top to bottom."""
    differs = np.abs(before.astype(np.int16) - after.astype(np.int16)).max(axis=2) > LEVELS
    return _regions(differs)


def _regions(differs: npt.NDArray[np.bool_]) -> tuple[Box, ...]:
    """Return the boxes around what is set in a (height, width) map, exact to the pixel."""
    if not differs.any():
        return ()
    height, width = differs.shape
    full = np.pad(differs, ((0, -height % TILE), (0, -width % TILE)))
    tiles = np.asarray(full.reshape(full.shape[0] // TILE, TILE, full.shape[1] // TILE, TILE).any(axis=(1, 3)))
    components = find_components(_grown(tiles))
    boxes = []
    for left, top, right, bottom in _few((components.boxes * TILE).tolist()):
        inside = differs[top:bottom, left:right]
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        if len(rows):
            boxes.append(
                (int(left + columns[0]), int(top + rows[0]), int(left + columns[-1] + 1), int(top + rows[-1] + 1))
            )
    return joined(boxes)


def _few(boxes: Sequence[Box]) -> list[Box]:
    """Return at most :data:`MOST_COMPARED` boxes that cover the same: neighbours in reading order are joined."""
    found = sorted(map(_box, boxes), key=lambda box: (box[1], box[0]))
    while len(found) > MOST_COMPARED:
        found = [_around(found[place : place + 2]) for place in range(0, len(found), 2)]
    return found


def _box(edges: Sequence[int]) -> Box:
    left, top, right, bottom = edges
    return left, top, right, bottom


def joined(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Return boxes of which none overlap, at most :data:`MOST_REGIONS`: those are joined that this costs least."""
    found = _few(boxes)
    while len(found) > 1:
        cost, one, other = min(
            (area(_around((found[i], found[j]))) - area(found[i]) - area(found[j]), i, j)
            for i in range(len(found))
            for j in range(i)
        )
        if len(found) <= MOST_REGIONS and cost > 0:
            break
        both = _around((found[one], found[other]))
        found = [box for place, box in enumerate(found) if place not in {one, other}] + [both]
    return tuple(sorted(found, key=lambda box: (box[1], box[0])))


def _around(boxes: Sequence[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _grown(tiles: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return a map in which gaps of :data:`GAP` tiles are filled."""
    grown: npt.NDArray[np.bool_] = tiles.copy()
    for axis in (0, 1):
        spread: npt.NDArray[np.bool_] = grown.copy()
        for step in range(1, (GAP + 1) // 2 + 1):
            spread |= np.roll(grown, step, axis) & _not_wrapped(grown.shape, axis, step)
            spread |= np.roll(grown, -step, axis) & _not_wrapped(grown.shape, axis, -step)
        grown = spread
    return grown


def _not_wrapped(shape: tuple[int, ...], axis: int, step: int) -> npt.NDArray[np.bool_]:
    places = np.arange(shape[axis])
    kept: npt.NDArray[np.bool_] = places >= step if step > 0 else places < shape[axis] + step
    return np.asarray(kept[:, None] if axis == 0 else kept[None, :])


def _scrolled(before: Pixels, after: Pixels, frame: Box) -> Difference | None:
    """Return what a scroll of a region leaves to be shown; None where its content was not scrolled."""
    for tried in _frames(frame):
        left, top, right, bottom = tried
        old, new = before[top:bottom, left:right], after[top:bottom, left:right]
        shift = find_shift(old, new)
        if not shift:
            continue
        height = bottom - top
        first, last = (0, height - shift) if shift > 0 else (-shift, height)
        differs = np.ones(new.shape[:2], bool)
        moved = np.abs(old[first + shift : last + shift].astype(np.int16) - new[first:last].astype(np.int16))
        differs[first:last] = moved.max(axis=2) > LEVELS
        boxes = tuple((left + x0, top + y0, left + x1, top + y1) for x0, y0, x1, y1 in _regions(differs))
        return Difference(boxes, tried, shift)
    return None


def _frames(frame: Box) -> Iterator[Box]:
    left, top, right, bottom = frame
    if bottom - top >= LEAST_ROWS:
        yield frame
        if right - left > 4 * SCROLLBAR:
            yield left, top, right - SCROLLBAR, bottom


def find_shift(old: Pixels, new: Pixels) -> int:
    """Return by how many rows the content of a region moved up, negative for down; 0 where it did not move.

    Rows that occur once in either screen vote for the distance between their places; the winner must make
    :data:`SAME_ROWS` of all rows in the overlap the same.
    """
    height = len(old)
    one, other = _row_hashes(old), _row_hashes(new)
    values, places, counts = np.unique(one, return_index=True, return_counts=True)
    unique = dict(zip(values[counts == 1].tolist(), places[counts == 1].tolist(), strict=True))
    votes: dict[int, int] = {}
    for place, value in enumerate(other.tolist()):
        if value in unique and unique[value] != place:
            distance = unique[value] - place
            votes[distance] = votes.get(distance, 0) + 1
    if not votes:
        return 0
    shift = max(votes, key=lambda distance: (votes[distance], -abs(distance)))
    overlap = height - abs(shift)
    if overlap < LEAST_OVERLAP * height:
        return 0
    first = max(0, -shift)
    same = np.count_nonzero(one[first + shift : first + shift + overlap] == other[first : first + overlap])
    return shift if same >= SAME_ROWS * overlap else 0


def _row_hashes(pixels: Pixels) -> npt.NDArray[np.int64]:
    """Return a number for each row; the same rows have the same."""
    height = len(pixels)
    weights = np.random.default_rng(7).integers(1, 2**40, pixels.shape[1] * 3, dtype=np.int64)
    hashes: npt.NDArray[np.int64] = pixels.reshape(height, -1).astype(np.int64) @ weights
    return hashes
