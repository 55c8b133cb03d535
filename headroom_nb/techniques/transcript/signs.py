"""Signs of code that recognisers take for letters, told by where their ink stands: quotes, bars, brackets, stars, dots.

A letter stands on the base line. What hangs from the top is a quote or a star; what lies on the base line is a dot or a
comma; what reaches under it, as high as a capital, is a bar or a bracket; two bars are an equals sign.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.techniques.transcript.shapes import FEW_FOR_WIDTH, INK, box_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headroom_nb.techniques.transcript.shapes import Floats, Metrics

HIGH, HIGH_TOP = 0.62, 0.35
"""Ink that ends over the first share of a digit's height and begins over the second hangs from the top."""

LOW = 0.7
"""Ink that begins under this share of a digit's height lies on the base line."""

MARKS = frozenset("!:;.,|")
"""Signs that are left as they were read where they lie low."""

STAR = 0.8
"""A star that nobody read ends over this share."""

FULL = 0.7
"""Bars fill their rows to this share."""

POINTED = 0.28
"""The point of an arrow stands out by this share of a cell."""

NARROW, WIDE = 0.36, 0.45
"""A single quote is narrower than the first share of a cell, a star wider than the second."""

UNDER = 0.1
"""A bar reaches further under the base line than this share of a digit's height, and than a pixel."""

STRAIGHT = 0.96
"""The stroke of a bar or a bracket is inked over this share of its height; that of a brace bends in the middle."""

FEET = 0.14
"""A bracket's feet are longer than this share of a cell at one side only."""


def sign_of(text: str, ink: Floats, metrics: Metrics, *, in_word: bool = False) -> str:
    """Return the sign that a cell holds where its ink cannot be the letter that was read; empty where it can.

    Parameters
    ----------
    text
        What was read; empty for a cell that nobody read.
    ink
        The cell, ``(h, w)``.
    metrics
        How the page's font draws its characters.
    in_word
        Whether letters stand on both sides: a line under a word makes no bracket of its letters.
    """
    box = box_of(ink)
    if box is None or not (metrics.height and metrics.capital) or not (_is_doubtful(text) or text == "/"):
        return ""
    left, top, right, bottom = box
    tall, floor = metrics.height, metrics.capital + metrics.height
    inked = np.asarray(ink[top:bottom, left:right] > INK)
    if text == "/":  # an exclamation mark in italics
        return "!" if _has_dot_below(inked) else ""
    unread = not text or not text.isascii()
    if _is_equal(inked, ink.shape[1]) and len(inked) <= 0.6 * tall:
        return "="
    if unread and _points_right(inked, ink.shape[1]) and len(inked) <= 0.9 * tall:
        return ">"
    if bottom <= metrics.capital + HIGH * tall and top <= metrics.capital + HIGH_TOP * tall:
        return _hanging(inked, ink.shape[1])
    if unread and bottom <= metrics.capital + STAR * tall and top <= metrics.capital + HIGH_TOP * tall:
        return "*" if _is_star(inked, ink.shape[1]) else ""
    if top >= metrics.capital + LOW * tall and text not in MARKS:
        return "," if bottom > floor + 1 else "." if bottom - top <= 0.3 * tall + 1 else ""
    if (not text and len(inked) >= FEW_FOR_WIDTH) or (text and text in "1lI|"):
        if text and _has_dot_below(inked):
            return "!"
        if not in_word and bottom > floor + max(1.0, UNDER * tall):
            return _bar(inked, ink.shape[1])
    return ""


def _is_doubtful(text: str) -> bool:
    return not text or text.isalnum() or not text.isascii() or text in "|!:;,.'"


def _hanging(inked: NDArray[np.bool_], cell: int) -> str:
    columns = np.diff(np.concatenate(([0], inked.any(axis=0).astype(np.int8), [0])))
    if (columns == 1).sum() == 2:
        return '"'
    width = inked.shape[1]
    if width <= max(2.0, NARROW * cell):
        return "'"
    return "*" if _is_star(inked, cell) else ""


def _is_star(inked: NDArray[np.bool_], cell: int) -> bool:
    height, width = inked.shape
    middle = inked[height // 2 - 1 : height // 2 + 1, width // 2 - 1 : width // 2 + 1]
    return width >= WIDE * cell and height >= max(4, WIDE * cell) and bool(middle.any())


def _is_equal(inked: NDArray[np.bool_], cell: int) -> bool:
    """Return whether ink is two bars over one another."""
    rows = inked.mean(axis=1)
    edges = np.diff(np.concatenate(([0], (rows > 0).astype(np.int8), [0])))
    return inked.shape[1] >= WIDE * cell and (edges == 1).sum() == 2 and bool((rows[rows > 0] > FULL).all())


def _points_right(inked: NDArray[np.bool_], cell: int) -> bool:
    """Return whether ink ends in a point at its right, as an arrow and a sign of comparison do."""
    ends = inked.shape[1] - inked[:, ::-1].argmax(axis=1)
    third = len(ends) // 3
    apart = ends[third : len(ends) - third].max(initial=0) - max(ends[0], ends[-1])
    # The ends of a plus sign lie one under the other; those of an arrow go out step by step.
    slanted = min(ends[len(ends) // 4], ends[-1 - len(ends) // 4]) - min(ends[0], ends[-1])
    return len(ends) >= 5 and bool(apart >= POINTED * cell and slanted >= 0.25 * apart)


def _has_dot_below(inked: NDArray[np.bool_]) -> bool:
    """Return whether blank rows part a dot from the stroke right above it."""
    blank = np.flatnonzero(~inked.any(axis=1))
    if not len(blank) or blank[0] < 0.5 * len(inked):
        return False
    stroke, dot = np.flatnonzero(inked[blank[0] - 1]), np.flatnonzero(inked[blank[-1] + 1 :].any(axis=0))
    middles = (stroke[0] + stroke[-1]) / 2, (dot[0] + dot[-1]) / 2
    return bool(abs(middles[0] - middles[1]) <= 1 and len(dot) <= len(inked) - blank[-1])


def _bar(inked: NDArray[np.bool_], cell: int) -> str:
    """Return the bar or bracket that ink which reaches under the base line is."""
    height, width = inked.shape
    stem = np.flatnonzero(inked[round(0.08 * height) : round(0.92 * height)].mean(axis=0) > STRAIGHT)
    if not len(stem):
        return ""
    before, after = int(stem[0]), width - 1 - int(stem[-1])
    if max(before, after) <= max(1.0, FEET * cell):
        return "|"
    return "]" if before > after else "["
