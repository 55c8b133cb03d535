"""Rows whose cells stand in columns, as Markdown."""

from __future__ import annotations

import itertools
import re
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.techniques.transcript.pieces import Piece
    from headroom_nb.techniques.transcript.rows import Row, Span

SPANNING = 0.15
"""A gap between columns may be crossed by cells in this share of the rows (headings over several columns)."""

GAP = 0.3
"""Narrowest gap between columns, in line heights."""

FILLED = 0.4
"""Share of the cells that hold text; with less it is no table."""

MAX_SINGLE = 3
"""Single cells that may stand between rows of several."""

MIN_CELLS = 6
"""Rows times columns of the smallest table."""

BROKEN_WORD = re.compile(r"(?<!\S)[^\s\d_/\\:@.‹]*[^\W\d_]-$")
"""A word with a hyphen at the end of its line: no address, no name with digits, no key."""

BULLETS = frozenset("•●◦▪·∙-–*")
"""A column that holds nothing but one of these is no column: its rows are the items of a list."""


def table_end(rows: Sequence[Row], start: int) -> int:
    """Return the row after the last one of a table that begins at ``start``; ``start`` itself where none begins.

    Up to three single cells between rows of several belong to it: a group's name, a cell of several lines.
    """
    if len(rows[start]) < 2:
        return start
    end = start
    for index in range(start, len(rows)):
        if index > start and _apart(rows[index - 1], rows[index]):
            break
        if len(rows[index]) > 1:
            end = index + 1
        elif index - end >= MAX_SINGLE:
            break
    if not is_table(rows[start:end]):
        return start
    columns = columns_of(rows[start:end])
    # The last rows may have one filled cell: it stands in its column, and as close as the rows before it.
    while end < len(rows) and len(rows[end]) == 1 and end - start >= 2:
        step = _middle(rows[end - 1]) - _middle(rows[end - 2])
        if not (_middle(rows[end]) - _middle(rows[end - 1]) <= 1.25 * step and _in_one(rows[end][0], columns)):
            break
        end += 1
    return end


def _in_one(piece: Piece, columns: Sequence[Span]) -> bool:
    """Return whether a piece begins where a column begins and reaches into no other."""
    slack = 1.5 * piece.height
    inside = [index for index, (left, right) in enumerate(columns) if piece.left < right and piece.right > left]
    return (
        len(inside) == 1
        and abs(piece.left - columns[inside[0]][0]) <= slack
        and piece.right <= columns[inside[0]][1] + 2 * slack
    )


def _middle(row: Row) -> float:
    return statistics.mean(piece.middle for piece in row)


def is_table(rows: Sequence[Row]) -> bool:
    """Return whether rows of cells make a table: at least two columns, and most cells filled."""
    columns = columns_of(rows)
    if len(rows) < 2 or len(columns) < 2 or len(rows) * len(columns) < MIN_CELLS:
        return False
    filled = sum(len({_column(piece.left, piece.right, columns) for piece in row}) for row in rows)
    return filled >= FILLED * len(rows) * len(columns)


def columns_of(rows: Sequence[Row]) -> list[Span]:
    """Return the columns, ``(left, right)`` in pixels: where hardly any row has text there is a gap between two."""
    # A sweep over the edges: how many rows have text between two of them.
    changes: dict[float, int] = {}
    for row in rows:
        for left, right in _union(row):
            changes[left] = changes.get(left, 0) + 1
            changes[right] = changes.get(right, 0) - 1
    if not changes:
        return []
    height = statistics.median(piece.height for row in rows for piece in row)
    allowed = SPANNING * len(rows)
    columns: list[list[float]] = []
    crossing = 0
    for left, right in itertools.pairwise(sorted(changes)):
        crossing += changes[left]
        if crossing <= allowed:
            continue
        if columns and left - columns[-1][1] < GAP * height:
            columns[-1][1] = right
        else:
            columns.append([left, right])
    return [(left, right) for left, right in columns]


def _union(row: Row) -> list[Span]:
    """Return the spans that a row's pieces cover, those that overlap joined."""
    spans: list[list[float]] = []
    for piece in sorted(row, key=lambda piece: piece.left):
        if spans and piece.left <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], piece.right)
        else:
            spans.append([piece.left, piece.right])
    return [(left, right) for left, right in spans]


def to_markdown(rows: Sequence[Row]) -> str:
    """Return rows as a Markdown table; the first row is its head, empty cells stay. Rows with bullets are a list."""
    columns = columns_of(rows)
    table = []
    for row in rows:
        cells = [""] * len(columns)
        for piece in row:
            column = _column(piece.left, piece.right, columns)
            cells[column] = f"{cells[column]} {piece.text}".strip()
        table.append(cells)
    if len(columns) == 2 and BULLETS.issuperset(first for first, _ in table if first):
        return "\n".join(f"{first or ' '} {rest}" for first, rest in table)
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |" for cells in _with_whole_words(table)]
    lines.insert(1, "|" + " --- |" * len(columns))
    return "\n".join(lines)


def _with_whole_words(table: Sequence[list[str]]) -> list[list[str]]:
    """Return rows with words whole that were broken at the end of a line, where the next row is all of one cell."""
    joined: list[list[str]] = []
    for row in table:
        cells = list(row)
        filled = [column for column, cell in enumerate(cells) if cell]
        above = joined[-1][filled[0]] if joined and len(filled) == 1 else ""
        if BROKEN_WORD.search(above) and cells[filled[0]][0].islower():
            rest, _, text = cells[filled[0]].partition(" ")
            joined[-1][filled[0]] = above[:-1] + rest
            cells[filled[0]] = text
        if any(cells):
            joined.append(cells)
    return joined


def _column(left: float, right: float, columns: Sequence[Span]) -> int:
    """Return the first column that a cell covers well, else the one it covers or stands nearest to."""
    overlaps = [min(right, end) - max(left, start) for start, end in columns]
    good = [
        index
        for index, (overlap, (start, end)) in enumerate(zip(overlaps, columns, strict=True))
        if overlap > 0.5 * min(right - left, end - start)
    ]
    return good[0] if good else max(range(len(columns)), key=overlaps.__getitem__)


def _apart(row: Row, following: Row) -> bool:
    """Return whether two rows stand too far apart to belong to one table."""
    height = statistics.median(piece.height for piece in (*row, *following))
    return min(piece.top for piece in following) - max(piece.bottom for piece in row) > 2.5 * height
