"""Cut a line of proportional text into its characters by the blank columns between them."""

from __future__ import annotations

import math
import re
import statistics
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from headroom_nb.techniques.transcript.grid import base_line, ink_of
from headroom_nb.techniques.transcript.shapes import INK, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from headroom_nb.techniques.transcript.pieces import Glyph, Piece

    Floats = NDArray[np.float32]
    Run = tuple[int, int]

ABOVE, BELOW = 0.95, 0.4
"""Rows kept above and below the base line, as shares of the height of the box."""

NARROWEST_UNDERSCORE = 0.25
"""An underscore is as wide as this share of the height of a line's box: 6 pixels in a loose box of 21 were measured."""

WIDEST_UNDERSCORE = 0.72
"""One underscore is narrower than this share of the height of a line's box, two are wider."""

WIDEST_TO_ASCENDER = 1.05
"""... and than this share of the height of a tall letter: a box may be loose, 0.6 to 0.85 was measured in six fonts."""

_ASCENDERS = re.compile(r"[A-Zbdfhkl0-9]")

UNEVEN = 0.35
"""Underscores whose number is further than this from a whole one are doubtful."""

BAND = 12
"""Characters and runs are paired only where their numbers differ by at most this."""

SKIPPED, MERGED = 2.0, 0.6
"""Price of a run without a character or a character without a run, and of two characters in one run, in characters'
widths of distance."""

AROUND, EDGE = 1.6, 0.15
"""How far around a box underscores may reach, and other characters, in its heights."""

WHOLE = 0.97
"""Rows and columns that are inked over this share are no letters."""

UNREAD = "‹?›"
"""What is written for ink that nobody could read."""

TWO_RUNS = frozenset('"\u201c\u201d\u201e%\u00ab\u00bb\u00bd\u2026')
"""Characters that are drawn in two pieces side by side."""


@dataclass(frozen=True)
class Line:
    """A piece with its ink.

    Attributes
    ----------
    piece
        The piece.
    band
        Ink of the row, ``(h, w)``, the base line at the same row in all lines of one height.
    left
        Where the band begins, in pixels.
    low
        Runs of columns whose ink lies under the base line: underscores.
    runs
        The other runs of inked columns.
    """

    piece: Piece
    band: Floats
    left: int
    low: tuple[Run, ...]
    runs: tuple[Run, ...]


def line_of(piece: Piece, pixels: NDArray[np.uint8], around: float = AROUND) -> Line:
    """Return a piece with its ink.

    Parameters
    ----------
    piece
        The piece.
    pixels
        The image, ``(h, w, 3)``.
    around
        How far beside the piece ink is looked for, in its heights.
    """
    margin = round(around * piece.height)
    left, right = max(0, int(piece.left) - margin), int(piece.right) + margin + 1
    top, bottom = max(0, int(piece.top)), int(piece.bottom) + 1
    base = top + base_line([ink_of(pixels[top:bottom, left:right])])
    rows = np.arange(base - round(ABOVE * piece.height), base + round(BELOW * piece.height))
    band = ink_of(pixels[np.clip(rows, 0, len(pixels) - 1), left:right])
    # The rows above and below reach into the band where lines are close.
    band[(rows < piece.top - 1) | (rows > piece.bottom + 0.12 * piece.height)] = 0
    _clear_edges(band)
    inked = band > INK
    floor = round(ABOVE * piece.height)
    upper: Any = inked[: max(1, floor - 1)].any(axis=0)
    under: Any = inked.any(axis=0) & ~upper
    start, end = piece.left - left - EDGE * piece.height, piece.right - left + EDGE * piece.height
    flat = (run for run in _runs(under) if run[1] - run[0] >= NARROWEST_UNDERSCORE * piece.height and _flat(inked, run))
    above = [run for run in _runs(upper) if run[1] >= start and run[0] <= end]
    low = [run for run in flat if run[1] >= start and run[0] <= end]
    if "_" not in piece.text:
        low = [run for run in low if not _is_foot(inked[:, run[0] : run[1]], run, above, floor)]
    return Line(piece, band, left, tuple(low), tuple(above))


def _clear_edges(band: Floats) -> None:
    """Clear rows and columns that are inked from end to end: the ground around a highlighted word, rules."""
    band[(band > INK).mean(axis=1) > WHOLE] = 0
    kept = band.any(axis=1)
    if kept.any():
        full: Any = (band[kept] > INK).mean(axis=0) > WHOLE
        # Only from the ends on: an l between letters is as high as its line.
        band[:, np.logical_and.accumulate(full) | np.logical_and.accumulate(full[::-1])[::-1]] = 0


def _is_foot(inked: NDArray[np.bool_], run: Run, above: Sequence[Run], floor: int) -> bool:
    """Return whether flat ink is the foot of a letter, such as an L's, that reaches over the base line."""
    first = int(np.flatnonzero(inked.any(axis=1))[0])
    touches = any(other[0] - 1 <= run[1] and run[0] <= other[1] + 1 for other in above)
    return first < floor or (first == floor and touches)


def _flat(inked: NDArray[np.bool_], run: Run) -> bool:
    rows = np.flatnonzero(inked[:, run[0] : run[1]].any(axis=1))
    return bool(len(rows)) and rows[-1] - rows[0] + 1 <= max(3, 0.25 * (run[1] - run[0]) + 1)


def seen_in(line: Line) -> list[Seen]:
    """Return the characters of a line's piece, spaces included, each with its ink where that can be cut out."""
    glyphs = line.piece.glyphs
    solid = [index for index, glyph in enumerate(glyphs) if not glyph.text.isspace() and glyph.text != "_"]
    places = [glyphs[index].x - line.left for index in solid]
    width = max(1.0, line.piece.width / max(1, len(glyphs)))
    owners, _ = _assign([glyphs[index].text for index in solid], places, line.runs, width)
    inks = {solid[at]: _cut_out(line.band, run) for at, run in owners.items()}
    return [
        Seen(glyph.text, glyph.chance, glyph.rival, glyph.rival_chance, inks.get(index))
        for index, glyph in enumerate(glyphs)
    ]


def _cut_out(band: Floats, run: Run) -> Floats:
    """Return the ink of a run with the pale edges beside it, without a neighbour's tail under the line."""
    start = max(0, run[0] - 1)
    ink: Floats = band[:, start : run[1] + 1].copy()
    for column in (*range(run[0] - start), *range(run[1] - start, ink.shape[1])):
        ink[ink[:, column] > INK, column] = 0
    return ink


def with_missed(line: Line) -> Piece:
    """Return a line's piece with a dot, a dash or a mark of doubt for each run of ink that nobody read."""
    glyphs = line.piece.glyphs
    solid = [glyph for glyph in glyphs if not glyph.text.isspace() and glyph.text != "_"]
    width = max(1.0, line.piece.width / max(1, len(glyphs)))
    _, taken = _assign([glyph.text for glyph in solid], [glyph.x - line.left for glyph in solid], line.runs, width)
    left, right = line.piece.left - line.left - 1, line.piece.right - line.left + 1
    missed = [run for at, run in enumerate(line.runs) if at not in taken and run[0] >= left and run[1] <= right]
    if not missed:
        return line.piece
    added = [_missed_glyph(line, run) for run in missed]
    added = [
        dot if dot.text == UNREAD or _among_underscores(line, dot.x) else replace(dot, text=UNREAD) for dot in added
    ]
    return line.piece.with_glyphs(sorted([*glyphs, *added], key=lambda glyph: glyph.x))


def _among_underscores(line: Line, x: float) -> bool:
    reach = line.piece.height
    return any(run[0] - reach < x - line.left < run[1] + reach for run in line.low)


def _missed_glyph(line: Line, run: Run) -> Glyph:
    from headroom_nb.techniques.transcript.pieces import Glyph

    rows = np.flatnonzero((line.band[:, run[0] : run[1]] > INK).any(axis=1))
    tall, wide = rows[-1] - rows[0] + 1, run[1] - run[0]
    floor, small = round(ABOVE * line.piece.height), 0.2 * line.piece.height
    if tall <= small and wide <= small and abs(rows[-1] - floor) <= max(2, 0.1 * line.piece.height):
        text = "."
    else:
        text = UNREAD
    return Glyph(text, line.left + (run[0] + run[1]) / 2)


def _assign(
    texts: Sequence[str], places: Sequence[float], runs: Sequence[Run], width: float
) -> tuple[dict[int, Run], set[int]]:
    """Return the run of each character that has one of its own, and the numbers of all runs that belong to any."""
    middles = ((run[0] + run[1]) / 2 for run in runs)
    # A dot that nobody read makes up for two letters that touch: then as many stand elsewhere.
    if len(texts) == len(runs) and all(abs(x - middle) < width for x, middle in zip(places, middles, strict=True)):
        return dict(enumerate(runs)), set(range(len(runs)))
    rows, columns = len(texts) + 1, len(runs) + 1
    cost = np.full((rows, columns), np.inf)
    cost[0, 0] = 0.0
    came: dict[tuple[int, int], tuple[int, int]] = {}

    def offer(i: int, j: int, price: float, before: tuple[int, int]) -> None:
        if i < rows and j < columns and price < cost[i, j]:
            cost[i, j] = price
            came[i, j] = before

    for i in range(rows):
        for j in range(max(0, i - BAND), min(columns, i + BAND + 1)):
            if cost[i, j] < np.inf:
                for texts_taken, runs_taken, price in _moves(texts, places, runs, i, j, width):
                    offer(i + texts_taken, j + runs_taken, float(cost[i, j]) + price, (i, j))
    owners: dict[int, Run] = {}
    taken: set[int] = set()
    i, j = rows - 1, columns - 1
    while (i, j) != (0, 0) and (i, j) in came:
        before = came[i, j]
        if (i - before[0], j - before[1]) == (1, 1):
            owners[before[0]] = runs[before[1]]
        if i > before[0]:
            taken.update(range(before[1], j))
        i, j = before
    return owners, taken


def _moves(
    texts: Sequence[str], places: Sequence[float], runs: Sequence[Run], i: int, j: int, width: float
) -> Iterator[tuple[int, int, float]]:
    """Yield the ways on from the i-th character and the j-th run: how many of both are taken, and the price."""
    yield 1, 0, SKIPPED
    yield 0, 1, SKIPPED
    if i >= len(texts) or j >= len(runs):
        return
    middle = (runs[j][0] + runs[j][1]) / 2
    yield 1, 1, abs(places[i] - middle) / width
    if texts[i] in TWO_RUNS and j + 1 < len(runs):
        yield 1, 2, abs(places[i] - (runs[j][0] + runs[j + 1][1]) / 2) / width
    if i + 1 < len(texts):
        yield 2, 1, MERGED + abs((places[i] + places[i + 1]) / 2 - middle) / width


def with_underscores(lines: Sequence[Line]) -> list[Piece]:
    """Return the lines' pieces with as many underscores as their ink is long."""
    most = _widest_underscore(lines)
    lengths = sorted(end - start for line in lines for start, end in line.low)
    unit = lengths[0] / max(1, math.ceil(lengths[0] / most)) if lengths else 1.0
    return [_counted(line, unit) if line.low else line.piece for line in lines]


def _widest_underscore(lines: Sequence[Line]) -> float:
    """Return the width in pixels that one underscore has at most."""
    by_box = WIDEST_UNDERSCORE * statistics.median(line.piece.height for line in lines)
    tall = [line for line in lines if _ASCENDERS.search(line.piece.text) and (line.band > INK).any()]
    if not tall:
        return by_box
    heights = [
        round(ABOVE * line.piece.height) - int(np.flatnonzero((line.band > INK).any(axis=1))[0]) for line in tall
    ]
    return min(by_box, WIDEST_TO_ASCENDER * statistics.median(heights))


def _counted(line: Line, unit: float) -> Piece:
    """Return a line's piece with each group of underscores as long as the run of ink under it."""
    groups: list[list[Glyph]] = []
    for glyph in line.piece.glyphs:
        if groups and (groups[-1][0].text == "_") and glyph.text == "_":
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    owned = _owned(line, groups)
    width = line.piece.width / max(1, len(line.piece.glyphs))
    placed: list[list[Glyph]] = []
    for index, group in enumerate(groups):
        run = owned.get(index)
        placed.append(group if run is None else _underscores(line, run, unit))
    free = [run for run in line.low if run not in owned.values()]
    for run in free:
        start, end = run[0] + line.left, run[1] + line.left
        # Where the engine saw a space instead, the underscore takes its place.
        placed = [
            group
            for group in placed
            if not (group[0].text.isspace() and start - width / 2 < group[0].x < end + width / 2)
        ]
        at = next((i for i, group in enumerate(placed) if group[0].x > (start + end) / 2), len(placed))
        placed.insert(at, _underscores(line, run, unit))
    return line.piece.with_glyphs([glyph for group in placed for glyph in group])


def _owned(line: Line, groups: list[list[Glyph]]) -> dict[int, Run]:
    """Return the run of ink of each group of underscores, by the group's number."""
    scored = [index for index, group in enumerate(groups) if group[0].text == "_"]
    if len(scored) == len(line.low):
        return dict(zip(scored, line.low, strict=True))
    reach = 1.2 * line.piece.width / max(1, len(line.piece.glyphs))
    owned: dict[int, Run] = {}
    for run in line.low:
        near = [
            (
                abs(sum(glyph.x for glyph in groups[index]) / len(groups[index]) - line.left - (run[0] + run[1]) / 2),
                index,
            )
            for index in scored
            if index not in owned
        ]
        if near and min(near)[0] < max(reach, (run[1] - run[0]) / 2):
            owned[min(near)[1]] = run
    return owned


def _underscores(line: Line, run: Run, unit: float) -> list[Glyph]:
    from headroom_nb.techniques.transcript.pieces import Glyph

    count = max(1, round((run[1] - run[0]) / unit))
    glyphs = [Glyph("_", line.left + run[0] + (run[1] - run[0]) * (at + 0.5) / count) for at in range(count)]
    if abs((run[1] - run[0]) / unit - count) > UNEVEN:
        glyphs[-1] = Glyph(f"_{UNREAD}", glyphs[-1].x)
    return glyphs


def _runs(columns: NDArray[Any]) -> list[Run]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], columns.astype(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
