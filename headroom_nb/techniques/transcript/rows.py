"""The pieces of a page as rows."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.techniques.transcript.pieces import Piece

Row = list["Piece"]
Span = tuple[float, float]

SAME_ROW = 0.5
"""Two pieces share a row when they overlap by this share of the lower one's height."""


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


def _side_by_side(one: Piece, other: Piece) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    beside = min(one.right, other.right) - max(one.left, other.left) < SAME_ROW * min(one.width, other.width)
    return beside and overlap > SAME_ROW * min(one.height, other.height)
