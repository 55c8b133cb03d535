"""In which order a page is read: rows, and columns of running text."""

from __future__ import annotations

import itertools
import statistics
from typing import TYPE_CHECKING

from headroom_nb.techniques.transcript.columns import COLUMN_LETTERS, Verdict, judge
from headroom_nb.techniques.transcript.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_nb.techniques.transcript.pieces import Piece
    from headroom_nb.techniques.transcript.rows import Row, Span

GUTTER = 0.35
"""Narrowest gap between two columns, in line heights: those of newspapers are hardly wider than a space, but the same
for many rows."""

FIRST_ROWS, FIRST_LETTERS = 12, 12
"""No columns begin where the median piece of so many rows has fewer letters than this."""

WINDOW = 400
"""Rows that are looked ahead for the end of columns; pages of more are read in stretches."""

MOST_PIECES = 20_000
"""With more pieces than this, rows are read from top to bottom: no page that people read has so many."""

TRIES = 16
"""So many rows in turn that begin no columns, though they have gaps, are a table: the next rows are looked at in
growing steps, or a table of 400 rows would be gone through 400 times."""

FEWEST_ROWS = 2
"""Fewer rows on either side make no columns."""

NEXT = 2.5
"""Columns may begin at different heights, in lines no further apart than so many heights."""


def regions_of(pieces: Sequence[Piece]) -> list[list[Row]]:
    """Return the regions of a page in reading order: columns of running text stand one after the other."""
    rows = rows_of(pieces)
    if not rows:
        return []
    if len(pieces) > MOST_PIECES:
        return [rows]
    regions: list[list[Row]] = []
    waiting: list[Row] = []
    start = tries = table_end = 0
    while start < len(rows):
        found, looked_at, quarter, is_table = _columns_from(rows, start, prose_only=start < table_end)
        table_end = max(table_end, start + looked_at if is_table else 0)
        tries = tries + 1 if found is None and looked_at > 1 else 0
        if found is None:
            # Gaps that were no columns for long are none in the next rows either.
            step = looked_at // 4 if quarter else min(looked_at // 4, 2 ** max(0, tries - TRIES))
            following = start + max(1, step)
            waiting += rows[start:following]
            start = following
            continue
        end, gutter = found
        first = start
        while waiting and _joins(waiting[-1], rows[first], gutter):
            waiting.pop()
            first -= 1
        if waiting:
            regions.append(waiting)
            waiting = []
        window = [piece for row in rows[first:end] for piece in row]
        regions += regions_of([piece for piece in window if piece.right <= gutter])
        regions += regions_of([piece for piece in window if piece.right > gutter])
        start = end
    if waiting:
        regions.append(waiting)
    return regions


def _columns_from(rows: list[Row], start: int, *, prose_only: bool) -> tuple[tuple[int, float] | None, int, bool, bool]:
    """Return where two columns that begin at a row end and the gap's middle, None if none begin.

    And beside it how many rows were looked at, whether their text is too short for columns, and whether they are a
    table: its first and last rows alone may look like columns, so that only prose makes columns there.
    """
    gaps = _gaps(rows[start]) or _gaps(_with_next(rows, start))
    if not gaps:
        return None, 1, False, False
    first = [piece for row in rows[start : start + FIRST_ROWS] for piece in row]
    if statistics.median(len(piece.text) for piece in first) < FIRST_LETTERS:
        return None, 1, False, False
    height = statistics.median(piece.height for row in rows[start : start + 20] for piece in row)
    reached: list[list[Span]] = []
    for row in rows[start : start + WINDOW]:
        gaps = _narrowed(gaps, row, GUTTER * height)
        if not gaps:
            break
        reached.append(gaps)
    is_table = False
    for count in _from_the_end(len(reached)):
        window = [piece for row in rows[start : start + count] for piece in row]
        for left, right in reversed(reached[count - 1]):
            middle = (left + right) / 2
            sides = [p for p in window if p.right <= middle], [p for p in window if p.right > middle]
            verdict = judge(*sides)
            if verdict is Verdict.PROSE or (verdict is Verdict.COLUMNS and not prose_only):
                return (start + count, middle), count, False, False
            is_table = is_table or verdict is Verdict.TABLE
        prose_only = prose_only or is_table
    letters = statistics.median(len(piece.text) for row in rows[start : start + max(1, len(reached))] for piece in row)
    return None, len(reached), letters < COLUMN_LETTERS, is_table


def _with_next(rows: list[Row], start: int) -> Row:
    """Return a row with the next one where that is close: lines of columns set at different heights share no row."""
    row, following = rows[start], rows[min(start + 1, len(rows) - 1)]
    if following[0].top - row[0].bottom > NEXT * row[0].height:
        return row
    return sorted((piece for row in rows[start : start + 2] for piece in row), key=lambda piece: piece.left)


def _from_the_end(count: int) -> Iterator[int]:
    """Yield counts of rows from the largest down, in steps that double: enough to find where columns end."""
    step = 1
    while count >= FEWEST_ROWS:
        yield count
        count -= step
        step *= 2


def _joins(row: Row, following: Row, gutter: float) -> bool:
    """Return whether a row above two columns is the first line of the higher one."""
    near = [piece for piece in following if min(piece.right, row[0].right) > max(piece.left, row[0].left)]
    if len(row) > 1 or row[0].left < gutter < row[0].right:
        return False
    return not near or near[0].top - row[0].bottom < row[0].height


def _gaps(row: Row) -> list[Span]:
    return [(one.right, other.left) for one, other in itertools.pairwise(row) if other.left > one.right]


def _narrowed(gaps: list[Span], row: Row, least: float) -> list[Span]:
    """Return what is left of the gaps when a row's pieces are taken out, dropping those that become too narrow."""
    for piece in row:
        kept: list[Span] = []
        for left, right in gaps:
            if piece.right <= left or piece.left >= right:
                kept.append((left, right))
            else:
                kept += [(left, min(right, piece.left)), (max(left, piece.right), right)]
        gaps = [(left, right) for left, right in kept if right - left >= least]
    return gaps
