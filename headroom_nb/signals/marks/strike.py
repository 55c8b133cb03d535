"""Lines drawn through words, and under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from headroom_nb.signals.marks.found import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from headroom_nb.signals.marks.lines import Line, View, Word

FULL = 0.94
"""Share of a word's width that a row must be inked over."""

HIGHEST, LOWEST = 0.28, 0.82
"""Where a line goes through a word, as shares of the letters' height from their top."""

COVERED = 0.75
"""A line through one word that runs on over this share of the next goes through that as well."""

THICK = 0.24
"""Thickest line, as a share of the letters' height."""

WIDE = 1.6
"""A word at least this many times as wide as its letters are high: the bar of an H or an e is no line."""


def find_strikes(view: View) -> Iterator[Mark]:
    """Yield ``strike`` and ``underline`` marks; neighbouring words of one line make one mark, their text its value."""
    for line in view.lines:
        rows = np.pad(line.mask.cumsum(axis=1, dtype=np.int32), ((0, 0), (1, 0)))
        struck: list[Sequence[int]] = []
        under = []
        for word in line.words:
            width = word.right - word.left
            if width < WIDE * line.cap or len(word.text) < 2:
                struck.append(())
                under.append(False)
                continue
            inked = (rows[:, word.right] - rows[:, word.left]) / width
            struck.append(_goes_through(line, inked))
            under.append(_goes_under(line, inked))
        spans = [_span(line, word, found) for word, found in zip(line.words, struck, strict=True) if len(found)]
        through = [any(_within(word, span) for span in spans) for word in line.words]
        yield from _joined(view, line, through, "strike", strong=True)
        yield from _joined(view, line, under, "underline", strong=False)


def _span(line: Line, word: Word, rows: Sequence[int]) -> tuple[int, int]:
    """Return the columns over which the line through a word runs."""
    inked: NDArray[Any] = np.asarray(line.mask[rows[0] : rows[-1] + 1].any(axis=0))
    start, end = word.left, word.right
    while start > 0 and inked[max(0, start - 2) : start].any():
        start -= 1
    while end < len(inked) and inked[end : end + 2].any():
        end += 1
    return start, end


def _within(word: Word, span: tuple[int, int]) -> bool:
    return min(word.right, span[1]) - max(word.left, span[0]) >= COVERED * (word.right - word.left)


def _goes_through(line: Line, inked: np.ndarray) -> Sequence[int]:
    """Return the rows of a line through a word; none where there is none."""
    top = line.base - line.cap
    full = np.flatnonzero(inked >= FULL)
    inside = full[(full >= top + HIGHEST * line.cap) & (full <= top + LOWEST * line.cap)]
    if not len(inside) or len(full) > max(2, THICK * line.cap) or len(full) != len(inside):
        return ()
    above, below = inked[int(top) : inside[0]], inked[inside[-1] + 1 : int(line.base) + 1]
    through = len(above) and len(below) and above.max() > 0.1 and below.max() > 0.1
    return [int(row) for row in inside] if through else ()


def _goes_under(line: Line, inked: np.ndarray) -> bool:
    full = np.flatnonzero(inked >= FULL)
    return bool(len(full) and full[0] > line.base and len(full) <= max(2, THICK * line.cap))


def _joined(view: View, line: Line, chosen: list[bool], kind: str, *, strong: bool) -> Iterator[Mark]:
    run: list[Word] = []
    for word, is_chosen in [*zip(line.words, chosen, strict=True), (None, False)]:
        # A short word between two struck ones is struck too; it is too narrow to be judged alone.
        short = word is not None and word.right - word.left < WIDE * line.cap
        if word is not None and (is_chosen or (run and short)):
            run.append(word)
            continue
        while run and not chosen[line.words.index(run[-1])]:
            run.pop()
        if run:
            text = " ".join(word.text for word in run)
            box = line.left + run[0].left, line.top, line.left + run[-1].right, line.bottom
            yield Mark(kind, view.box(*box), text, strong)
        run = []
