"""Kinds of marks that are not known for every sibling: then none of the kind is written, and the transcript is refused.

A mark that is written for some rows of a column says of the others that they have none. That holds only where every
row was decided.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.runtime.stopping import checkpoint
from headroom_nb.techniques.transcript.grid import ink_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from headroom_nb.signals.marks import Mark
    from headroom_nb.techniques.transcript.pieces import Piece

    Box = tuple[float, float, float, float]

READ_AS = {"V": "✓", "v": "✓", "√": "✓", "✓": "✓", "✔": "✓", "X": "✗", "x": "✗", "×": "✗", "✗": "✗", "✕": "✗"}
"""What a recogniser makes of ticks and crosses."""

TICKS = frozenset("Vv√✓✔LΛ")
"""... and of ticks alone."""

SHAPES = ("box", "circle", "tick", "cross", "arrow", "star", "dot", "toggle", "rating")

SPOKEN = 6
"""Pieces of so many characters in a chat belong to a speaker; shorter ones are times and ticks."""

SAME_PLACE = 0.6
"""Shapes whose middles are nearer than this share of their height stand in one column."""

WORD = 3
"""Ink that was read as so many characters is a word, not a mark that was missed."""

MISSED = 0.4
"""Other ink in a column of marks that is this high, over the height of a mark, may be one that was missed."""

STRUCK = 0.6
"""A line through this share of a coloured span goes through it."""

_POWER = re.compile(r"(?<![\d.,])10[-\u2212]?\d{1,2}(?![\d.,])")

_FREE = {"tick": {"cross"}, "cross": {"tick"}}


def unsure_kinds(
    strong: Sequence[Mark], found: Sequence[Mark], pieces: Sequence[Piece], pixels: NDArray[np.uint8] | None = None
) -> set[str]:
    """Return the kinds of which not every mark is known for sure.

    Parameters
    ----------
    strong, found
        The marks that must not be lost, and all marks.
    pieces
        The page's pieces, upright.
    pixels
        The image, ``(h, w, 3)``.
    """
    unsure: set[str] = set()
    shapes = [mark for mark in found if mark.kind in {*SHAPES, "unread"}]
    for mark in strong:
        checkpoint()
        if mark.kind in {"arrow", "tick", "cross"}:
            beside = (other for other in shapes if other.kind != mark.kind and _in_column(mark, other))
            if any(other.kind not in _FREE.get(mark.kind, ()) for other in beside):
                unsure.add(mark.kind)
    for kind, needs_one in (("side", _speaks), ("raised", _may_be_raised)):
        boxes = [mark.box for mark in strong if mark.kind == kind]
        if boxes and any(needs_one(piece) and not any(beside_row(box, piece) for box in boxes) for piece in pieces):
            unsure.add(kind)
    ticks = [mark for mark in strong if mark.kind in {"tick", "cross"}]
    if ticks and not _full_rows(ticks, pieces):
        unsure |= {"tick", "cross"}
    if sum(mark.value == "filled" for mark in strong if mark.kind == "circle") > 1:
        unsure.add("circle")  # of radio buttons one is filled; other circles have no sign of their own
    if any(not _struck_like_siblings(mark, strong) for mark in strong if mark.kind == "colour"):
        unsure.add("strike")
    if pixels is not None:
        unsure |= _with_other_ink([mark for mark in strong if mark.kind in SHAPES], shapes, pieces, pixels)
    return unsure


def unread_ticks(pieces: Sequence[Piece], found: Sequence[Mark] = ()) -> Iterator[str]:
    """Yield ``"tick"`` where a column of letters is one of ticks and crosses, of which none was seen as a mark."""
    unread = [_middle(mark.box)[0] for mark in found if mark.kind == "unread"]
    single = [piece for piece in pieces if len(piece.text) == 1 and (piece.text in READ_AS or piece.text in TICKS)]
    for piece in single:
        column = [other.text for other in single if abs(other.left - piece.left) < SAME_PLACE * piece.height]
        x = (piece.left + piece.right) / 2
        gaps = any(abs(place - x) < SAME_PLACE * piece.height for place in unread)
        beside = [
            other
            for other in pieces
            if other.right < piece.left and abs(other.middle - piece.middle) < other.height / 2
        ]
        rows = [other for other in pieces for one in beside[:1] if abs(other.left - one.left) < SAME_PLACE * one.height]
        empty = len(column) < len(rows)  # in some rows no sign was seen at all
        if len(column) > 1 and (gaps or empty or (len(set(column)) > 1 and TICKS.intersection(column))):
            yield "tick"
            return


def _speaks(piece: Piece) -> bool:
    return len(piece.text) >= SPOKEN


def _may_be_raised(piece: Piece) -> bool:
    """Return whether a piece holds a power that stands like an ordinary number: where one is raised, all are."""
    return _POWER.search(piece.text) is not None


def _struck_like_siblings(mark: Mark, strong: Sequence[Mark]) -> bool:
    """Return whether a coloured span is struck where others of its colour are."""
    struck = [other for other in strong if other.kind == "strike"]
    alike = [other for other in strong if other.kind == "colour" and other.value == mark.value]
    if not struck or not any(_covered(other, struck) >= STRUCK for other in alike):
        return True
    return _covered(mark, struck) >= STRUCK


def _covered(mark: Mark, others: Sequence[Mark]) -> float:
    """Return the share of a mark's width over which others of its row run."""
    left, top, right, bottom = mark.box
    row = [other.box for other in others if top < (other.box[1] + other.box[3]) / 2 < bottom]
    return sum(max(0.0, min(right, box[2]) - max(left, box[0])) for box in row) / max(1.0, right - left)


def _with_other_ink(
    strong: Sequence[Mark], shapes: Sequence[Mark], pieces: Sequence[Piece], pixels: NDArray[np.uint8]
) -> set[str]:
    """Return the kinds in whose columns other ink of their height stands, above, below or between the marks."""
    unsure: set[str] = set()
    done: list[Mark] = []
    for mark in strong:
        if mark in done:
            continue
        checkpoint()
        column = [other for other in strong if _in_column(mark, other)]
        done += column
        tall = statistics.median(other.box[3] - other.box[1] for other in column)
        x = _middle(mark.box)[0]
        letters = [piece for piece in pieces if mark.kind in _FREE and piece.text in READ_AS]
        beside = [piece.middle for piece in letters if abs((piece.left + piece.right) / 2 - x) < SAME_PLACE * tall]
        middles = sorted([*beside, *(_middle(other.box)[1] for other in column)])
        step = min((b - a for a, b in itertools.pairwise(middles) if b - a > tall), default=2.5 * tall)
        left, right = min(other.box[0] for other in column), max(other.box[2] for other in column)
        top, bottom = max(0, int(middles[0] - 1.6 * step)), int(middles[-1] + 1.6 * step) + 1
        ink = ink_of(pixels[top:bottom, max(0, int(left)) : int(right) + 1]) > 0.5
        covered = [other.box for other in shapes] + [
            _box(piece) for piece in pieces if len(piece.text) >= WORD or piece in letters
        ]
        for box in covered:
            start, above = max(0, int(box[0] - left) - 2), max(0, int(box[1] - top) - 2)
            ink[above : max(0, int(box[3] - top) + 3), start : max(0, int(box[2] - left) + 3)] = False
        rows = np.diff(np.concatenate(([0], ink.any(axis=1).astype(np.int8), [0])))
        heights = np.flatnonzero(rows == -1) - np.flatnonzero(rows == 1)
        if len(heights) and MISSED * tall <= heights.max():
            unsure |= {other.kind for other in column}
    return unsure


def _in_column(one: Mark, other: Mark) -> bool:
    height = max(one.box[3] - one.box[1], other.box[3] - other.box[1])
    return abs(_middle(one.box)[0] - _middle(other.box)[0]) < SAME_PLACE * height


def _full_rows(ticks: Sequence[Mark], pieces: Sequence[Piece]) -> bool:
    """Return whether as many ticks and crosses, seen or read, stand in each row that has any."""
    rows: Counter[int] = Counter()
    places = [(_middle(mark.box), mark.box[3] - mark.box[1]) for mark in ticks]
    places += [
        (((piece.left + piece.right) / 2, piece.middle), piece.height)
        for piece in pieces
        if piece.text in READ_AS
        and not any(inside(mark.box, (piece.left + piece.right) / 2, piece.middle) for mark in ticks)
    ]
    tops: list[float] = []
    for (_, y), height in places:
        row = next((index for index, top in enumerate(tops) if abs(top - y) < height), None)
        if row is None:
            row = len(tops)
            tops.append(y)
        rows[row] += 1
    return len(set(rows.values())) == 1


def beside_row(box: Box, piece: Piece) -> bool:
    """Return whether a box and a piece stand in one row and overlap."""
    overlap = min(box[3], piece.bottom) - max(box[1], piece.top)
    tall = min(box[3] - box[1], piece.height)
    return overlap > 0.5 * tall and box[0] < piece.right and box[2] > piece.left


def inside(box: Box, x: float, y: float) -> bool:
    """Return whether a point stands in a box."""
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _box(piece: Piece) -> Box:
    return piece.left, piece.top, piece.right, piece.bottom


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
