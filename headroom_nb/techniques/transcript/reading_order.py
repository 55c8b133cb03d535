"""In which order a page is read: rows, and columns of running text."""

from __future__ import annotations

import itertools
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.techniques.transcript.pieces import Piece

Row = list["Piece"]

SAME_ROW = 0.5
"""Two pieces share a row when they overlap by this share of the lower one's height."""

GUTTER = 0.8
"""Narrowest gap between two columns, in line heights."""

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
    regions: list[list[Row]] = []
    waiting: list[Row] = []
    start = 0
    while start < len(rows):
        found = _columns_from(rows, start)
        if found is None:
            waiting.append(rows[start])
            start += 1
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


def _columns_from(rows: list[Row], start: int) -> tuple[int, float] | None:
    """Return where two columns of running text that begin at a row end, and the gap's middle; None if none begin."""
    if len(rows[start]) < 2:
        return None
    best: tuple[int, float] | None = None
    height = statistics.median(piece.height for row in rows[start : start + 20] for piece in row)
    gaps = _gaps(rows[start])
    for end in range(start + 1, len(rows) + 1):
        gaps = _narrowed(gaps, rows[end - 1], GUTTER * height)
        if not gaps:
            break
        window = [piece for row in rows[start:end] for piece in row]
        for left, right in gaps:
            middle = (left + right) / 2
            sides = [[p for p in window if p.right <= middle], [p for p in window if p.right > middle]]
            if all(_is_running_text(side) for side in sides):
                best = end, middle
    return best


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
    rows = rows_of(side)
    if len(rows) < COLUMN_ROWS:
        return False
    left, right = min(piece.left for piece in side), max(piece.right for piece in side)
    text = "".join(piece.text for piece in side)
    words = statistics.median(len(piece.text.split()) for piece in side)
    letters = statistics.median(len(piece.text) for piece in side)
    fill = statistics.median(row[-1].right - row[0].left for row in rows) / (right - left)
    wordy = words >= COLUMN_WORDS or letters >= COLUMN_LETTERS
    return wordy and fill >= COLUMN_FILL and sum(map(str.isdigit, text)) <= MAX_DIGITS * len(text)
