"""What shapes say: they are compared with the like shapes above, below and beside them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.signals.marks.found import Mark
from headroom_nb.signals.marks.shapes import find_shapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_nb.signals.marks.lines import View
    from headroom_nb.signals.marks.shapes import Shape

SURE = ("box", "tick", "cross", "arrow", "toggle")
"""Kinds that say something even when all are alike."""

RATING = 3
"""So many like shapes side by side, some filled and some not, make a rating."""


def find_states(view: View) -> Iterator[Mark]:
    """Yield the shapes that say something; those that are all alike, as bullets are, say nothing."""
    shapes = find_shapes(view)
    yield from _strips(view, [shape for shape in shapes if shape.kind == "strip"])
    groups = _groups([shape for shape in shapes if shape.kind != "strip"], view.em)
    for group in groups:
        kinds = {(shape.kind, shape.value, shape.colour) for shape in group}
        hues = {shape.colour for shape in group if shape.colour}
        if len(group) >= RATING and _in_a_row(group, view.em):
            if len(kinds) > 1:
                yield _rating(view, group)
            continue
        for shape in group:
            if shape.kind in SURE:
                yield _mark(view, shape, shape.kind, shape.value or shape.colour, strong=True)
            elif shape.kind == "dot" and any(one.kind == "box" for one in group):
                yield _mark(view, shape, "box", "checked", strong=True)
            elif shape.kind == "circle" and any(one.kind == "box" for one in group):
                # A small box with round corners.
                yield _mark(view, shape, "box", "checked" if shape.value == "filled" else "unchecked", strong=True)
            elif len(group) > 1 and len(hues) > 1 and shape.colour:
                yield _mark(view, shape, "dot", shape.colour, strong=True)
            elif len(group) > 1 and shape.kind == "circle" and len({one.value for one in group}) > 1:
                yield _mark(view, shape, "circle", shape.value, strong=True)
            elif len(group) > 1 and len(kinds) > 1 and {one.kind for one in group} & {"circle", "dot"}:
                yield _mark(view, shape, "circle", "filled" if shape.kind == "dot" else shape.value, strong=True)
            elif len(kinds) > 1 or len(group) == 1:
                yield _mark(view, shape, "unread", shape.colour, strong=False)


def _strips(view: View, strips: Sequence[Shape]) -> Iterator[Mark]:
    """Yield rows of signs that touch each other, one below the other in a column: ratings nobody can count here."""
    for strip in strips:
        alike = [
            one
            for one in strips
            if abs(one.left - strip.left) < 0.3 * view.em and abs(one.size - strip.size) < 0.15 * strip.size
        ]
        beside = any(strip.top < line.middle < strip.bottom for line in view.lines)
        if len(alike) > 1 and beside:
            yield _mark(view, strip, "rating", "", strong=True)


def _groups(shapes: Sequence[Shape], em: float) -> list[list[Shape]]:
    """Return the shapes in groups of about one size that stand in one column or one row."""
    left_over, groups = list(shapes), []
    while left_over:
        first = left_over[0]
        alike = [one for one in left_over if 0.7 <= one.size / max(first.size, 1) <= 1.43]
        across = [one for one in alike if abs(one.middle[1] - first.middle[1]) < 0.4 * em]
        down = [one for one in alike if abs(one.middle[0] - first.middle[0]) < 0.5 * em]
        group = across if len(across) >= RATING and _in_a_row(across, em) else down if len(down) > 1 else across
        groups.append(sorted(group, key=lambda one: (one.middle[1], one.middle[0])))
        left_over = [one for one in left_over if one not in group]
    return groups


def _in_a_row(group: Sequence[Shape], em: float) -> bool:
    """Return whether shapes follow each other closely in one row."""
    ordered = sorted(group, key=lambda one: one.left)
    rows = [one.middle[1] for one in ordered]
    gaps = [after.left - before.right for before, after in itertools.pairwise(ordered)]
    return bool(np.ptp(rows) < 0.4 * em and gaps and max(gaps) < 1.2 * em)


def _rating(view: View, group: Sequence[Shape]) -> Mark:
    ordered = sorted(group, key=lambda one: one.left)
    first = ordered[0]
    same = sum((one.kind, one.value, one.colour) == (first.kind, first.value, first.colour) for one in ordered)
    box = view.box(first.left, min(one.top for one in group), ordered[-1].right, max(one.bottom for one in group))
    return Mark("rating", box, f"{same} of {len(ordered)}")


def _mark(view: View, shape: Shape, kind: str, value: str, *, strong: bool) -> Mark:
    return Mark(kind, view.box(shape.left, shape.top, shape.right, shape.bottom), value, strong)
