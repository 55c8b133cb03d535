"""Lines that an engine read across the narrow gap between two columns, cut where the columns part.

A detector joins two boxes that stand level and hardly further apart than two words. Where the lines of a column begin
is known from its other lines; there such a line has a space.
"""

from __future__ import annotations

import statistics
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_nb.techniques.transcript.pieces import Piece

COLUMN = 6
"""A column has at least so many lines that begin at one place..."""

ACROSS = 0.4
"""... and at most this share of them more lines that cross that place."""

SAME_PLACE = 0.35
"""Lines begin at one place when their left ends differ by less than this share of a line's height."""

ALIKE = 1.3
"""Lines of one column differ in height by less than this factor."""

AGREE = 0.75
"""Share of the lines that cross, one below the other, which have a space at the gap."""

FREE = 0.4
"""So many line heights before a column begins, another one has ended."""

LONGEST_GAP = 2.5
"""Lines nearer than so many heights are neighbours."""


def cut_at_columns(pieces: Sequence[Piece]) -> list[Piece]:
    """Return pieces of which those read across two columns are cut."""
    cut = list(pieces)
    for start, height, lines in _column_starts(pieces):
        top, bottom = min(line.top for line in lines), max(line.bottom for line in lines)
        level = [p for p in cut if top - LONGEST_GAP * height < p.middle < bottom + LONGEST_GAP * height]
        # Headings cross the gap for good.
        alike = [p for p in level if height / ALIKE < p.height < height * ALIKE]
        crossing = [p for p in alike if p.left < start - height and p.right > start + height]
        ending = [p for p in level if p.left < start - height and abs(p.right - start + height) < 1.5 * height]
        if len(ending) >= COLUMN:
            cut = [_drawn_back(piece, start, height, lines) if piece in ending else piece for piece in cut]
        if not crossing or len(crossing) > ACROSS * len(lines) or len(ending) < COLUMN:
            continue
        for run in _runs(crossing, height):
            places = {id(piece): _space_at(piece, start, height) for piece in run}
            at = [place for place in places.values() if place is not None]
            if len(at) < AGREE * len(run) or not any(_near(piece, lines, height) for piece in run):
                continue
            cut = [part for piece in cut for part in _halves(piece, places.get(id(piece)), start)]
    return cut


def _column_starts(pieces: Sequence[Piece]) -> Iterator[tuple[float, float, list[Piece]]]:
    """Yield where columns begin, their lines' height, and the lines that begin there."""
    ordered = sorted((piece for piece in pieces if len(piece.text) > 1), key=lambda piece: piece.left)
    index = 0
    while index < len(ordered):
        height = ordered[index].height
        end = index
        while end < len(ordered) and ordered[end].left - ordered[index].left < SAME_PLACE * height:
            end += 1
        group = ordered[index:end]
        height = statistics.median(piece.height for piece in group)
        lines = [piece for piece in group if height / ALIKE < piece.height < height * ALIKE]
        if len(lines) >= COLUMN:
            yield statistics.median(line.left for line in lines), height, lines
            index = end
        else:
            index += 1


def _runs(pieces: Sequence[Piece], height: float) -> list[list[Piece]]:
    """Return pieces in groups that stand one below the other."""
    runs: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.middle):
        if runs and piece.middle - runs[-1][-1].middle < LONGEST_GAP * height:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def _space_at(piece: Piece, start: float, height: float) -> int | None:
    """Return the character that begins at a place, after a space; None without one."""
    if len(piece.glyphs) != len(piece.text):
        return None
    half = piece.width / (2 * len(piece.text))
    return next(
        (
            at
            for at, glyph in enumerate(piece.glyphs)
            if at and piece.text[at - 1].isspace() and abs(glyph.x - half - start) < SAME_PLACE * height
        ),
        None,
    )


def _drawn_back(piece: Piece, start: float, height: float, lines: Sequence[Piece]) -> Piece:
    """Return a piece that ends before a column's start, without the first letter of the line that begins there."""
    end = start - FREE * height
    if piece.right <= end or len(piece.glyphs) != len(piece.text):
        return piece
    kept = list(piece.glyphs)
    if any(abs(line.middle - piece.middle) < 0.5 * height for line in lines):
        while kept and (kept[-1].text.isspace() or kept[-1].x > start - 0.5 * FREE * height):
            kept.pop()
    if not kept or kept[-1].x > end:
        return piece
    return replace(piece, right=end).with_glyphs(kept)


def _near(piece: Piece, lines: Sequence[Piece], height: float) -> bool:
    return any(abs(line.middle - piece.middle) < LONGEST_GAP * height for line in lines)


def _halves(piece: Piece, at: int | None, start: float) -> list[Piece]:
    """Return a piece cut before a character, or as it is."""
    if at is None:
        return [piece]
    before = list(piece.glyphs[:at])
    while before and before[-1].text.isspace():
        before.pop()
    half = piece.width / (2 * len(piece.text))
    left = replace(piece, right=before[-1].x + half, pitch=None, unevenness=None)
    right = replace(piece, left=start, first=piece.glyphs[at].x, pitch=None, unevenness=None)
    return [left.with_glyphs(before), right.with_glyphs(piece.glyphs[at:])]
