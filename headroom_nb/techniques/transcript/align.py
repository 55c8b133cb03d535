"""Lay the characters that were read into the cells that hold ink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.techniques.transcript.grid import Cell, Grid
    from headroom_nb.techniques.transcript.pieces import Glyph

LIGATURES = {
    ("=", 2): "==",
    ("=", 3): "===",
    ("≡", 3): "===",
    ("→", 2): "->",
    ("←", 2): "<-",
    ("≠", 2): "!=",
    ("≠", 3): "!==",
    ("≥", 2): ">=",
    ("≤", 2): "<=",
    ("⇒", 2): "=>",
    ("-", 2): "--",
    ("—", 2): "--",
}
"""What a sign that covers so many cells stands for."""

SKIPPED = 1.5
"""Price of a cell without a character, and of a character without a cell, in cells of distance."""

NEAR = 1.0
"""With as many characters as cells, each within this distance of its own, nothing needs to be searched."""


def lay(glyphs: Sequence[Glyph], cells: Sequence[Cell], grid: Grid) -> tuple[list[tuple[Cell, Glyph | None, str]], int]:
    """Return each cell with its character and what is written there, and the number of characters left over.

    A cell nobody read has no character and an empty text; the further cells of a ligature are left out. Cells and
    characters come in order; neither holds spaces or underscores.
    """
    places = [grid.column(glyph.x) - 0.5 for glyph in glyphs]
    if len(glyphs) == len(cells) and all(
        abs(place - cell.column) < NEAR for place, cell in zip(places, cells, strict=True)
    ):
        return [(cell, glyph, _wide(glyph, cell)) for cell, glyph in zip(cells, glyphs, strict=True)], 0
    steps = _cheapest(glyphs, places, cells)
    laid = [(cells[i - count], None if j is None else glyphs[j], text) for i, j, count, text in steps if count]
    return laid, sum(count == 0 for _, _, count, _ in steps)


def _wide(glyph: Glyph, cell: Cell) -> str:
    """Return what a character stands for whose ink reaches into the empty cell beside its own."""
    return LIGATURES.get((glyph.text, 2), glyph.text) if cell.spills and not glyph.text.isascii() else glyph.text


def _cheapest(
    glyphs: Sequence[Glyph], places: Sequence[float], cells: Sequence[Cell]
) -> list[tuple[int, int | None, int, str]]:
    """Return the cheapest way through as (cells so far, character or None, cells taken, text)."""
    rows, columns = len(cells) + 1, len(glyphs) + 1
    cost = np.full((rows, columns), np.inf)
    cost[0, 0] = 0
    came: dict[tuple[int, int], tuple[int, int, int | None, int, str]] = {}

    def offer(i: int, j: int, price: float, step: tuple[int, int, int | None, int, str]) -> None:
        if price < cost[i, j]:
            cost[i, j] = price
            came[i, j] = step

    for i in range(rows):
        for j in range(columns):
            here = cost[i, j]
            if here == np.inf:
                continue
            if i < len(cells):
                offer(i + 1, j, here + SKIPPED, (i, j, None, 1, ""))
            if j < len(glyphs):
                offer(i, j + 1, here + SKIPPED, (i, j, j, 0, ""))
            if i < len(cells) and j < len(glyphs):
                char = glyphs[j].text
                offer(i + 1, j + 1, here + abs(places[j] - cells[i].column), (i, j, j, 1, _wide(glyphs[j], cells[i])))
                for count in (2, 3):
                    text = LIGATURES.get((char, count))
                    run = cells[i : i + count]
                    if text and len(run) == count and all(cell.joined for cell in run[:-1]):
                        away = abs(places[j] - (run[0].column + run[-1].column) / 2)
                        offer(i + count, j + 1, here + 0.5 * away, (i, j, j, count, text))
    steps = []
    i, j = rows - 1, columns - 1
    while (i, j) != (0, 0):
        before_i, before_j, glyph, count, text = came[i, j]
        steps.append((i, glyph, count, text))
        i, j = before_i, before_j
    return steps[::-1]
