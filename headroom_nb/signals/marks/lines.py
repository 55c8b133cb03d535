"""The lines of a page with their ink: where letters stand in it, where words begin and end, which colours they have."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    import numpy.typing as npt

    from headroom_nb.ocr import OcrLine, OcrPage
    from headroom_nb.pictures import Picture
    from headroom_nb.signals.marks.found import Box

    Pixels = npt.NDArray[np.uint8]
    Ints = npt.NDArray[np.int64]

MOST_PIXELS = 2_200_000
"""Pixels that are looked at; larger images are shrunk, as their text is larger too."""

CONTRAST = 24
"""Grey levels between ink and ground."""

INK_SHARE = 0.4
"""A pixel is ink from this share of the contrast on: lighter than half, so that a grey or red line counts."""

TURNED = 2.2
"""A line this many times as high as wide runs down or up."""


@dataclass(frozen=True)
class Word:
    """A word: its characters from ``first`` to ``last`` of the line's text, and its columns in the line's pixels."""

    text: str
    first: int
    last: int
    left: int
    right: int


@dataclass(frozen=True, eq=False)
class Line:
    """One line with its ink, in pixels of the view.

    Attributes
    ----------
    read
        What OCR says.
    left, top, right, bottom
        The upright rectangle around it.
    mask
        (h, w) 1 where there is ink; of neighbouring lines that reach into the rectangle nothing is left.
    pixels
        (h, w, 3) what the rectangle shows.
    parts
        (n, 5) left, top, width, height, area of each connected part of the ink.
    base, cap
        Row of the base line, and height of the tallest letter over it.
    """

    read: OcrLine
    left: int
    top: int
    right: int
    bottom: int
    mask: Pixels
    pixels: Pixels
    parts: Ints
    base: float
    cap: float

    @property
    def em(self) -> float:
        """Font size in pixels of the view."""
        return self.cap / 0.746

    @property
    def middle(self) -> float:
        """Row of the view halfway between base line and top."""
        return self.top + self.base - self.cap / 2

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words, cut in the middle between the characters at their ends, then trimmed to their ink."""
        text, width = self.read.text, self.right - self.left
        centres = self.read.centres or tuple((place + 0.5) / len(text) for place in range(len(text)))
        inked = self.mask.max(axis=0)
        words, start = [], 0
        for chunk in text.split(" "):
            end = start + len(chunk)
            if chunk and end <= len(centres):
                low = 0.0 if start < 2 else (centres[start - 2] + centres[start]) / 2
                high = 1.0 if end + 1 >= len(centres) else (centres[end - 1] + centres[end + 1]) / 2
                first, last = max(0, math.floor(low * width)), min(width, math.ceil(high * width))
                columns = np.flatnonzero(inked[first:last])
                if len(columns):
                    words.append(Word(chunk, start, end, first + int(columns[0]), first + int(columns[-1]) + 1))
            start = end + 1
        return tuple(words)

    @cached_property
    def ground(self) -> npt.NDArray[np.float64]:
        """(3,) colour of the ground: the median around the ink, no higher than it: a highlighter's ground is low."""
        rows = slice(max(0, int(self.base - self.cap)), int(self.base) + 1)
        pixels, mask = self.pixels[rows], self.mask[rows]
        free = pixels[::2, ::2][mask[::2, ::2] == 0]
        return np.asarray(np.median(free if len(free) else self.pixels.reshape(-1, 3), axis=0))

    @cached_property
    def tint(self) -> npt.NDArray[np.float64]:
        """(3,) colour of the line's ink."""
        return self.colour(0, self.mask.shape[1])

    def colour(self, left: int, right: int) -> npt.NDArray[np.float64]:
        """Return the (3,) colour of the ink between two columns: the mean of the half farthest from the ground."""
        pixels = self.pixels[:, left:right][self.mask[:, left:right] > 0].astype(np.float64)
        if not len(pixels):
            return self.ground
        far = np.abs(pixels - self.ground).max(axis=1)
        return np.asarray(pixels[far >= np.median(far)].mean(axis=0))


@dataclass(frozen=True, eq=False)
class View:
    """A page that OCR has read, ready to be looked at for marks.

    Attributes
    ----------
    page
        What was read.
    scale
        Pixels of the view per pixel of the image; at most 1.
    pixels, luma
        (h, w, 3) colours and (h, w) grey levels of the view.
    lines
        The lines that run across, from top to bottom.
    turned
        The lines that run down or up.
    """

    page: OcrPage
    scale: float
    pixels: Pixels
    luma: Pixels
    lines: tuple[Line, ...]
    turned: tuple[OcrLine, ...]

    @cached_property
    def em(self) -> float:
        """Median font size in pixels of the view; 0 without lines."""
        return float(np.median([line.em for line in self.lines])) if self.lines else 0.0

    @cached_property
    def ground(self) -> npt.NDArray[np.float64]:
        """(3,) the commonest colour of the view, of 32 levels a channel."""
        few = self.pixels[::4, ::4].reshape(-1, 3)
        keys = (few // 8).astype(np.int64) @ np.array([1024, 32, 1])
        return np.asarray(np.median(few[keys == np.bincount(keys).argmax()], axis=0))

    def box(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Return a box of the view in pixels of the image."""
        a, b, c, d = (round(value / self.scale, 1) for value in (left, top, right, bottom))
        return a, b, c, d


def look(page: OcrPage, picture: Picture) -> View:
    """Return a page's view; raises PictureError where the image cannot be decoded."""
    width, height = picture.size
    scale = min(1.0, math.sqrt(MOST_PIXELS / (width * height)))
    image = picture.rgb() if scale == 1 else picture.resized((round(width * scale), round(height * scale)))
    checkpoint()
    pixels, luma = np.asarray(image), np.asarray(image.convert("L"))
    scale = image.width / width
    turned = tuple(line for line in page.lines if _is_turned(line))
    lines = [_line(line, scale, pixels, luma) for line in page.lines if not _is_turned(line)]
    ordered = sorted((line for line in lines if line is not None), key=lambda line: (line.middle, line.left))
    return View(page, scale, pixels, luma, tuple(ordered), turned)


def _is_turned(line: OcrLine) -> bool:
    left, top, right, bottom = line.bounds
    return bottom - top > TURNED * (right - left)


def _line(read: OcrLine, scale: float, pixels: Pixels, luma: Pixels) -> Line | None:
    """Return a line with its ink; None where there is none."""
    import cv2

    checkpoint()
    height, width = luma.shape
    left, top = (max(0, math.floor(value * scale)) for value in read.bounds[:2])
    right = min(width, math.ceil(read.bounds[2] * scale) + 1)
    bottom = min(height, math.ceil(read.bounds[3] * scale) + 1)
    crop = luma[top:bottom, left:right]
    if not read.text or min(crop.shape, default=0) < 4:
        return None
    counts = np.bincount(crop.ravel(), minlength=256).cumsum()
    low, ground, high = (int(np.searchsorted(counts, share * counts[-1])) for share in (0.02, 0.5, 0.98))
    ink = low if ground - low >= high - ground else high
    if abs(ink - ground) < CONTRAST:
        return None
    limit = ground + INK_SHARE * (ink - ground)
    mask = (crop < limit if ink < ground else crop > limit).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    parts = np.asarray(stats[1:], dtype=np.int64)
    tops, bottoms = parts[:, 1], parts[:, 1] + parts[:, 3]
    half = crop.shape[0] / 2
    crossing = (tops < half) & (bottoms > half)
    if count < 2 or not crossing.any():
        return None
    # What touches the rectangle's edge and stays on its side of the middle belongs to the line above or below.
    own = crossing | ((tops > 0) & (bottoms < crop.shape[0]))
    mask[~np.concatenate(([True], own))[labels]] = 0
    letters = crossing & (parts[:, 3] >= 0.45 * np.percentile(parts[crossing, 3], 60))
    base = float(np.median(bottoms[letters]))
    cap = base - float(tops[letters].min())
    return Line(read, left, top, right, bottom, mask, pixels[top:bottom, left:right], parts[own], base, max(cap, 1.0))
