"""Who speaks: lines that stand left and right in turns, as in a chat."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from headroom_nb.signals.marks.found import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.signals.marks.lines import Line, View

FEWEST, TURNS = 2, 2
"""Blocks on each side, and changes of the side, at least."""

INDENT = 0.12
"""How far the blocks of one side begin after those of the other, as a share of the text's width."""


def find_sides(view: View) -> Iterator[Mark]:
    """Yield one ``side`` mark for each block; its value is ``left`` or ``right``."""
    blocks = _blocks(view)
    if len(blocks) < 2 * FEWEST:
        return
    left = min(line.left for block in blocks for line in block)
    right = max(line.right for block in blocks for line in block)
    width, em = right - left, view.em
    sides = []
    for block in blocks:
        starts, ends = min(line.left for line in block), max(line.right for line in block)
        at_left, at_right = starts - left < 2.5 * em, right - ends < 2.5 * em
        indented = starts - left > INDENT * width
        sides.append("right" if at_right and indented else "left" if at_left else "")
    placed = [side for side in sides if side]
    turns = sum(a != b for a, b in itertools.pairwise(placed))
    if min(placed.count("left"), placed.count("right")) < FEWEST or turns < TURNS or len(placed) < 0.7 * len(sides):
        return
    for block, side in zip(blocks, sides, strict=True):
        if side:
            box = (
                min(line.left for line in block),
                block[0].top,
                max(line.right for line in block),
                block[-1].bottom,
            )
            yield Mark("side", view.box(*box), side)


def _blocks(view: View) -> list[list[Line]]:
    """Return the blocks of lines that stand alone in their row, in order; lines of a block are close and overlap."""
    alone = [
        line
        for line in view.lines
        if not any(other is not line and abs(other.middle - line.middle) < 0.5 * line.em for other in view.lines)
    ]
    if len(alone) < 0.6 * len(view.lines):
        return []
    blocks: list[list[Line]] = []
    for line in alone:
        last = blocks[-1][-1] if blocks else None
        close = last is not None and line.middle - last.middle < 2.0 * view.em
        if close and last is not None and abs(line.left - last.left) < 0.5 * view.em:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks
