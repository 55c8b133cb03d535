"""The font sizes of the text in an image, measured in its ink.

What decides how far an image may shrink. A detector says where lines stand, at an overview and in two tiles of full
resolution (:mod:`headroom_nb.signals.text_boxes`); the letters' ink says how large they are
(:mod:`headroom_nb.signals.ink`). ``python -m benchmarks.text.text_size`` measures how well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.runtime.lru import ByteBoundedCache, by_content, on_clear
from headroom_nb.signals.detector import StrokeDetector, model_detector
from headroom_nb.signals.measure import FEATURES, inspect

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from headroom_nb.ocr import OcrPage
    from headroom_nb.pictures import Picture
    from headroom_nb.records import ImageSignals
    from headroom_nb.signals.ink import LineInk

    Levels = npt.NDArray[np.uint8]
    Boxes = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]

SMALL, MIDDLE = 0.15, 0.5
"""Shares of the characters under the smallest and the median size; the 10th percentile is biased low by noise."""

ENOUGH, SURE_SIZE = 30.0, 8.0
"""Characters near the smallest size, and its least value in pixels, that make a size sure."""

NEAR = 1.2
"""Sizes that differ by less than this factor are alike."""

PLAIN_SCORE, PLAIN_LETTERS = 0.75, 2
"""What at least one line must have for an image to hold text ..."""

SEVERAL, SEVERAL_LETTERS = 3, 10
"""... or so many lines so many letters together: small print is found with lower scores."""

FLATTEST, TALLEST = 3.6, 0.9
"""A line's box is this many times as high as its font at most, and at least."""

LARGEST = 0.15
"""Largest font, as a share of the image's longer side."""

SHORT_WORD = 10
"""A line of no more letters may have none with a stem ..."""

STEMLESS = (0.62, 0.88)
"""... when its ink is this much lower than usual ..."""

ALIKE = 1.25
"""... among boxes whose heights differ by less than this factor."""

MOST_LINES = 100
"""Of more lines every second or third is measured."""

FEW_LINES = 3
"""With fewer lines than this, one letter is enough to make a line."""

ENLARGED, ENLARGE_UNDER = 1.6, 1024
"""Scale of a second look, taken where none was found in an image whose longer side is under so many pixels."""

NO_TEXT, PHOTO_FLAT = 0.15, 0.7
"""``has_text`` and ``flat`` (:mod:`headroom_nb.signals.measure`) under which an image without a single box of text is a
photograph; drawn images are flat."""

SMALLEST_SIDE = 8
"""Images lower or narrower than this, in pixels, hold no text that can be measured."""

WANTED, MOST_SIDE, STROKES = 20.0, 4096, 1.2
"""Without the OCR package: font size in the view that is aimed at and its longer side at most, in pixels, and font size
over the height that the signals give."""

NARROW_WIDTH = 0.52
"""Mean width of a character over the font size, blanks included."""

FLAT_INK = 0.75
"""Ink that gives less than this share of what the characters' widths say is measured in broken letters."""

LEAST_BOX = 1.25
"""Height of a line that was read over its font size, at least."""

WIDE_FROM = "\u2e80"
"""Characters from here on are as wide as they are high: Chinese, Japanese, Korean."""

_ENTRY_BYTES = 200
_CACHE_BYTES = 1_000_000


@dataclass(frozen=True)
class TextSize:
    """Font sizes of the text in one image, in pixels (em) of the full image.

    Attributes
    ----------
    smallest
        15th percentile of the lines' font sizes, weighted by characters; None where no text was found.
    median
        50th percentile of the same.
    sure
        Whether the sizes are well supported. False with few characters, very small text, or no detector.
    lines
        Number of lines that were measured.
    """

    smallest: float | None
    median: float | None
    sure: bool
    lines: int


@dataclass(frozen=True)
class Line:
    """One measured line.

    Attributes
    ----------
    em
        Font size in pixels.
    short
        Shorter side of its box in pixels.
    characters
        About how many it holds.
    score
        How sure the detector is.
    letters
        Parts that look like letters.
    even
        As in :class:`~headroom_nb.signals.ink.LineInk`.
    """

    em: float
    short: float
    characters: float
    score: float
    letters: int
    even: bool


_cache: ByteBoundedCache[TextSize] = by_content(ByteBoundedCache(_CACHE_BYTES, lambda _: _ENTRY_BYTES))
on_clear(_cache.clear)


def measure_text_size(picture: Picture) -> TextSize:
    """Return the font sizes in an image; cached by content.

    Without the OCR package's detector the lines found by strokes are measured, and nothing is sure.

    Raises
    ------
    PictureError
        The image cannot be decoded.
    """
    found = _cache.get(picture.digest)
    if found is None:
        found = _measure(picture)
        _cache.put(picture.digest, found)
    return found


def _measure(picture: Picture) -> TextSize:
    model = model_detector()
    if isinstance(model, str):
        return _by_strokes(picture)
    from headroom_nb.signals.text_boxes import find_text_boxes, text_cells

    if _is_bare_photo(picture):
        return TextSize(None, None, sure=True, lines=0)
    luma = np.asarray(picture.greys())
    if min(luma.shape) < SMALLEST_SIDE or not text_cells(luma).any():
        return TextSize(None, None, sure=True, lines=0)
    found = text_size_in_boxes(luma, find_text_boxes(luma, model))
    if found.smallest is None and max(picture.size) < ENLARGE_UNDER:
        found = text_size_in_boxes(luma, find_text_boxes(luma, model, ENLARGED))
    return found


def _is_bare_photo(picture: Picture) -> bool:
    """Return whether the cheap first look shows a photograph without a trace of text."""
    seen = inspect(picture)
    figures = dict(zip(FEATURES, seen.features, strict=True))
    return seen.signals.has_text < NO_TEXT and not figures["boxes_count"] and figures["flat"] < PHOTO_FLAT


def _by_strokes(picture: Picture) -> TextSize:
    """Return the sizes of the lines that strokes show: without the OCR package, never sure."""
    height = inspect(picture).signals.min_text_height
    if height is None:
        return TextSize(None, None, sure=False, lines=0)
    view = picture.small(max(1, min(MOST_SIDE, round(max(picture.size) * WANTED / (STROKES * height)))))
    sizes = stroke_sizes(np.asarray(view.convert("L"))) * (max(picture.size) / max(view.size))
    if len(sizes) < FEW_LINES:
        return TextSize(height, height, sure=False, lines=len(sizes))
    smallest, median = np.percentile(sizes, (100 * SMALL, 100 * MIDDLE))
    return TextSize(float(min(smallest, 1.5 * height)), float(median), sure=False, lines=len(sizes))


def stroke_sizes(luma: Levels) -> npt.NDArray[np.float64]:
    """Return the font size of each line found by strokes in grey levels (height, width), in their pixels.

    The dense rows of a line are those of its small letters; where they fill its height it is capitals or digits.
    """
    height, width = luma.shape
    boxes = (StrokeDetector().find(luma).boxes * np.array([width, height, width, height])).round().astype(int)
    sizes = []
    for left, top, right, bottom in boxes:
        line = luma[max(0, top - 1) : bottom + 1, left:right].astype(np.float32)
        rows = np.abs(line - np.median(line)).sum(axis=1)
        dense, inked = (np.ptp(np.flatnonzero(rows >= share * rows.max())) + 1 for share in (0.45, 0.08))
        sizes.append(inked / 0.722 if dense >= 0.85 * inked else dense / 0.55)
    return np.array(sizes, dtype=np.float64)


def text_size_in_boxes(luma: Levels, boxes: Boxes) -> TextSize:
    """Return the font sizes of the lines in boxes (n, 4, 2), with their scores (n,), of grey levels (height, width)."""
    from headroom_nb.ocr.crops import sides
    from headroom_nb.signals.ink import measure_ink
    from headroom_nb.signals.text_boxes import levelled

    step = -(-len(boxes[0]) // MOST_LINES) or 1
    quads, scores = levelled(boxes[0])[::step], boxes[1][::step]
    inks = [measure_ink(luma, box) for box in quads]
    flipped = upside_down([ink for ink in inks if ink is not None])
    lines = []
    fewest = 1 if len(boxes[0]) < FEW_LINES else PLAIN_LETTERS
    for ink, box, score in zip(inks, quads, scores, strict=True):
        if ink is None or ink.letters < fewest:
            continue
        em, short = (ink.em_flipped if flipped[ink.down] else ink.em), min(sides(box))
        if short / FLATTEST < em < short / TALLEST and ink.length >= 1.1 * em and em <= LARGEST * max(luma.shape):
            characters = max(1.0, (ink.length - 0.8 * em) / (0.5 * em))
            lines.append(Line(em, short, characters, float(score), ink.letters, ink.even))
    plain = any(line.score >= PLAIN_SCORE and line.letters >= PLAIN_LETTERS for line in lines)
    several = len(lines) >= SEVERAL and sum(line.letters for line in lines) >= SEVERAL_LETTERS
    if not plain and not several:
        return TextSize(None, None, sure=not len(boxes[0]), lines=0)
    return summarise(with_stems(lines), [line.characters for line in lines])


def with_stems(lines: Sequence[Line]) -> list[float]:
    """Return the font sizes of lines; a short word without stems ("run") gets that of the lines of its height.

    Such a word's ink is as high as its small letters, which is that of capitals in a font of three quarters the size.
    """
    plain = [line for line in lines if not line.even]
    sizes = []
    for line in lines:
        alike = [other for other in plain if 1 / ALIKE <= other.short / line.short <= ALIKE]
        size = line.em
        if line.even and line.letters <= SHORT_WORD and alike:
            ems, weights = np.array([other.em for other in alike]), np.array([other.characters for other in alike])
            usual = weighted_percentile(ems, weights, MIDDLE)
            if STEMLESS[0] <= size / usual <= STEMLESS[1]:
                size = usual
        sizes.append(size)
    return sizes


def upside_down(inks: Sequence[LineInk]) -> dict[bool, bool]:
    """Return for the lines that run across (False) and down (True) whether they stand upside down."""
    votes = {down: sum(ink.upright * ink.letters for ink in inks if ink.down == down) for down in (False, True)}
    letters = {down: sum(ink.letters for ink in inks if ink.down == down) for down in (False, True)}
    return {down: votes[down] < -0.05 * letters[down] for down in votes}


def summarise(ems: Sequence[float], characters: Sequence[float]) -> TextSize:
    """Return the sizes of lines from their font sizes in pixels and their numbers of characters."""
    sizes, counts = np.array(ems, dtype=np.float64), np.array(characters, dtype=np.float64)
    smallest, median = (weighted_percentile(sizes, counts, share) for share in (SMALL, MIDDLE))
    near = (sizes >= smallest / NEAR) & (sizes <= smallest * NEAR)
    sure = bool(counts[near].sum() >= ENOUGH and smallest >= SURE_SIZE)
    return TextSize(smallest, median, sure=sure, lines=len(sizes))


def weighted_percentile(values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], share: float) -> float:
    """Return the value under which a share of the weight lies, 0 to 1."""
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(below, share * below[-1])])


def text_size_of_page(page: OcrPage, picture: Picture) -> TextSize:
    """Return the font sizes of the lines that OCR has read.

    Ink in the boxes, weighted by the characters that were read. Where that is far under what the widths of the
    characters say, as in faint dotted print, the widths count.

    Raises
    ------
    PictureError
        The image cannot be decoded.
    """
    from headroom_nb.signals.ink import FULL, TALL, measure_ink

    if not page.lines:
        return TextSize(None, None, sure=not page.detected, lines=0)
    luma = np.asarray(picture.greys())
    ems, characters, widths = [], [], []
    for line in page.lines:
        count, (start, end) = len(line.text.replace(" ", "")), line.box[:2]
        width = float(np.hypot(end[0] - start[0], end[1] - start[1]))
        wide = sum(char > WIDE_FROM for char in line.text)
        height = float(np.hypot(line.box[3][0] - start[0], line.box[3][1] - start[1]))
        by_text = width / max(1.0, wide + NARROW_WIDTH * (len(line.text) - wide))
        widths.append(min(by_text, height / LEAST_BOX))  # characters that OCR lost make the others look wide
        ink = measure_ink(luma, np.array(line.box, dtype=np.float32), share=FULL if 2 * wide > count else TALL)
        if ink is not None and ink.em <= LARGEST * max(luma.shape):
            ems.append(ink.em)
            characters.append(float(count))
    by_width = float(np.percentile(widths, 25))
    if not ems:
        return TextSize(by_width, float(np.median(widths)), sure=False, lines=len(widths))
    found = summarise(ems, characters)
    if found.smallest is not None and found.smallest < FLAT_INK * by_width:
        return TextSize(by_width, float(np.median(widths)), sure=False, lines=len(widths))
    return found


def smallest_font(picture: Picture, signals: ImageSignals) -> float | None:
    """Return the smallest font size in pixels; None where `signals` say that there is no text."""
    return signals.min_text_height and (measure_text_size(picture).smallest or signals.min_text_height)
