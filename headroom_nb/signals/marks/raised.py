"""Raised and lowered characters: exponents, references to notes, indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.signals.marks.found import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from headroom_nb.signals.marks.lines import Line, View

RAISED, LOWERED = 0.24, 0.14
"""How far the foot of a character must stand over the base line, or under it, as a share of the letters' height."""

TOP = 0.8
"""Height over the base line that the top of a raised character reaches, as a share of the letters' height."""

SMALLEST, LARGEST = 0.32, 0.88
"""Height of such a character, as a share of the letters' height."""

AROUND = 4.0
"""Distance within which letters share a base line, as a share of their height."""

SIGNS = "+-−–"
"""Signs that stand in exponents; quotes, commas and apostrophes are high or low by nature."""

CLOSE = 0.45
"""Distance to the letter before it, at most, as a share of the letters' height."""


def find_raised(view: View) -> Iterator[Mark]:
    """Yield ``raised`` and ``lowered`` marks whose characters OCR reads as numbers."""
    for line in view.lines:
        if len(line.read.text) < 2 or line.cap < 6:
            continue
        parts = line.parts
        lefts, tops, rights, bottoms = parts[:, 0], parts[:, 1], parts[:, 0] + parts[:, 2], parts[:, 1] + parts[:, 3]
        base = _base(line)
        foot, head = (base - bottoms) / line.cap, (base - tops) / line.cap
        height = parts[:, 3] / line.cap
        size = (height >= SMALLEST) & (height <= LARGEST) & (parts[:, 2] <= 0.8 * line.cap)
        standing = (np.abs(foot) < 0.1) & (height > 0.5)
        for kind, found in (
            ("raised", size & (foot >= RAISED) & (head >= TOP)),
            ("lowered", size & (foot <= -LOWERED) & (head <= 0.62)),
        ):
            runs: list[list[int]] = []
            for place in np.flatnonzero(found)[np.argsort(lefts[found])]:
                before = rights[standing] <= lefts[place] + 0.12 * line.cap
                near = bool((before & (lefts[place] - rights[standing] <= CLOSE * line.cap)).any())
                follows = bool(runs and lefts[place] - rights[runs[-1][-1]] <= 0.3 * line.cap)
                over = np.minimum(rights, rights[place]) - np.maximum(lefts, lefts[place]) > 0.3 * parts[place, 2]
                over[place] = False
                alone = not over.any()  # else it is the upper half of a broken letter
                if follows and alone:
                    runs[-1].append(int(place))
                elif near and alone:
                    runs.append([int(place)])
            marks = (_mark(view, line, kind, run) for run in runs)
            yield from (mark for mark in marks if mark.value)


def _base(line: Line) -> npt.NDArray[np.float64]:
    """Return the row of the base line at each part: of the tall letters around it, as a scan's lines are not level."""
    middles, bottoms = line.parts[:, 0] + line.parts[:, 2] / 2, line.parts[:, 1] + line.parts[:, 3]
    tall = (line.parts[:, 3] > 0.6 * line.cap) & (np.abs(bottoms - line.base) < 0.5 * line.cap)
    near = np.abs(middles[:, None] - middles[tall][None]) < AROUND * line.cap
    base = np.full(len(middles), line.base)
    enough = near.sum(axis=1) > 2
    if enough.any():
        base[enough] = np.nanmedian(np.where(near[enough], bottoms[tall][None], np.nan), axis=1)
    return base


def _mark(view: View, line: Line, kind: str, run: list[int]) -> Mark:
    parts = line.parts[run]
    left, right = int(parts[:, 0].min()), int((parts[:, 0] + parts[:, 2]).max())
    top, bottom = int(parts[:, 1].min()), int((parts[:, 1] + parts[:, 3]).max())
    width, reach = line.right - line.left, 0.15 * line.cap
    near = [
        (float(np.abs(parts[:, 0] + parts[:, 2] / 2 - centre * width).min()), at)
        for at, (char, centre) in enumerate(zip(line.read.text, line.read.centres, strict=False))
        if left - reach <= centre * width <= right + reach and (char.isdigit() or char in SIGNS)
    ]
    # The engine's places are off by half a character: no more characters than parts are raised.
    text = "".join(line.read.text[at] for at in sorted(at for _, at in sorted(near)[: len(run)]))
    box = view.box(line.left + left, line.top + top, line.left + right, line.top + bottom)
    return Mark(kind, box, text if any(map(str.isdigit, text)) else "")
