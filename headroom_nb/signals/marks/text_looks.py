"""Text that looks unlike its siblings: coloured, on another ground, bold, or pale."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.signals.marks.colours import COLOURED, chroma, colour_name
from headroom_nb.signals.marks.found import Mark
from headroom_nb.signals.marks.siblings import columns, different, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from headroom_nb.signals.marks.lines import Line, View

BOLD = 1.28
"""Strokes of bold letters over those of regular ones in the same column, at least; both over the font size."""

PALE = 0.62
"""Contrast of pale letters over the usual one of the column, at most."""

MOST = 0.8
"""Largest share of a column's lines that may be bold or pale beside the others."""

HEADING = 1.15
"""Size or strokes of a heading over those of the lines below it, at least."""

GROUND = 14
"""Levels (of 255) by which grounds differ."""

INKED = 0.85
"""Share of a line's characters that belong to words with ink of the line's contrast, at least."""


def find_coloured_text(view: View) -> Iterator[Mark]:
    """Yield the lines, or words in them, whose colour is not their siblings'; the value is the colour's name."""
    seen = set()
    for group in [*columns(view.lines), *(row for row in rows(view.lines) if len(row) > 1)]:
        names = {line: colour_name(line.tint) for line in group}
        hues = {name for name in names.values() if name}
        # Where one says something by its colour, all its coloured siblings do.
        tells = len(hues) > 1 or (len(set(names.values())) > 1 and 2 * _fewer(names.values()) <= len(group))
        for line in group if tells else ():
            if names[line] and line not in seen:
                seen.add(line)
                yield _mark(view, line, "colour", names[line])
    for line in view.lines:
        if line not in seen and len(line.words) > 1:
            yield from _coloured_words(view, line)


def _fewer(names: Collection[str]) -> int:
    """Return how many are coloured, or how many are not: the smaller number."""
    coloured = sum(map(bool, names))
    return min(coloured, len(names) - coloured)


def _coloured_words(view: View, line: Line) -> Iterator[Mark]:
    if sum(len(word.text) for word in line.words) < INKED * sum(map(len, line.read.text.split())):
        # Words without ink of the line's contrast are drawn in a colour of their own, which is not known.
        yield _mark(view, line, "colour", "")
        return
    pixels = line.pixels[line.mask > 0]
    if not len(pixels) or np.percentile(np.ptp(pixels.astype(np.int16), axis=1), 95) < COLOURED:
        return
    names = [colour_name(line.colour(word.left, word.right)) for word in line.words]
    if len(set(names)) > 1:
        for word, name in zip(line.words, names, strict=True):
            if name:
                box = line.left + word.left, line.top, line.left + word.right, line.bottom
                yield Mark("colour", view.box(*box), name)


def find_grounds(view: View) -> Iterator[Mark]:
    """Yield the lines that stand on another ground than their siblings: highlighted, selected, tinted."""
    seen = set()
    for group in columns(view.lines):
        kinds: list[np.ndarray] = []
        labels = {}
        for line in group:
            near = [n for n, kind in enumerate(kinds) if np.abs(kind - line.ground).max() < GROUND]
            labels[line] = near[0] if near else len(kinds)
            if not near:
                kinds.append(line.ground)
        body = group[1:] if _is_heading(view, group, labels) else group
        odd = different(body, labels.__getitem__)
        lit = [line for line in body if np.abs(line.ground - view.ground).max() >= GROUND]
        if odd and 0 < len(lit) < len(body):
            odd = lit  # the page's own ground is no highlight, however few lines stand on it
        tinted = max(chroma(line.ground) for line in body) >= COLOURED
        if len(kinds) > 1 and (tinted or not _takes_turns([labels[line] for line in group])):
            for line in odd:
                if line not in seen:
                    seen.add(line)
                    yield _mark(view, line, "ground", colour_name(line.ground) or "grey")


def _is_heading(view: View, group: Sequence[Line], labels: dict[Line, int]) -> bool:
    """Return whether the first line of a column stands on a ground of its own that is no highlighter's.

    The first line of a list, with nothing beside it and no look of its own, is a selected one.
    """
    first, others = group[0], group[1:]
    alone = not any(other is not first and abs(other.middle - first.middle) < 0.4 * first.em for other in view.lines)
    like = first.em < HEADING * float(np.median([line.em for line in others]))
    if alone and like and _stroke(first) < HEADING * float(np.median([_stroke(line) for line in others])):
        return False
    if max(chroma(line.ground) for line in group) < COLOURED:
        return labels[first] != labels[group[1]]
    inverted = first.tint.mean() > first.ground.mean()
    return bool(
        inverted and chroma(first.ground) >= COLOURED and all(labels[line] != labels[first] for line in group[1:])
    )


def _takes_turns(labels: Sequence[int]) -> bool:
    """Return whether two grounds take turns, as in striped tables."""
    changes = sum(a != b for a, b in itertools.pairwise(labels))
    return len(set(labels)) == 2 and changes >= max(3, 0.6 * (len(labels) - 1))


def find_weights(view: View) -> Iterator[Mark]:
    """Yield bold lines among regular ones and pale ones among strong ones; a column's first line is its heading."""
    seen: set[tuple[str, Line]] = set()
    for group in columns(view.lines):
        whole = [line for line in group if len(line.read.text) > 2]
        body = [line for line in whole if line is not group[0]]
        if len(body) < 3:
            continue
        for kind, measure, sign, limit in (("bold", _stroke, 1, BOLD), ("pale", _contrast, -1, 1 / PALE)):
            beyond = _outliers(whole if kind == "bold" else body, measure, sign, limit)
            if beyond == group[:1]:
                continue  # a bold heading says nothing
            yield from (
                _mark(view, line, kind, "", strong=False)
                for line in beyond
                if (kind, line) not in seen and not seen.add((kind, line))  # type: ignore[func-returns-value]
            )


def _outliers(body: Sequence[Line], measure: Callable[[Line], float], sign: int, limit: float) -> list[Line]:
    """Return the lines beyond the widest gap, where they are `limit` times as much (or as little), and not most."""
    values = np.array([measure(line) for line in body]) ** sign
    ordered = np.sort(values)
    gap = int(np.argmax(ordered[1:] / np.maximum(ordered[:-1], 1e-6)))
    low, high = float(np.median(ordered[: gap + 1])), float(np.median(ordered[gap + 1 :]))
    if high < limit * low or ordered[gap + 1] < 1.1 * ordered[gap] or len(ordered) - gap - 1 > MOST * len(ordered):
        return []
    return [line for line, value in zip(body, values, strict=True) if value > ordered[gap]]


def _stroke(line: Line) -> float:
    """Return the width of strokes over the font size: twice the ink over the length of its edges."""
    mask = line.mask.astype(np.int8)
    edges = np.abs(np.diff(mask, axis=0)).sum() + np.abs(np.diff(mask, axis=1)).sum()
    return float(2 * mask.sum() / max(1, edges) / line.em)


def _contrast(line: Line) -> float:
    return float(np.abs(line.tint - line.ground).max())


def _mark(view: View, line: Line, kind: str, value: str, *, strong: bool = True) -> Mark:
    return Mark(kind, view.box(line.left, line.top, line.right, line.bottom), value, strong)


__all__ = ["chroma", "find_coloured_text", "find_grounds", "find_weights"]
