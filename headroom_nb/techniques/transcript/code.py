"""Text in a fixed-width font, every character in its cell: indentation, underscores and ligatures as typed."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.techniques.transcript.align import lay
from headroom_nb.techniques.transcript.grid import base_line, cells_of, fit_grid, ink_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from headroom_nb.techniques.transcript.grid import Cell, Floats
    from headroom_nb.techniques.transcript.pieces import Glyph
    from headroom_nb.techniques.transcript.reading_order import Row

    Laid = tuple[Cell, Glyph | None, str]

EVEN_ROWS = 0.25
"""Rows stand on even lines when none is further from them than this share of the step."""

FULL = 0.6
"""Rows lower than this share of the usual height are bits of a line."""

SURE = 0.9
"""Characters read with this probability show how the page's font draws them."""

APART = 0.06
"""An unread cell takes the character whose mean drawing resembles it more than every other's by this correlation."""

CLEARLY = 0.05
"""Of two that are often confused, the other is taken where it resembles the cell this much more."""

UNLIKE, PLAINLY = 0.6, 0.9
"""A character whose drawing correlates less than the first with its own kind, and more than the second with another's,
was misread."""

CONFUSED = ("0OQD", "1lI|", "5S", "8B", "2Z", "ij")
"""Characters that a recogniser takes for one another."""

CASED = frozenset("cCoOsSuUvVwWxXzZ")
"""Letters whose capitals have the same shape."""

LOOKALIKES = {
    "二": "=",
    "一": "-",
    "火": "*",
    "丨": "|",
    "，": ",",
    "：": ":",
    "（": "(",
    "）": ")",
    "；": ";",
    "、": ",",
}
"""What stands in code where the recogniser saw a character of another script."""

UNKNOWN = "‹?›"
"""What is written for a cell that holds ink nobody could read."""

_CELL = (20, 12)


@dataclass(frozen=True)
class CodeText:
    """Lines of code, and the characters in them that nobody is sure of."""

    lines: list[str]
    doubts: int


def read_cells(rows: Sequence[Row], pitch: float, pixels: NDArray[np.uint8]) -> CodeText | None:
    """Return rows of one fixed-width font cell by cell; None where the pixels do not show its grid.

    Parameters
    ----------
    rows
        Rows from top to bottom; pixels of the image.
    pitch
        The width of a character as the engine sees it, in pixels.
    pixels
        The image, ``(h, w, 3)``.
    """
    pieces = [piece for row in rows for piece in row]
    if len(rows) < 2 or not all(piece.upright and piece.glyphs for piece in pieces):
        return None
    lines = _even_lines(rows)
    if lines is None:
        return None
    top, step, by_line = lines
    left, right = min(piece.left for piece in pieces) - pitch / 2, max(piece.right for piece in pieces) + pitch / 2
    bands = [ink_of(_band(pixels, top + number * step, step, left, right)) for number in range(max(by_line) + 1)]
    shift = max(0, int(left))
    inked = [bands[number] for number in by_line]
    grid = fit_grid(inked, pitch, left - shift, right - shift)
    base = base_line(inked)
    laid: list[list[Laid]] = []
    left_over = 0
    for number, band in enumerate(bands):
        glyphs = sorted(
            (
                _moved(glyph, shift)
                for piece in (by_line.get(number) or ())
                for glyph in piece.glyphs
                if not glyph.text.isspace() and glyph.text != "_"
            ),
            key=lambda glyph: glyph.x,
        )
        cells = cells_of(band, grid, base, left - shift, right - shift)
        found, spare = lay(glyphs, [cell for cell in cells if not cell.underscore], grid)
        left_over += spare
        laid.append(sorted([*found, *((cell, None, "_") for cell in cells if cell.underscore)], key=_column))
    doubts = left_over + _read_the_rest(laid)
    first = min((line[0][0].column for line in laid if line), default=0)
    return CodeText([_line(line, first) for line in laid], doubts)


def _even_lines(rows: Sequence[Row]) -> tuple[float, float, dict[int, Row]] | None:
    """Return the middle of the first line, the step, and what stands in each line, by its number."""
    height = statistics.median(piece.height for row in rows for piece in row)
    full = [row for row in rows if max(piece.height for piece in row) > FULL * height]
    middles = np.array([statistics.mean(piece.middle for piece in row) for row in full])
    steps = np.diff(middles)
    steps = steps[steps > 0.5 * height]
    if not len(steps):
        return None
    step, top = float(np.quantile(steps, 0.3)), float(middles[0])
    for _ in range(3):
        numbers = np.round((middles - top) / step)
        if numbers[-1] == numbers[0]:
            return None
        step, top = (float(value) for value in np.polyfit(numbers, middles, 1))
    if np.abs(middles - (top + step * numbers)).max() > EVEN_ROWS * step or numbers[-1] > 4 * len(full) + 8:
        return None
    lines: dict[int, Row] = defaultdict(list)
    for row in rows:
        for piece in row:
            lines[max(0, round((piece.middle - top) / step))].append(piece)
    return top, step, dict(lines)


def _band(pixels: NDArray[np.uint8], middle: float, step: float, left: float, right: float) -> NDArray[np.uint8]:
    """Return the pixels of one line, all of one height; what lies outside the image is its nearest row."""
    height = max(4, round(step))
    rows = np.clip(np.arange(height) + round(middle - height / 2), 0, len(pixels) - 1)
    band: NDArray[np.uint8] = pixels[rows, max(0, int(left)) : max(1, int(right) + 1)]
    return band


def _moved(glyph: Glyph, shift: float) -> Glyph:
    from dataclasses import replace

    return replace(glyph, x=glyph.x - shift)


def _column(entry: Laid) -> int:
    return entry[0].column


def _line(line: list[Laid], first: int) -> str:
    """Return the text of a line; a sign of several characters does not push the others from their columns."""
    text, end = "", first
    for cell, _, char in line:
        text += " " * (cell.column - end) + char
        end = cell.column + (1 if char == UNKNOWN else len(char))
    return text


def _read_the_rest(laid: list[list[Laid]]) -> int:
    """Fill in what stands in unread cells and set right what was read as another; return how many stay unread."""
    drawings: dict[str, list[Floats]] = defaultdict(list)
    for line in laid:
        for index, (cell, glyph, text) in enumerate(line):
            if glyph is not None and glyph.chance >= SURE and text == glyph.text and _context_is_sure(line, index):
                drawings[text].append(_normal(cell.ink))
    means = {char: _unit(np.mean(found, axis=0)) for char, found in drawings.items()}
    filled = any(_filled(cell.ink) for line in laid for cell, _, text in line if text in {"0", "O"})
    tops = _tops(laid)
    unread = 0
    for line in laid:
        for index, (cell, glyph, text) in enumerate(line):
            if len(text) > 1 or text == "_":
                continue
            read = _checked(text, cell.ink, means, tops, filled=filled) if text.isascii() and text else ""
            read = read or _plain_sign(cell.ink) or _most_alike(cell.ink, means) or LOOKALIKES.get(text, "")
            if not read and text and not text.isascii():
                read = text
            unread += not read
            line[index] = (cell, glyph, read or UNKNOWN)
    return unread


def _checked(text: str, ink: Floats, means: dict[str, Floats], tops: tuple[float, float], *, filled: bool) -> str:
    """Return the character that a cell read as ``text`` shows."""
    if text in CASED:
        small, capital = tops
        top = _top(ink)
        text = text.lower() if abs(top - small) < abs(top - capital) else text.upper()
    if filled and text in "0O":
        return "0" if _filled(ink) else "O"
    view = _normal(ink)
    group = next((group for group in CONFUSED if text in group), text)
    scores = {char: float((view * means[char]).sum()) for char in group if char in means}
    if len(scores) > 1 and text in scores:
        best = max(scores, key=scores.__getitem__)
        return best if scores[best] > scores[text] + CLEARLY else text
    if scores.get(text, 0.0) < UNLIKE:
        other = _most_alike(ink, means, PLAINLY)
        return text if not other or other in group or other.lower() == text.lower() else other
    return text


def _top(ink: Floats) -> float:
    rows = np.flatnonzero((ink > 0.4).any(axis=1))
    return float(rows[0]) if len(rows) else 0.0


def _tops(laid: list[list[Laid]]) -> tuple[float, float]:
    """Return where small letters and where capitals begin, in pixels from the top of a band."""
    tops: dict[bool, list[float]] = {True: [], False: []}
    for line in laid:
        for cell, _, text in line:
            if text and (text in "acemnorsuvwxz" or text in "ABDEFHKLMNPRTbdfhkl"):
                tops[text in "acemnorsuvwxz"].append(_top(cell.ink))
    if not tops[True] or not tops[False]:
        return 0.0, -1e9
    return statistics.median(tops[True]), statistics.median(tops[False])


def _context_is_sure(line: list[Laid], index: int) -> bool:
    """Return whether a character's neighbours confirm what it is: letters among letters, digits among digits."""
    cell, _, text = line[index]
    if not any(text in group for group in CONFUSED):
        return True
    beside = [
        other
        for at in (index - 1, index + 1)
        if 0 <= at < len(line) and abs(line[at][0].column - cell.column) == 1
        for other in line[at][2]
    ]
    if text.isdigit():
        return bool(beside) and all(other.isdigit() or other in ".,:[(" for other in beside)
    kind = str.isupper if text.isupper() else str.islower if text.islower() else None
    if kind is None:
        return True
    return len(beside) == 2 and all(kind(other) and not any(other in group for group in CONFUSED) for other in beside)


def _filled(ink: Floats) -> bool:
    """Return whether a round character has a dot or a stroke in its middle: a zero of a programmer's font."""
    rows, columns = np.flatnonzero((ink > 0.5).any(axis=1)), np.flatnonzero((ink > 0.5).any(axis=0))
    if len(rows) < 5 or len(columns) < 4:
        return False
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = box.shape
    middle = box[round(0.38 * height) : max(round(0.62 * height), round(0.38 * height) + 1)]
    middle = middle[:, round(0.36 * width) : max(round(0.64 * width), round(0.36 * width) + 1)]
    return bool(middle.max() > 0.45)


def _unit(view: Floats) -> Floats:
    return np.asarray(view / max(1e-6, float(np.linalg.norm(view))), dtype=np.float32)


def _normal(ink: Floats) -> Floats:
    import cv2

    view = cv2.resize(np.ascontiguousarray(ink), (_CELL[1], _CELL[0]), interpolation=cv2.INTER_AREA)
    view = view - view.mean()
    return np.asarray(view / max(1e-6, float(np.linalg.norm(view))), dtype=np.float32)


def _plain_sign(ink: Floats) -> str:
    """Return the dash or dot that a cell holds; empty where it is neither."""
    rows, columns = np.flatnonzero((ink > 0.5).any(axis=1)), np.flatnonzero((ink > 0.5).any(axis=0))
    if not len(rows) or not len(columns):
        return ""
    tall, wide = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    middle = (rows[0] + rows[-1]) / 2 / len(ink)
    if wide >= 2 * tall and wide >= 0.3 * ink.shape[1] and tall <= 0.15 * len(ink) and 0.4 < middle < 0.68:
        return "-"
    return ""


def _most_alike(ink: Floats, means: dict[str, Floats], least: float = 0.8) -> str:
    """Return the character whose drawings a cell resembles most; empty where none or several do."""
    view = _normal(ink)
    scores = sorted(((float((view * mean).sum()), char) for char, mean in means.items()), reverse=True)
    if not scores or scores[0][0] < least or (len(scores) > 1 and scores[0][0] - scores[1][0] < APART):
        return ""
    return scores[0][1]
