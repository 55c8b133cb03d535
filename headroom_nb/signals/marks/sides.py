"""Who speaks: lines that stand left and right in turns, as in a chat."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.signals.marks.found import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.signals.marks.lines import Line, View

FEWEST, TURNS = 2, 2
"""Blocks on each side, and changes of the side, at least; one of each is enough where every block has a ground of its
own, as bubbles have."""

INDENT = 0.12
"""How far the blocks of one side begin after those of the other, as a share of the text's width."""


GROUND = 10
"""Levels by which the bubbles of the two sides differ where the right ones begin at one column."""


def find_sides(view: View) -> Iterator[Mark]:
    """Yield one ``side`` mark for each block; its value is ``left`` or ``right``."""
    blocks = _blocks(view)
    if len(blocks) < 2:
        return
    left = min(line.left for block in blocks for line in block)
    right = max(line.right for block in blocks for line in block)
    far, em = left + INDENT * (right - left), view.em
    starts = np.array([min(line.left for line in block) for block in blocks])
    ends = np.array([max(line.right for line in block) for block in blocks])
    indented = starts > far
    flush = indented & (right - ends < 2.5 * em)
    if not indented.any() or indented.all():
        return
    bubbles = all(np.abs(block[0].ground - view.ground).max() > GROUND for block in blocks)
    fewest, least = (1, 1) if bubbles else (FEWEST, TURNS)
    if not bubbles and np.ptp(starts[indented]) < 2 * np.ptp(ends[indented]) + 0.25 * em:
        # One indent for all may be a list; bubbles of another colour are not.
        grounds = np.array([block[0].ground for block in blocks])
        other = np.abs(grounds - np.median(grounds[~indented], axis=0)).max(axis=1) > GROUND
        flush = indented & other & (other[indented].all() and not other[~indented].any())
    sides = [
        "right" if is_right else "left" if start - left < 2.5 * em else ""
        for is_right, start in zip(flush, starts, strict=True)
    ]
    placed = [side for side in sides if side]
    turns = sum(a != b for a, b in itertools.pairwise(placed))
    if min(placed.count("left"), placed.count("right")) < fewest or turns < least or len(placed) < 0.7 * len(sides):
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
