"""The boxes of a page, straightened: what the layout is rebuilt from."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.ocr import OcrLine, OcrPage

GAP = 2.5
"""A box is cut where two of its characters stand further apart than this many line heights."""

MIN_STEPS = 6
"""Characters from which the evenness of steps can be measured."""

MIN_SLOPE = 0.003
"""Slopes under this (radians) are left alone."""

NEGLIGIBLE = 0.35
"""So are those over which the text rises or falls by less than this share of a line's height."""

_WIDE_FORMS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3001: ",", 0x3002: "."}


@dataclass(frozen=True)
class Glyph:
    """One character: what was read, where its middle stands (pixels of the straightened page), how surely.

    ``text`` is one character as read; later steps may write more into it (``‹0|O›`` for a doubtful one).
    """

    text: str
    x: float
    chance: float = 1.0
    rival: str = ""
    rival_chance: float = 0.0


@dataclass(frozen=True)
class Piece:
    """Text that stands together in a row; pixels of the upright, straightened page.

    Where the engine says where its characters stand, ``first`` is the middle of the first one, and for longer pieces
    ``pitch`` is their mean step, both in pixels, and ``unevenness`` how far they stand from even steps (standard
    deviation, in steps): about 0.1 in a fixed-width font, 0.25 and more in a proportional one. ``glyphs`` are its
    characters one by one, and ``upright`` says whether the box lies straight in the image as given.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    first: float | None = None
    pitch: float | None = None
    unevenness: float | None = None
    glyphs: tuple[Glyph, ...] = ()
    upright: bool = False

    @property
    def height(self) -> float:
        """Height of the box in pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> float:
        """Width of the box in pixels."""
        return self.right - self.left

    def with_glyphs(self, glyphs: Sequence[Glyph]) -> Piece:
        """Return the piece with other characters in its place."""
        return replace(self, text="".join(glyph.text for glyph in glyphs), glyphs=tuple(glyphs))

    def starting_at(self, first: float) -> Piece:
        """Return the piece cut at the left: the middle of its first character stands at ``first``."""
        half = self.pitch / 2 if self.pitch else 0.25 * self.height
        return replace(self, left=first - half, first=first)

    @property
    def middle(self) -> float:
        """Height at which the middle of the box stands, in pixels from the top."""
        return (self.top + self.bottom) / 2


def pieces_of(page: OcrPage) -> tuple[list[Piece], list[str]]:
    """Return the page's text as pieces, and apart from them the lines that run down or up its side.

    The pieces are turned upright, skew is taken out, wide gaps are cut, and punctuation is made plain.
    """
    corners = [[_upright(point, page) for point in line.box] for line in page.lines]
    slope = _slope(corners)
    cos, sin = math.cos(-slope), math.sin(-slope)
    pieces: list[Piece] = []
    aside: list[str] = []
    for line, box in zip(page.lines, corners, strict=True):
        straight = [(x * cos - y * sin, x * sin + y * cos) for x, y in box]
        left, right = (straight[0][0] + straight[3][0]) / 2, (straight[1][0] + straight[2][0]) / 2
        top, bottom = (straight[0][1] + straight[1][1]) / 2, (straight[2][1] + straight[3][1]) / 2
        if abs(straight[1][1] - straight[0][1]) > abs(straight[1][0] - straight[0][0]):
            aside.append(plain(line.text))
            continue
        piece = Piece(plain(line.text), left, min(top, bottom), max(left + 1, right), max(top, bottom))
        straight_up = slope == 0 and page.turned == 0
        piece = replace(_with_steps(piece, line.centres), glyphs=_glyphs(line, piece), upright=straight_up)
        pieces += _cut(line, piece)
    return pieces, aside


def _glyphs(line: OcrLine, piece: Piece) -> tuple[Glyph, ...]:
    """Return the characters of a line one by one; none where the engine does not say where they stand."""
    count = len(piece.text)
    if len(line.centres) != count:
        return ()
    chances = line.chances if len(line.chances) == count else (line.confidence,) * count
    rivals = line.rivals if len(line.rivals) == count else ("",) * count
    rival_chances = line.rival_chances if len(line.rival_chances) == count else (0.0,) * count
    return tuple(
        Glyph(char, piece.left + centre * piece.width, chance, plain(rival), rival_chance)
        for char, centre, chance, rival, rival_chance in zip(
            piece.text, line.centres, chances, rivals, rival_chances, strict=True
        )
    )


def plain(text: str) -> str:
    """Return text with the wide punctuation of Chinese and Japanese made ASCII, where it holds no such letters."""
    if any("\u3040" <= char <= "\u9fff" for char in text):
        return text
    return text.translate(_WIDE_FORMS)


def _upright(point: tuple[float, float], page: OcrPage) -> tuple[float, float]:
    x, y = point
    width, height = page.size
    return {0: (x, y), 90: (y, width - x), 180: (width - x, height - y), 270: (height - y, x)}[page.turned]


def _slope(boxes: list[list[tuple[float, float]]]) -> float:
    """Return the median slope (radians) of the top edges, by their length; 0 where the page is straight."""
    edges = [(box[1][0] - box[0][0], box[1][1] - box[0][1], box[3][1] - box[0][1]) for box in boxes]
    slopes = sorted((math.atan2(rise, run), run) for run, rise, height in edges if run > 1.5 * height > 0)
    half = sum(run for _, run in slopes) / 2
    lengths = accumulate(run for _, run in slopes)
    slope = next((angle for (angle, _), so_far in zip(slopes, lengths, strict=True) if so_far >= half), 0.0)
    if abs(slope) < MIN_SLOPE or abs(slope) * _extent(boxes) < NEGLIGIBLE:
        return 0.0
    return _sharpest(slope, boxes)


def _extent(boxes: list[list[tuple[float, float]]]) -> float:
    """Return how wide the text stands, in line heights."""
    xs = [x for box in boxes for x, _ in box]
    return (max(xs) - min(xs)) / max(1.0, float(np.median([box[3][1] - box[0][1] for box in boxes])))


def _sharpest(slope: float, boxes: list[list[tuple[float, float]]]) -> float:
    """Return the slope near ``slope`` at which the boxes fall into the sharpest rows; short words give only a hint."""
    middles = np.array([np.mean(box, axis=0) for box in boxes])
    height = float(np.median([box[3][1] - box[0][1] for box in boxes]))
    candidates = slope + np.array(sorted(np.radians(np.arange(-2.5, 2.6, 0.25)), key=abs))
    blur = [
        np.minimum(np.diff(np.sort(middles[:, 1] - np.tan(angle) * middles[:, 0])), height / 2).sum()
        for angle in candidates
    ]
    return float(candidates[int(np.argmin(blur))])


def _with_steps(piece: Piece, centres: Sequence[float]) -> Piece:
    """Return a piece with where its characters stand (``centres``, along the box, 0 to 1)."""
    if not centres:
        return piece
    first = piece.left + centres[0] * piece.width
    if len(centres) < MIN_STEPS:
        return replace(piece, first=first)
    index = np.arange(len(centres))
    step, start = (float(value) for value in np.polyfit(index, centres, 1))
    if step <= 0:
        return replace(piece, first=first)
    unevenness = float(np.std(centres - (start + step * index))) / step
    return replace(piece, first=piece.left + start * piece.width, pitch=step * piece.width, unevenness=unevenness)


def _cut(line: OcrLine, piece: Piece) -> list[Piece]:
    """Cut a piece where its characters stand far apart: a detector joins cells whose gap it takes for a space."""
    if len(line.centres) != len(line.text):
        return [piece]
    middles = [piece.left + share * piece.width for share in line.centres]
    cuts = [
        index
        for index in range(1, len(middles))
        if middles[index] - middles[index - 1] > GAP * piece.height and piece.text[index - 1] != " "
    ]
    if not cuts:
        return [piece]
    half = piece.width / max(2, 2 * len(middles))
    parts = []
    for start, end in zip([0, *cuts], [*cuts, len(middles)], strict=True):
        glyphs = piece.glyphs[start:end]
        while glyphs and glyphs[0].text.isspace():
            glyphs = glyphs[1:]
        while glyphs and glyphs[-1].text.isspace():
            glyphs = glyphs[:-1]
        left = piece.left if start == 0 else middles[start] - half
        right = piece.right if end == len(middles) else middles[end - 1] + half
        if glyphs:
            part = Piece("", left, piece.top, max(left + 1, right), piece.bottom, upright=piece.upright)
            parts.append(part.with_glyphs(glyphs))
    return parts
