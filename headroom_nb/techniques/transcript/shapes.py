"""What the drawing of one character says: zero or O, one, l or I, small letter or capital.

Recognisers guess these from their neighbours, as if every string were a word. The pixels often settle it: programmers'
fonts put a dot or a stroke into the zero, others draw the O a quarter wider than their digits; a one has a flag; an l
may be taller than the digits.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

INK = 0.5
"""Share of the contrast from which a pixel belongs to a character."""

SMALL = "acemnorsuvwxz"
TALL = "ABDEFHKLMNPRT234567890"
CASED = frozenset("cCoOsSuUvVwWxXzZ")
"""Letters whose capitals have the same shape."""

AS_WIDE, WIDER, WIDER_PIXELS = 1.1, 1.17, 1.5
"""A round hollow character is a zero up to the first, an O from the second multiple of the digits' width; an O is also
wider by so many pixels."""

WIDE_CAPITALS = frozenset("CDGHNQRU")
"""Capitals that are as wide as an O, about."""

FILLED_SHARE = 0.2
"""Zeros are drawn with something in them where this share of the zeros and Os is: one alone may be a smudge."""

FEW_FILLED = 2
"""... and so many of them, where others are hollow."""

NARROWEST_ROUND, WIDEST_ROUND = 0.8, 1.7
"""Ink outside these multiples of the digits' width is not one zero or O."""

HOLLOW = 0.3
"""Share of the contrast under which the middle of a character is empty."""

BAR = 0.24
"""A character narrower than this share of its height is a bar without flag or foot."""

FEW_PIXELS = 9
"""Characters that are lower than this say too little."""

FEW_FOR_WIDTH = 13
"""... and widths of characters that are lower than this."""

TALLER = 1.035
"""An l is this much taller than the digits, where it is taller at all."""


@dataclass(frozen=True)
class Seen:
    """One character: what was read, how surely, and its ink ``(h, w)``; None where its pixels cannot be cut out."""

    text: str
    chance: float = 1.0
    rival: str = ""
    rival_chance: float = 0.0
    ink: Floats | None = None


@dataclass(frozen=True)
class Metrics:
    """How a page's font draws its characters, in pixels; 0 where none were seen.

    Attributes
    ----------
    small, capital
        Tops of small letters and of capitals, from the top of the row.
    height, width
        Of digits.
    filled
        Whether zeros have something in their middle.
    wide
        Whether capitals are wider than digits, as in proportional fonts.
    """

    small: float
    capital: float
    height: float
    width: float
    filled: bool
    wide: bool = True


def metrics_of(seen: Iterable[Seen]) -> Metrics:
    """Return the metrics of characters drawn at one size."""
    small: list[int] = []
    capital: list[int] = []
    heights: list[float] = []
    widths: list[float] = []
    capital_widths: list[float] = []
    rounds: list[tuple[float, bool]] = []
    for each in seen:
        box = box_of(each.ink)
        if box is None or each.ink is None:
            continue
        top, bottom = box[1], box[3]
        if each.text in SMALL:
            small.append(top)
        elif each.text in TALL:
            capital.append(top)
        if each.text in "234567890" and each.text:
            heights.append(bottom - top)
        if each.text in "345689" and each.text:
            widths.append(soft_width(each.ink))
        if each.text in WIDE_CAPITALS:
            capital_widths.append(soft_width(each.ink))
        if each.text in {"0", "O"}:
            rounds.append((soft_width(each.ink), is_filled(each.ink)))
    # Two characters that touch are no zero with a dot.
    alone = [dotted for width, dotted in rounds if not widths or width <= WIDEST_ROUND * _median(widths)]
    dotted = sum(alone)
    wide = _median(capital_widths) >= AS_WIDE * _median(widths)
    filled = dotted >= (FEW_FILLED if len(alone) > dotted else 1) and dotted >= FILLED_SHARE * len(alone)
    return Metrics(_median(small), _median(capital), _median(heights), _median(widths), filled, wide)


def _median(values: Sequence[float]) -> float:
    return float(statistics.median(values)) if values else 0.0


def box_of(ink: Floats | None) -> tuple[int, int, int, int] | None:
    """Return left, top, right, bottom of the ink, right and bottom exclusive; None where there is none."""
    if ink is None or not ink.size:
        return None
    rows, columns = np.flatnonzero((ink > INK).any(axis=1)), np.flatnonzero((ink > INK).any(axis=0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def soft_width(ink: Floats) -> float:
    """Return the width of the ink in pixels and parts of them: half-covered edges count half."""
    return float(ink.max(axis=0).sum())


def is_filled(ink: Floats) -> bool:
    """Return whether a round character has a dot or a stroke in its middle."""
    return _middle_ink(ink) > INK


def _middle_ink(ink: Floats) -> float:
    """Return the darkest ink in the middle of a character, 0 to 1; 0 where it is too small to tell."""
    box = box_of(ink)
    if box is None or box[3] - box[1] < 6 or box[2] - box[0] < 4:
        return 0.0
    inside = ink[box[1] : box[3], box[0] : box[2]]
    height, width = inside.shape
    middle = inside[round(0.38 * height) : round(0.62 * height), round(0.36 * width) : round(0.64 * width)]
    return float(middle.max()) if middle.size else 0.0


def verdict(seen: Seen, metrics: Metrics) -> str:
    """Return the characters that a drawing can be: one where it is settled, several where it is not.

    What the shape says nothing about is returned as read.
    """
    box = box_of(seen.ink)
    if box is None or seen.ink is None:
        return seen.text
    text = seen.text
    if text in CASED and tells_case(seen, metrics):
        text = text.lower() if abs(box[1] - metrics.small) < abs(box[1] - metrics.capital) else text.upper()
    if text in {"0", "O", "1", "l", "I", "|"}:
        ink = _in_one_piece(seen.ink)
        box = box_of(ink) or box
        return _round(ink, box, metrics) if text in {"0", "O"} else _thin(ink, box, metrics)
    return text


def _in_one_piece(ink: Floats) -> Floats:
    """Return ink without what blank rows part from its tallest piece: tails of neighbours, bits of the next line."""
    edges = np.diff(np.concatenate(([0], (ink > INK).any(axis=1).astype(np.int8), [0])))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    if len(starts) < 2:
        return ink
    tallest = int((ends - starts).argmax())
    whole = np.zeros_like(ink)
    rows = slice(max(0, int(starts[tallest]) - 1), int(ends[tallest]) + 1)
    whole[rows] = ink[rows]
    return whole


def tells_case(seen: Seen, metrics: Metrics) -> bool:
    """Return whether the top of a letter says if it is a small one or a capital."""
    box = box_of(seen.ink)
    if box is None or not (metrics.small and metrics.capital) or abs(metrics.small - metrics.capital) < 2:
        return False
    to_small, to_capital = abs(box[1] - metrics.small), abs(box[1] - metrics.capital)
    return bool(2 * min(to_small, to_capital) < max(to_small, to_capital))


def _round(ink: Floats, box: tuple[int, int, int, int], metrics: Metrics) -> str:
    width = soft_width(ink)
    if metrics.width and not NARROWEST_ROUND <= width / metrics.width <= WIDEST_ROUND:
        return "0O"
    if is_filled(ink):
        return "0"
    if metrics.filled:
        return "O" if _middle_ink(ink) < HOLLOW else "0O"
    if not metrics.width or not metrics.wide:
        return "0O"
    if box[3] - box[1] < FEW_FOR_WIDTH:
        return "0O"
    ratio = width / metrics.width
    return "0" if ratio <= AS_WIDE else "O" if ratio >= WIDER and width - metrics.width >= WIDER_PIXELS else "0O"


def _thin(ink: Floats, box: tuple[int, int, int, int], metrics: Metrics) -> str:
    left, top, right, bottom = box
    height, width = bottom - top, right - left
    if height < FEW_PIXELS:
        return "1lI"
    if width < BAR * height:
        return "lI"
    inside: NDArray[np.bool_] = np.asarray(ink[top:bottom, left:right] > INK)
    stem = _stem(inside)
    upper: Any = inside[: max(1, round(0.3 * height))].any(axis=0)
    lower: Any = inside[height - max(1, round(0.14 * height)) :].any(axis=0)
    (over_left, over_right), (under_left, under_right) = _beside(upper, stem), _beside(lower, stem)
    least = max(1.0, 0.06 * height)
    if over_left > least and over_right > least:
        return "I"
    if under_right > least and under_left <= least:
        return "l"
    if over_left <= least and under_left <= least:
        return "lI"
    if over_left - over_right <= least:
        return "1I"
    if not metrics.height:
        return "1l"
    if under_left <= least and under_right <= least:
        return "1"
    ratio = height / metrics.height
    return "l" if ratio > TALLER and height - metrics.height >= 1 else "1" if height <= metrics.height else "1l"


def _stem(inside: NDArray[np.bool_]) -> tuple[int, int]:
    """Return the columns of the stroke that runs down the middle of a character."""
    height = len(inside)
    full = inside[round(0.35 * height) : round(0.8 * height)].mean(axis=0) > 0.9
    columns = np.flatnonzero(full)
    return (int(columns[0]), int(columns[-1]) + 1) if len(columns) else (0, inside.shape[1])


def _beside(columns: NDArray[Any], stem: tuple[int, int]) -> tuple[int, int]:
    inked = np.flatnonzero(columns)
    return (max(0, stem[0] - int(inked[0])), max(0, int(inked[-1]) + 1 - stem[1])) if len(inked) else (0, 0)
