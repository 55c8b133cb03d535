"""A drop capital, which stands as high as several lines, belongs to the first word beside it."""

from __future__ import annotations

import statistics
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.techniques.transcript.pieces import Piece

HIGH = 1.7
"""A drop capital is at least so many times as high as the lines beside it."""

LINES = 2
"""So many lines at least stand beside it."""

NEAR = 1.2
"""They begin nearer behind it than so many line heights."""

WORDS_OF_ONE_LETTER = frozenset("AIOÀÉYEaeiouy")
APART = 0.6
"""Before a gap of so many line heights such a letter is a word of its own."""


def with_drop_capitals(pieces: Sequence[Piece]) -> list[Piece]:
    """Return pieces with each drop capital put before the first word beside it."""
    capitals = [piece for piece in pieces if _may_be(piece)]
    joined = list(pieces)
    for capital in capitals:
        beside = [piece for piece in joined if piece is not capital and _stands_beside(piece, capital)]
        if len(beside) < LINES:
            continue
        first = min(beside, key=lambda piece: piece.middle)
        gap = first.left - capital.right
        if capital.height < HIGH * statistics.median(piece.height for piece in beside) or not first.text[:1].isalpha():
            continue
        space = " " if capital.text in WORDS_OF_ONE_LETTER and gap > APART * first.height else ""
        joined = [_before(capital, piece, space) if piece is first else piece for piece in joined]
        joined = [piece for piece in joined if piece is not capital]
    return joined


def _may_be(piece: Piece) -> bool:
    letters = piece.text.strip("\"'“”‘’«»„")
    return len(letters) == 1 and letters.isalpha() and letters.isupper()


def _stands_beside(piece: Piece, capital: Piece) -> bool:
    middle_within = capital.top - 0.3 * piece.height < piece.middle < capital.bottom
    gap = piece.left - capital.right
    return middle_within and -0.5 * piece.height < gap < NEAR * piece.height and piece.height < capital.height


def _before(capital: Piece, piece: Piece, space: str) -> Piece:
    if capital.glyphs and piece.glyphs:
        head = replace(capital.glyphs[0], text=capital.text + space, x=piece.glyphs[0].x - 0.5 * piece.height)
        return piece.with_glyphs([head, *piece.glyphs])
    return replace(piece, text=capital.text + space + piece.text)
