"""Ink of the size of text that stands in no line: what was not read, and where."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from headroom_nb.ocr import OcrPage

    Box = tuple[float, float, float, float]

PIXELS = 1_500_000
"""Pixels of the view that is looked at."""

CONTRAST = 48
"""Grey levels that ink differs by from what is around it."""

SMALLEST, LARGEST = 0.45, 2.2
"""Height of ink of the size of text, in median line heights."""

GROWN = 0.12
"""How far a line's box is grown before ink is counted as outside, in its heights."""

MOST = 600
"""With more such pieces outside the lines it is an image, not text."""

ALIGNED, LINE = 0.3, 3.0
"""Ink stands in one column when its left ends differ by less than the first share of its height, and is a line of text
from so many times as wide as high."""

NEXT = 1.2
"""Pieces of ink nearer than this, in their heights, are one place."""


@dataclass(frozen=True)
class Unread:
    """Ink that was not read: its share of all ink of the size of text, and its places in pixels of the image."""

    share: float = 0.0
    places: tuple[Box, ...] = ()


def unread_ink(page: OcrPage, image: Image.Image, known: Sequence[Box] = ()) -> Unread:
    """Return the ink outside the lines of a page.

    Parameters
    ----------
    page
        What was read in the image.
    image
        The image, RGB, at any size.
    known
        Places of what was recognised as something else than text, in pixels of the image.
    """
    import cv2

    if not any(line.centres for line in page.lines):
        return Unread()  # an engine that does not say where its characters stand may give loose boxes, too
    scale = min(1.0, (PIXELS / (image.width * image.height)) ** 0.5)
    view = np.asarray(image.convert("L") if scale == 1 else image.convert("L").reduce(round(1 / scale) or 1))
    checkpoint()
    across, down = view.shape[1] / page.size[0], view.shape[0] / page.size[1]
    boxes = [
        (left * across, top * down, right * across, bottom * down)
        for left, top, right, bottom in (*(line.bounds for line in page.lines), *known)
    ]
    height = statistics.median(min(right - left, bottom - top) for left, top, right, bottom in boxes[: len(page.lines)])
    # The median is the ground around thin strokes, between dense lines too, where a mean is neither ink nor ground.
    checkpoint()
    ground = cv2.medianBlur(view, min(255, max(9, round(2 * height) | 1))).astype(np.int16)
    ink = (np.abs(view.astype(np.int16) - ground) > CONTRAST).astype(np.uint8)
    checkpoint()
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    stats = stats[1:count]
    tall = (stats[:, 3] >= SMALLEST * height) & (stats[:, 3] <= LARGEST * height) & (stats[:, 2] <= 12 * height)
    stats = stats[tall & (stats[:, 2] >= 0.08 * height)]
    inside = np.zeros(view.shape, dtype=np.uint8)
    for left, top, right, bottom in boxes:
        grow = GROWN * (bottom - top)
        inside[
            max(0, int(top - grow)) : int(bottom + grow) + 1, max(0, int(left - 2 * grow)) : int(right + 2 * grow) + 1
        ] = 1
    rows = np.minimum((stats[:, 1] + stats[:, 3] // 2), view.shape[0] - 1)
    columns = np.minimum((stats[:, 0] + stats[:, 2] // 2), view.shape[1] - 1)
    outside = inside[rows, columns] == 0
    if not len(stats) or outside.sum() > MOST:
        return Unread()
    share = float(stats[outside, 4].sum() / max(1, stats[:, 4].sum()))
    places = _places(
        [(x / across, y / down, (x + w) / across, (y + h) / down) for x, y, w, h, _ in stats[outside].tolist()]
    )
    return Unread(share, tuple(places))


def in_columns(unread: Unread, page: OcrPage) -> bool:
    """Return whether what was not read stands in the columns of a page: a line of its text, or signs beside its lines.

    Such ink says something that the lines around it make one expect; a logo or a drawing stands elsewhere.
    """
    lines = [line.bounds for line in page.lines]
    for place in unread.places:
        height = place[3] - place[1]
        starts = sum(abs(line[0] - place[0]) < ALIGNED * height for line in lines)
        if starts > 1 and place[2] - place[0] > LINE * height:
            return True
        alike = [
            other
            for other in unread.places
            if abs(other[0] - place[0]) < ALIGNED * height
            and abs((other[2] - other[0]) - (place[2] - place[0])) < ALIGNED * height
            and any(line[1] < (other[1] + other[3]) / 2 < line[3] for line in lines)
        ]
        if len(alike) > 1:
            return True
    return False


def _places(boxes: Sequence[Box]) -> list[Box]:
    """Return boxes with those that stand side by side joined."""
    places: list[Box] = []
    for box in sorted(boxes, key=lambda box: (box[1] + box[3], box[0])):
        height = box[3] - box[1]
        at = next(
            (
                index
                for index, other in enumerate(places)
                if abs((other[1] + other[3]) - (box[1] + box[3])) < height
                and box[0] - other[2] < NEXT * height
                and other[0] - box[2] < NEXT * height
            ),
            None,
        )
        if at is None:
            places.append(box)
        else:
            other = places[at]
            places[at] = (min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3]))
    return places
