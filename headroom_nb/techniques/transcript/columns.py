"""Whether the text on both sides of a gap is two columns, or the cells of a table.

Columns are read one after the other, a table row by row. Running text on both sides makes columns. Beside other text
the heights decide: the lines, or the blocks, of a table stand level with each other.
"""

from __future__ import annotations

import itertools
import statistics
from enum import Enum, auto
from typing import TYPE_CHECKING

from headroom_nb.techniques.transcript.rows import rows_of
from headroom_nb.techniques.transcript.tables import columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.techniques.transcript.pieces import Piece

COLUMN_ROWS = 4
"""Fewer rows on either side make no columns, captions aside."""

COLUMN_WORDS = 3.5
"""Running text has at least this many words in its median piece, or COLUMN_LETTERS letters; table cells have fewer."""

COLUMN_LETTERS = 20

MAX_DIGITS = 0.25
"""... and no more digits than this."""

COLUMN_FILL = 0.6
"""... and its median row fills this share of the column."""

LEVEL, PAIRED = 0.25, 0.75
"""Lines whose middles differ by less than this share of their height stand in one row; where so many of the lines or
blocks of the shorter side have a partner on the other, the two are columns of a table."""

BLOCK = 0.6
"""A wider gap between two lines, in their heights, parts two blocks."""

LABELS = 8
"""Columns without running text hold at least so many letters in their median piece, or they are taken for cells."""

MOST_DIGITS = 0.4
"""... and what stands beside running text no more digits than this: amounts belong to their rows."""

LONG_COLUMN = 6
"""Lines of running text beside which other text that is not level with them is a column of its own."""


class Verdict(Enum):
    """What the text on both sides of a gap is: columns of prose, other columns, the cells of a table."""

    PROSE = auto()
    COLUMNS = auto()
    TABLE = auto()
    UNKNOWN = auto()


def judge(left: list[Piece], right: list[Piece]) -> Verdict:
    """Return what the text on both sides of a gap is, by the column of each side that stands next to the gap."""
    left, right = _nearest(left, -1), _nearest(right, 0)
    running = [_is_running_text(side) for side in (left, right)]
    if all(running) or (_is_one_sentence(left) and _is_one_sentence(right)):
        return Verdict.PROSE
    if min(len(left), len(right)) < COLUMN_ROWS and not any(running):
        return Verdict.UNKNOWN
    if any(running):
        prose, other = (left, right) if running[0] else (right, left)
        enough = len(prose) >= LONG_COLUMN and len(other) > 1 and _digits(other) <= MOST_DIGITS
    else:
        enough = all(_letters(side) >= LABELS and _digits(side) <= MAX_DIGITS for side in (left, right))
    if not enough:
        return Verdict.UNKNOWN
    return Verdict.TABLE if _are_paired(left, right) else Verdict.COLUMNS


def _nearest(side: list[Piece], at: int) -> list[Piece]:
    """Return the column of a side that stands nearest to the gap: its last or its first."""
    if not side:
        return side
    left, right = columns_of(rows_of(side))[at]
    return [piece for piece in side if piece.left < right and piece.right > left]


def _are_paired(left: list[Piece], right: list[Piece]) -> bool:
    """Return whether the lines, or the middles of blocks, of two sides stand level, as the cells of a table do."""
    if _level([(p.middle, p.height) for p in left], [(p.middle, p.height) for p in right]) >= PAIRED:
        return True
    one, other = (
        [((block[0].top + block[-1].bottom) / 2, block[0].height) for block in _blocks(side)] for side in (left, right)
    )
    return min(len(one), len(other)) > 1 and _level(one, other) >= PAIRED


def _level(one: Sequence[tuple[float, float]], other: Sequence[tuple[float, float]]) -> float:
    """Return the share of the fewer ``(place, height)`` that have a partner at their height on the other side."""
    fewer, more = sorted((one, other), key=len)
    return sum(any(abs(at - place) < LEVEL * min(tall, high) for place, high in more) for at, tall in fewer) / len(
        fewer
    )


def _blocks(side: list[Piece]) -> list[list[Piece]]:
    blocks: list[list[Piece]] = []
    for piece in sorted(side, key=lambda piece: piece.middle):
        last = blocks[-1][-1] if blocks else None
        if last is not None and piece.top - last.bottom < BLOCK * min(piece.height, last.height):
            blocks[-1].append(piece)
        else:
            blocks.append([piece])
    return blocks


def _is_running_text(side: list[Piece]) -> bool:
    """Return whether pieces are lines of a column: by what they say, and only then by how they fill it."""
    rows = rows_of(side)
    if len(rows) < COLUMN_ROWS:
        return False
    # By rows, not by pieces: a line that is set wide may have been read in several boxes.
    letters = statistics.median(sum(len(piece.text) for piece in row) for row in rows)
    words = statistics.median(sum(len(piece.text.split()) for piece in row) for row in rows)
    if letters < COLUMN_WORDS or (words < COLUMN_WORDS and letters < COLUMN_LETTERS) or _digits(side) > MAX_DIGITS:
        return False
    left, right = min(piece.left for piece in side), max(piece.right for piece in side)
    return statistics.median(row[-1].right - row[0].left for row in rows) / (right - left) >= COLUMN_FILL


def _is_one_sentence(side: list[Piece]) -> bool:
    """Return whether two or three lines are one piece of prose, such as a caption: close, the next ones begin small."""
    rows = rows_of(side)
    texts = ["  ".join(piece.text for piece in row) for row in rows]
    close = all(after[0].top - row[0].bottom < BLOCK * row[0].height for row, after in itertools.pairwise(rows))
    long = len(texts[0]) >= COLUMN_LETTERS and len(texts[0].split()) > 2
    return long and close and len(rows) > 1 and all(text[:1].islower() for text in texts[1:])


def _letters(side: list[Piece]) -> float:
    return statistics.median(len(piece.text) for piece in side)


def _digits(side: list[Piece]) -> float:
    text = "".join(piece.text for piece in side)
    return sum(map(str.isdigit, text)) / max(1, len(text))
