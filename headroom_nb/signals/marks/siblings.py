"""Which lines stand beside one another like cells of a table: marks carry meaning where siblings differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from headroom_nb.signals.marks.lines import Line

T = TypeVar("T")

FEWEST = 3
"""Lines that make a column."""

MINORITY = 0.45
"""Largest share of the lines of a column that can be different."""


def columns(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the columns of lines that share a left edge, a middle or a right edge, from top to bottom.

    A column's lines are of about one font size, and follow each other within six of their heights.
    """
    found = []
    for place in (
        lambda line: float(line.left),
        lambda line: float(line.right),
        lambda line: (line.left + line.right) / 2,
    ):
        for group in _clusters(lines, place, lambda line: 0.5 * line.em):
            found += [run for run in _runs(group) if len(run) >= FEWEST]
    return found


def rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the rows of lines whose middles are at one height, from left to right."""
    groups = _clusters(lines, lambda line: line.middle, lambda line: 0.4 * line.em)
    return [sorted(group, key=lambda line: line.left) for group in groups]


def different(group: Sequence[T], kind: Callable[[T], Hashable]) -> list[T]:
    """Return the members of a group that are not of its commonest kind, where they are few enough."""
    kinds = [kind(member) for member in group]
    usual = max(set(kinds), key=lambda one: (kinds.count(one), kinds.index(one) == 0, -kinds.index(one)))
    others = [member for member, one in zip(group, kinds, strict=True) if one != usual]
    return others if 0 < len(others) <= MINORITY * len(group) else []


def _clusters(
    lines: Sequence[Line], place: Callable[[Line], float], reach: Callable[[Line], float]
) -> list[list[Line]]:
    groups: list[list[Line]] = []
    for line in sorted(lines, key=place):
        if groups and place(line) - place(groups[-1][-1]) <= reach(line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _runs(group: Sequence[Line]) -> list[list[Line]]:
    runs: list[list[Line]] = []
    for line in sorted(group, key=lambda line: line.middle):
        before = runs[-1] if runs else []
        usual = float(np.median([one.em for one in before])) if before else line.em
        if before and line.middle - before[-1].middle <= 6 * usual and 0.77 <= line.em / usual <= 1.3:
            before.append(line)
        else:
            runs.append([line])
    return runs
