"""Cut a box out of an image as a strip that reads from left to right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

UPRIGHT_SLOPE = 0.12
"""Largest rise of a box's top edge, as a share of its height, at which a plain slice is good enough."""

TALL = 1.5
"""A box this many times as high as it is wide may hold text that runs down or up..."""

MORE_THAN_A_CHARACTER = 1.8
"""... when it is also this many times as high as the page's lines are thick; else it is a 1 or an l."""

MARGIN = 0.12
"""Blank columns kept at each end, as a share of the height."""

INK = 0.25
"""A column holds ink when its grey levels span this share of the strip's."""

MIN_INK = 24
"""... and at least this many grey levels."""

BAND = 512
"""Rows of an image that are copied at a time."""


def running_down(boxes: NDArray[np.float32]) -> list[bool]:
    """Return for each box of a page, ``(n, 4, 2)``, whether its text runs down or up rather than across."""
    measured = [sides(box) for box in boxes]
    thickness = float(np.median([min(pair) for pair in measured])) if measured else 0.0
    return [height >= TALL * width and height > MORE_THAN_A_CHARACTER * thickness for width, height in measured]


def sides(box: NDArray[np.float32]) -> tuple[float, float]:
    """Return width and height of a box ``(4, 2)`` along its own edges, in pixels."""
    top_left, top_right, bottom_right, bottom_left = box
    width = max(np.linalg.norm(top_right - top_left), np.linalg.norm(bottom_right - bottom_left))
    height = max(np.linalg.norm(bottom_left - top_left), np.linalg.norm(bottom_right - top_right))
    return float(width), float(height)


@dataclass(frozen=True)
class Strip:
    """The pixels of one line, straightened, without the blank columns at its ends.

    Attributes
    ----------
    pixels
        BGR, ``(h, w, 3)``.
    ink
        Whether each column holds ink, ``(w,)``.
    start, end
        Where the ink begins and ends along the box it was cut from, 0 to 1.
    """

    pixels: NDArray[np.uint8]
    ink: NDArray[np.bool_]
    start: float
    end: float

    def stretched(self, share: float) -> Strip:
        """Return the strip at another width: characters meet the recogniser's steps elsewhere."""
        import cv2

        height, width = self.pixels.shape[:2]
        size = max(1, round(share * width)), height
        pixels = cv2.resize(np.ascontiguousarray(self.pixels), size, interpolation=cv2.INTER_LINEAR)
        places = np.minimum((np.arange(size[0]) / share).astype(int), width - 1)
        return Strip(pixels.astype(np.uint8, copy=False), self.ink[places], self.start, self.end)

    def flipped(self) -> Strip:
        """Return the strip upside down."""
        pixels = np.ascontiguousarray(self.pixels[::-1, ::-1])
        return Strip(pixels, self.ink[::-1], 1 - self.end, 1 - self.start)


def to_bgr(image: Image.Image) -> NDArray[np.uint8]:
    """Return the pixels of an image, ``(h, w, 3)``, blue first."""
    pixels = np.empty((image.height, image.width, 3), dtype=np.uint8)
    for top in range(0, image.height, BAND):
        checkpoint()
        band = image.crop((0, top, image.width, min(top + BAND, image.height)))
        pixels[top : top + BAND] = np.asarray(band.convert("RGB"))[:, :, ::-1]
    return pixels


def cut(image: NDArray[np.uint8], box: NDArray[np.float32], *, down: bool = False) -> Strip:
    """Return the strip in a box ``(4, 2)`` of a BGR image ``(h, w, 3)``, turned counter-clockwise if it runs down."""
    import cv2

    checkpoint()
    width, height = sides(box)
    if abs(box[1, 1] - box[0, 1]) <= UPRIGHT_SLOPE * height:
        left, top = np.floor(box.min(axis=0)).astype(int)
        right, bottom = np.ceil(box.max(axis=0)).astype(int)
        pixels: NDArray[np.uint8] = image[top : bottom + 1, left : right + 1]
    else:
        size = max(1, int(width)), max(1, int(height))
        corners = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], dtype=np.float32)
        matrix = cv2.getPerspectiveTransform(box, corners)
        flat = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        pixels = flat.astype(np.uint8, copy=False)
    return without_blank_ends(np.rot90(pixels) if down else pixels)


def without_blank_ends(pixels: NDArray[np.uint8]) -> Strip:
    """Return pixels ``(h, w, 3)`` as a strip: 5 % less to read than the whole box, and small print is read better."""
    height, width = pixels.shape[:2]
    inner = pixels[height // 10 : max(height // 10 + 1, height - height // 10)]
    # Each channel by itself: blue on white differs from it in two of three.
    spans = (inner.max(axis=0).astype(int) - inner.min(axis=0)).max(axis=1)
    flat = pixels.reshape(-1, pixels.shape[2])
    ink = spans > max(MIN_INK, INK * int((flat.max(axis=0).astype(int) - flat.min(axis=0)).max()))
    columns = np.flatnonzero(ink)
    if not len(columns):
        return Strip(pixels, ink, 0.0, 1.0)
    first, last = int(columns[0]), int(columns[-1]) + 1
    margin = max(1, round(MARGIN * height))
    kept = slice(max(0, first - margin), min(width, last + margin))
    return Strip(pixels[:, kept], ink[kept], first / width, last / width)
