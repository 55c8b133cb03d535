"""In which order a page is read: rows, and columns of running text."""

from __future__ import annotations

import itertools
import statistics
from typing import TYPE_CHECKING

from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_nb.techniques.transcript.pieces import Piece

Row = list["Piece"]

SAME_ROW = 0.5
"""Two pieces share a row when they overlap by this share of the lower one's height."""

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

COLUMN_ROWS = 4
"""Fewer rows on either side make no columns."""

COLUMN_WORDS = 3.5
"""Running text has at least this many words in its median piece, or COLUMN_LETTERS letters; table cells have fewer."""

COLUMN_LETTERS = 20
MAX_DIGITS = 0.25
"""... and no more digits than this."""

COLUMN_FILL = 0.6
"""... and its median row fills this share of the column."""

Span = tuple[float, float]


def rows_of(pieces: Sequence[Piece]) -> list[Row]:
    """Return the pieces as rows from top to bottom, each from left to right."""
    checkpoint()
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda piece: piece.middle):
        home = next((row for row in reversed(rows[-3:]) if all(_side_by_side(piece, other) for other in row)), None)
        if home is None:
            rows.append([piece])
        else:
            home.append(piece)
    ordered = [sorted(row, key=lambda piece: piece.left) for row in rows]
    return sorted(ordered, key=lambda row: statistics.mean(piece.middle for piece in row))


def regions_of(pieces: Sequence[Piece]) -> list[list[Row]]:
    """Return the regions of a page in reading order: columns of running text stand one after the other."""
    rows = rows_of(pieces)
    if not rows:
        return []
    if len(pieces) > MOST_PIECES:
        return [rows]
    regions: list[list[Row]] = []
    waiting: list[Row] = []
    start = tries = 0
    while start < len(rows):
        found, looked_at, quarter = _columns_from(rows, start)
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


def _side_by_side(one: Piece, other: Piece) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    beside = min(one.right, other.right) - max(one.left, other.left) < SAME_ROW * min(one.width, other.width)
    return beside and overlap > SAME_ROW * min(one.height, other.height)


def _columns_from(rows: list[Row], start: int) -> tuple[tuple[int, float] | None, int, bool]:
    """Return where two columns of running text that begin at a row end and the gap's middle, None if none begin.

    And beside it how many rows were looked at, and whether their text is too short for columns.
    """
    if len(rows[start]) < 2:
        return None, 1, False
    first = [piece for row in rows[start : start + FIRST_ROWS] for piece in row]
    if statistics.median(len(piece.text) for piece in first) < FIRST_LETTERS:
        return None, 1, False
    height = statistics.median(piece.height for row in rows[start : start + 20] for piece in row)
    gaps = _gaps(rows[start])
    reached: list[list[Span]] = []
    for row in rows[start : start + WINDOW]:
        gaps = _narrowed(gaps, row, GUTTER * height)
        if not gaps:
            break
        reached.append(gaps)
    for count in _from_the_end(len(reached)):
        window = [piece for row in rows[start : start + count] for piece in row]
        for left, right in reversed(reached[count - 1]):
            middle = (left + right) / 2
            sides = [[p for p in window if p.right <= middle], [p for p in window if p.right > middle]]
            if all(_is_running_text(side) for side in sides):
                return (start + count, middle), count, False
    letters = statistics.median(len(piece.text) for row in rows[start : start + max(1, len(reached))] for piece in row)
    return None, len(reached), letters < COLUMN_LETTERS


def _from_the_end(count: int) -> Iterator[int]:
    """Yield counts of rows from the largest down, in steps that double: enough to find where columns end."""
    step = 1
    while count >= COLUMN_ROWS:
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


def _is_running_text(side: list[Piece]) -> bool:
    """Return whether pieces are lines of a column: by what they say, and only then by how they fill it."""
    if len(side) < COLUMN_ROWS:
        return False
    letters = statistics.median(len(piece.text) for piece in side)
    words = statistics.median(len(piece.text.split()) for piece in side)
    if letters < COLUMN_WORDS or (words < COLUMN_WORDS and letters < COLUMN_LETTERS):
        return False
    text = "".join(piece.text for piece in side)
    if sum(map(str.isdigit, text)) > MAX_DIGITS * len(text):
        return False
    rows = rows_of(side)
    left, right = min(piece.left for piece in side), max(piece.right for piece in side)
    fill = statistics.median(row[-1].right - row[0].left for row in rows) / (right - left)
    return len(rows) >= COLUMN_ROWS and fill >= COLUMN_FILL
