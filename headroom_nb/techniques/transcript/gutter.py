"""Line numbers beside code: a column of rising integers, which is no column of a table."""

from __future__ import annotations

import itertools
import re
import statistics
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.techniques.transcript.pieces import Piece
    from headroom_nb.techniques.transcript.rows import Row

FEWEST = 4
"""Numbers that make a gutter."""

MOST_ROWS = 0.6
"""... and the share of the rows that begin with one."""

CODE_SIGNS = 0.2
"""... and the share of the other lines that look like code: a numbered list of names is none."""

FREE = 0.35
"""The code begins this far right of the numbers at least, in heights of a box."""

LOOSE, NEAR = 0.9, 0.35
"""A number stands on its line within this share of the step, before and after the lines are fitted."""

_NUMBER = re.compile(r"\d{1,5}(?=\s|$|\D)")
_CODE = re.compile(
    r"""[{}()\[\];=<>_]|:$|["'`]|^\s*(?:import|from|return|else|def|class|const|let|- )\b|^[\w-]+:|^[-+#]"""
)


@dataclass(frozen=True)
class Numbered:
    """Code with line numbers: the rows above it, its own without their numbers, those below, first and last number."""

    above: list[Row]
    code: list[Row]
    below: list[Row]
    first: int
    last: int


def numbered_code(rows: Sequence[Row]) -> Numbered | None:
    """Return the rows of a page whose code has line numbers, without them; None where no line numbers are found."""
    found = [(index, *number) for index, number in enumerate(map(_number, rows)) if number is not None]
    if len(found) < FEWEST:
        return None
    steps = [
        (_middle(rows[after[0]]) - _middle(rows[before[0]])) / (after[1] - before[1])
        for before, after in itertools.pairwise(found)
        if after[1] > before[1]
    ]
    step = statistics.median(steps) if steps else 0.0
    tops = [_middle(rows[index]) - step * value for index, value, _, _ in found]
    top = statistics.median(tops)
    kept = [each for each, own in zip(found, tops, strict=True) if abs(own - top) < LOOSE * step]
    if len(kept) < FEWEST:
        return None
    step, top = np.polyfit([value for _, value, _, _ in kept], [_middle(rows[index]) for index, *_ in kept], 1)
    kept = [each for each in found if abs(_middle(rows[each[0]]) - top - step * each[1]) < NEAR * step]
    if len(kept) < FEWEST:
        return None
    start, end = kept[0][0], kept[-1][0] + 1
    if len(kept) < MOST_ROWS * (end - start):
        return None
    # A box may reach further than its number: the usual edge counts.
    edge = float(np.quantile([right for _, _, right, _ in kept], 0.75))
    # The first or the last number may be unread: rows on the next lines that stand beyond the edge belong to the code.
    while start > 0 and _continues(rows[start - 1], edge, top, step):
        start -= 1
    while end < len(rows) and _continues(rows[end], edge, top, step):
        end += 1
    beyond = [following for _, _, _, following in kept if following is not None]
    if beyond and float(np.quantile(beyond, 0.2)) <= edge:
        return None
    code = [cut for cut in (_cut(row, edge) for row in rows[start:end]) if cut]
    lines = ["".join(piece.text for piece in row) for row in code]
    if sum(_CODE.search(line) is not None for line in lines) < CODE_SIGNS * max(1, len(lines)):
        return None
    return Numbered(list(rows[:start]), code, list(rows[end:]), kept[0][1], kept[-1][1])


def _continues(row: Row, edge: float, top: float, step: float) -> bool:
    """Return whether a row stands on one of the lines, right of the numbers."""
    line = (_middle(row) - top) / step
    return line > 0 and row[0].left >= edge - step / 2 and abs(line - round(line)) < NEAR


def _number(row: Row) -> tuple[int, float, float | None] | None:
    """Return the integer a row begins with, where it ends and where the rest begins, in pixels."""
    piece = row[0]
    found = _NUMBER.match(piece.text)
    if found is None:
        return None
    if found.end() == len(piece.text):
        return int(found[0]), piece.right, row[1].left if len(row) > 1 else None
    if not piece.glyphs:
        return None
    half = 0.5 * piece.height * 0.4
    following = next(glyph for glyph in piece.glyphs[found.end() :] if not glyph.text.isspace())
    return int(found[0]), piece.glyphs[found.end() - 1].x + half, following.x - half


def _cut(row: Row, edge: float) -> Row:
    kept: list[Piece] = []
    for piece in row:
        if piece.right <= edge + 1 or (piece.left + piece.right) / 2 < edge:
            continue
        if piece.left >= edge or not piece.glyphs:
            # A box that reaches back to the numbers would bring their ink among the cells of the code.
            kept.append(replace(piece, left=max(piece.left, edge + FREE * piece.height)))
            continue
        number = _NUMBER.match(piece.text)
        glyphs = [glyph for glyph in piece.glyphs[number.end() if number else 0 :] if glyph.x > edge]
        while glyphs and glyphs[0].text.isspace():
            del glyphs[0]
        if glyphs:
            kept.append(piece.with_glyphs(glyphs).starting_at(glyphs[0].x))
    return kept


def _middle(row: Row) -> float:
    return statistics.mean(piece.middle for piece in row)
