"""Find the boxes that hold text.

The detector gives a map of the probability that a pixel belongs to the shrunken core of a text line (Liao et al.,
"Real-time scene text detection with differentiable binarization", 2020). Each blob of it becomes a rectangle, which is
grown back by ``area · ratio / perimeter``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from headroom_nb.ocr.crops import sides
from headroom_nb.ocr.tiles import in_pieces
from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headroom_nb.records import Size
    from headroom_nb.runtime.onnx_runtime import Session

    Corners = NDArray[np.integer[Any] | np.floating[Any]]

SMALL_PRINT = 22.0
"""Lines thinner than this, in pixels, are looked for once more in an enlarged view: boxes come out tighter and whole,
and images under 500 pixels wide gain 3 to 30 points of word recall. Other images are looked at once."""

ENOUGH = 28.0
"""Thickness to which small print is enlarged, in pixels."""

VIEW_PIXELS = 1_200_000
"""Size of the largest enlarged view, in pixels."""

MAX_ENLARGEMENT = 2.5
"""Enlarging further gained nothing down to print 6 pixels high."""

TINY_PICTURE = 250_000
"""An image with fewer pixels, in which nothing was found, is enlarged as well."""

MAX_PIXELS = 2_000_000
"""Size of the view of a large image, in pixels; a bound on the side would lose the text of long screenshots. Recall
on scans of 8 million pixels is the same as at full size."""

MOST_VIEW_PIXELS = 2 * MAX_PIXELS
"""Size of any view, in pixels: one a pixel high would grow without bound on its way to 32."""

CORE = 0.3
"""Probability from which a pixel belongs to a line's core."""

BOX_SCORE = 0.5
"""Mean probability a box must reach."""

GROWTH = 1.5
"""How far a core is grown back; 1.4 cuts into ascenders, 1.8 takes in the neighbouring lines of tight tables."""

MIN_CORE = 3
"""Shortest side of a core, in pixels of the detector's view."""


class Detector:
    """Finds text boxes in BGR images.

    Parameters
    ----------
    session
        ONNX session that takes ``(1, 3, h, w)`` float32 in −1…1, sides divisible by 32, and gives ``(1, 1, h, w)``.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name

    def find(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the boxes in an image ``(h, w, 3)``: ``(n, 4, 2)``, corners clockwise from top left."""
        height, width = image.shape[:2]
        scale = min(1.0, math.sqrt(MAX_PIXELS / (width * height)))
        boxes = self._look(image, scale)
        enlarged = enlargement(width, height, boxes)
        return self._look(image, enlarged) if enlarged > 1 else boxes

    def _look(self, image: NDArray[np.uint8], scale: float) -> NDArray[np.float32]:
        """Return the boxes found in a view of an image at a scale."""
        import cv2

        height, width = image.shape[:2]
        view_width, view_height = view_size(width, height, scale)
        shrinks = view_width * view_height < width * height
        kind = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        checkpoint()
        view = cv2.resize(image, (view_width, view_height), interpolation=kind)
        boxes = boxes_from_map(in_pieces(np.asarray(view, dtype=np.uint8), self._map))
        boxes *= np.array([width / view_width, height / view_height], dtype=np.float32)
        np.clip(boxes, 0, np.array([width - 1, height - 1], dtype=np.float32), out=boxes)
        return boxes

    def _map(self, view: NDArray[np.uint8]) -> NDArray[np.float32]:
        checkpoint()
        data = (view.astype(np.float32) * (2 / 255) - 1).transpose(2, 0, 1)[None]
        scores: NDArray[np.float32] = self._session.run(None, {self._input: data})[0][0, 0]
        return scores


def view_size(width: int, height: int, scale: float) -> Size:
    """Return the size of a view at a scale: each side a multiple of 32, a very long one cut down to the bound."""
    sides_ = [max(32, round(side * scale / 32) * 32) for side in (width, height)]
    longest = max(32, MOST_VIEW_PIXELS // min(sides_) // 32 * 32)
    return min(sides_[0], longest), min(sides_[1], longest)


def enlargement(width: int, height: int, boxes: NDArray[np.float32]) -> float:
    """Return the scale at which an image's small print is looked for again; 1 where there is none.

    Parameters
    ----------
    width, height
        Of the image, in pixels.
    boxes
        What was found at its own size, ``(n, 4, 2)``.
    """
    area = width * height
    most = min(MAX_ENLARGEMENT, math.sqrt(VIEW_PIXELS / area))
    if not len(boxes):
        return max(1.0, most) if area < TINY_PICTURE else 1.0
    thickness = float(np.median([min(sides(box)) for box in boxes]))
    return max(1.0, min(most, ENOUGH / thickness)) if 0 < thickness < SMALL_PRINT else 1.0


def boxes_from_map(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the boxes, ``(n, 4, 2)``, of a probability map ``(h, w)``, in the map's pixels."""
    return scored_boxes(scores, GROWTH, BOX_SCORE)[0]


def scored_boxes(
    scores: NDArray[np.float32], growth: float, least: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the boxes, ``(n, 4, 2)``, of a probability map ``(h, w)``, and the mean probability in each, ``(n,)``.

    Parameters
    ----------
    scores
        The map.
    growth
        How far a core is grown back.
    least
        Mean probability a box must reach.
    """
    import cv2

    core = cv2.dilate((scores > CORE).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(core, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes, means = [], []
    for contour in contours:
        checkpoint()
        centre, (side_a, side_b), angle = cv2.minAreaRect(contour)
        if min(side_a, side_b) < MIN_CORE:
            continue
        mean = _mean_inside(scores, cv2.boxPoints((centre, (side_a, side_b), angle)))
        if mean < least:
            continue
        grow = 2 * growth * side_a * side_b / (2 * (side_a + side_b))
        boxes.append(_clockwise(cv2.boxPoints((centre, (side_a + grow, side_b + grow), angle))))
        means.append(mean)
    return np.array(boxes, dtype=np.float32).reshape(-1, 4, 2), np.array(means, dtype=np.float32)


def _mean_inside(scores: NDArray[np.float32], quad: Corners) -> float:
    import cv2

    height, width = scores.shape
    left, top = np.clip(np.floor(quad.min(axis=0)).astype(int), 0, (width - 1, height - 1))
    right, bottom = np.clip(np.ceil(quad.max(axis=0)).astype(int), 0, (width - 1, height - 1))
    mask = np.zeros((bottom - top + 1, right - left + 1), dtype=np.uint8)
    cv2.fillPoly(mask, [(quad - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(scores[top : bottom + 1, left : right + 1], mask)[0])


def _clockwise(quad: Corners) -> NDArray[np.float32]:
    """Order corners: top left, top right, bottom right, bottom left."""
    by_x = quad[np.argsort(quad[:, 0], kind="stable")]
    left, right = by_x[:2], by_x[2:]
    left, right = left[np.argsort(left[:, 1])], right[np.argsort(right[:, 1])]
    return np.array([left[0], right[0], right[1], left[1]], dtype=np.float32)
