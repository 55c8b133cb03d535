"""Text in a fixed-width font, every character in its cell: indentation, underscores and ligatures as typed."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.runtime.stopping import checkpoint
from headroom_nb.techniques.transcript.align import lay
from headroom_nb.techniques.transcript.drawings import most_like, told_by_drawings
from headroom_nb.techniques.transcript.exact import doubt, is_doubt, is_low, settle
from headroom_nb.techniques.transcript.grid import base_line, cells_of, fit_grid, ink_of, leaks_in
from headroom_nb.techniques.transcript.shapes import CASED, Seen, metrics_of, verdict
from headroom_nb.techniques.transcript.signs import sign_of
from headroom_nb.techniques.transcript.spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from headroom_nb.techniques.transcript.grid import Cell, Floats
    from headroom_nb.techniques.transcript.pieces import Glyph
    from headroom_nb.techniques.transcript.rows import Row
    from headroom_nb.techniques.transcript.shapes import Metrics

    Laid = tuple[Cell, Glyph | None, str]

EVEN_ROWS = 0.25
"""Rows stand on even lines when none is further from them than this share of the step."""

FEW_CELLS, FEW_BETWEEN = 3, 12
"""A line of which nothing was read is read from its cells where they are so few, around the others and between them;
else it is ink that was not read."""

MOST_UNREAD = 0.06
"""With more characters out of their cells than this share, it is no fixed-width font."""

CROSSED = 0.25
"""Where ink runs across more borders than this share, it is no fixed-width font: measured 0 to 0.05 in twelve looks of
fixed-width fonts, 0.56 and more for capitals of proportional ones."""

FULL = 0.6
"""Rows lower than this share of the usual height are bits of a line."""

SURE = 0.9
"""Characters read with this probability show how the page's font draws them."""

APART = 0.06
"""An unread cell takes the character whose mean drawing resembles it more than every other's by this correlation."""

UNLIKE, PLAINLY = 0.6, 0.9
"""A character whose drawing correlates less than the first with its own kind, and more than the second with another's,
was misread."""

EVEN = 0.5
"""... and so was one of which a second look saw another with this probability."""

COMPARED = 4
"""Drawings of a character with which a cell that nobody read is compared."""

CONFUSED = ("0OQD", "1lI|ij", "5S", "8B", "2Z")
"""Characters whose drawings are too alike to tell them by correlation."""

WORDLY = {"1": "l", "I": "l", "0": "o"}
"""What a character that the pixels leave open is between small letters."""

DASHES = frozenset("−–—‒‐")
"""Only a minus is typed in code."""

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
    "十": "+",
    "【": "[",
    "】": "]",
    "《": "<",
    "》": ">",
}
"""What stands in code where the recogniser saw a character of another script."""

UNKNOWN = "‹?›"
"""What is written for a cell that holds ink nobody could read."""

_CELL = (20, 12)
_FORMATTED = re.compile(r"""\b[rb]?f["'].*\{""")


@dataclass(frozen=True)
class CodeText:
    """Lines of code, the characters in them that nobody is sure of, and where they stand (pixels of the image)."""

    lines: list[str]
    doubts: int
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


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
    even = _even_lines(rows)
    if even is None:
        return None
    top, step, by_line = even
    left, right = min(piece.left for piece in pieces) - pitch / 2, max(piece.right for piece in pieces) + pitch / 2
    last = max(by_line)
    # Lines with a bracket alone are often missed: one more line above and below is looked at.
    if top >= step:
        top, last = top - step, last + 1
        by_line = {number + 1: row for number, row in by_line.items()}
    last += (top + (last + 1) * step) < len(pixels)
    bands = [ink_of(_band(pixels, top + number * step, step, left, right)) for number in range(last + 1)]
    shift = max(0, int(left))
    inked = [bands[number] for number in by_line]
    grid = fit_grid(inked, pitch, left - shift, right - shift)
    base = base_line(inked)
    laid: list[list[Laid]] = []
    left_over = 0
    for number, band in enumerate(bands):
        checkpoint()
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
        between = min(by_line) < number < max(by_line)
        if number not in by_line and len(cells) > (FEW_BETWEEN if between else FEW_CELLS):
            cells = []
        found, spare = lay(glyphs, [cell for cell in cells if not cell.underscore], grid)
        found = [entry for entry in found if entry[2] or not leaks_in(entry[0])]
        left_over += spare
        laid.append(sorted([*found, *((cell, None, "_") for cell in cells if cell.underscore)], key=_column))
    unread = left_over + sum(not text for number in by_line for _, _, text in laid[number])
    if unread > MOST_UNREAD * sum(map(len, laid)):
        return None
    crossed = sum(cell.joined for line in laid for cell, _, _ in line if not cell.underscore)
    if crossed > CROSSED * sum(map(len, laid)):
        return None
    doubts = left_over + _read_the_rest(laid)
    first = min((line[0][0].column for line in laid if line), default=0)
    lines = [spelled(_line(line, first)) for line in laid]
    while lines and (not lines[-1] or (UNKNOWN in lines[-1] and len(lines) - 1 not in by_line)):
        del lines[-1]
    while lines and (not lines[0] or (UNKNOWN in lines[0] and 0 not in by_line)):
        del lines[0]
    return CodeText(lines, doubts, (left, top - step / 2, right, top + (last + 0.5) * step))


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
    # From line to line at first: a step that is off by a little is off by a line after thirty.
    numbers = np.concatenate(([0.0], np.cumsum(np.round(np.diff(middles) / step))))
    for _ in range(3):
        if numbers[-1] == numbers[0]:
            return None
        step, top = (float(value) for value in np.polyfit(numbers, middles, 1))
        numbers = np.round((middles - top) / step)
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
    return replace(glyph, x=glyph.x - shift)


def _column(entry: Laid) -> int:
    return entry[0].column


def _line(line: list[Laid], first: int) -> str:
    """Return the text of a line; a sign of several characters does not push the others from their columns."""
    text, end = "", first
    for cell, _, char in line:
        text += " " * (cell.column - end) + char
        end = cell.column + (1 if is_doubt(char) else len(char))
    return text


def _read_the_rest(laid: list[list[Laid]]) -> int:
    """Fill in what stands in unread cells and set right what was read as another; return how many stay doubtful."""
    lines = [[_seen(cell, glyph, text) for cell, glyph, text in line] for line in laid]
    metrics = metrics_of(seen for line in lines for seen in line)
    drawings: dict[str, list[Floats]] = defaultdict(list)
    for seen in (seen for line in lines for seen in line):
        if seen.chance >= SURE and len(seen.text) == 1 and seen.ink is not None:
            drawings[seen.text].append(seen.ink)
    means = {char: _unit(np.mean([_normal(ink) for ink in found], axis=0)) for char, found in drawings.items()}
    few = {char: found[:COMPARED] for char, found in drawings.items()}
    spreads: list[list[Seen]] = []
    for line, seen_line in zip(laid, lines, strict=True):
        near = _neighbours(line, [_cased(seen, metrics) for seen in seen_line])
        read = [
            _read(seen, means, metrics, beside) or most_like(seen, few) or UNKNOWN
            for seen, beside in zip(seen_line, near, strict=True)
        ]
        spreads.append(
            _with_spaces(line, [replace(seen, text=text) for seen, text in zip(seen_line, read, strict=True)])
        )
    doubts = 0
    for line, spread, told in zip(laid, spreads, told_by_drawings(spreads), strict=True):
        settled = [told.get(at, text) for at, text in enumerate(settle(spread, metrics))]
        settled = _with_conversions(settled, spread)
        settled = [text for text, seen in zip(settled, spread, strict=True) if not seen.text.isspace()]
        doubts += sum(is_doubt(text) for text in settled)
        line[:] = [(cell, glyph, text) for (cell, glyph, _), text in zip(line, settled, strict=True)]
    return doubts


def _with_conversions(texts: list[str], seen: Sequence[Seen]) -> list[str]:
    """Return characters with the ``!`` before the ``r`` of ``{name!r}``, which small fonts draw like an l."""
    marked, line = list(texts), "".join(texts)
    if not _FORMATTED.search(line):
        return marked
    for at in range(2, len(texts) - 2):
        thin = texts[at] in {"1", "l", "I", "|"} or (is_doubt(texts[at]) and "l" in texts[at])
        if thin and seen[at].chance < SURE and texts[at + 1] in {"r", "s", "a"} and texts[at + 2] in {"}", ":"}:
            marked[at] = "!"
    return marked


def _neighbours(line: list[Laid], texts: Sequence[str]) -> list[tuple[str, str]]:
    """Return what stands right before and right behind each character of a line."""
    at = {cell.column: text for (cell, _, _), text in zip(line, texts, strict=True)}
    return [(at.get(cell.column - 1, ""), at.get(cell.column + 1, "")) for cell, _, _ in line]


def _cased(seen: Seen, metrics: Metrics) -> str:
    """Return a character in the case that its height says: one misread beside another says nothing of its case."""
    drawn = verdict(seen, metrics) if seen.text and seen.text in CASED else seen.text
    return drawn if drawn.lower() == seen.text.lower() else seen.text


def _seen(cell: Cell, glyph: Glyph | None, text: str) -> Seen:
    if glyph is None or len(text) != 1:
        return Seen(text, ink=None if len(text) > 1 or text == "_" else cell.ink)
    return Seen(text, glyph.chance, glyph.rival, glyph.rival_chance, cell.ink)


def _with_spaces(line: list[Laid], seen: list[Seen]) -> list[Seen]:
    """Return the characters of a line with a space wherever cells are empty between two."""
    spread: list[Seen] = []
    end = None
    for (cell, _, _), each in zip(line, seen, strict=True):
        if end is not None and cell.column > end:
            spread.append(Seen(" "))
        spread.append(each)
        end = cell.column + max(1, len(each.text) if "‹" not in each.text else 1)
    return spread


def _read(seen: Seen, means: dict[str, Floats], metrics: Metrics, near: tuple[str, str]) -> str:
    """Return the character in a cell, as read where nothing speaks against it; empty where nothing is known.

    ``near`` are its neighbours, empty beside a space.
    """
    text, ink = seen.text, seen.ink
    if ink is None or len(text) > 1:
        return text
    if text in DASHES:
        return "-"
    sign = sign_of(text, ink, metrics, in_word=near[0].isalpha() and near[1].isalpha())
    if text and text.isascii():
        if sign:
            return sign
        possible = verdict(seen, metrics)
        before, after = near
        among_letters = before.isalpha() and before.islower() and (after.islower() or not after.isalnum())
        if among_letters and text in WORDLY and WORDLY[text] in possible.lower():
            return WORDLY[text]
        if (
            len(possible) == 1
            and possible != text
            and not (seen.chance >= SURE and _language_says(seen, possible, near))
        ):
            return doubt(text, possible) if text in "1lI" and seen.chance >= SURE and is_low(seen) else possible
        own = float((_normal(ink) * means[text]).sum()) if text in means else 0.0
        other = (_most_alike(ink, means, PLAINLY) or _rival(seen)) if own < UNLIKE else ""
        return other if other and other.lower() != text.lower() and not _confused(text, other) else text
    return _plain_sign(ink) or _most_alike(ink, means) or LOOKALIKES.get(text, "") or sign or text


def _rival(seen: Seen) -> str:
    """Return what a second look saw surely; empty where it saw nothing else."""
    return seen.rival if seen.rival_chance >= EVEN and seen.rival.isascii() and seen.rival.strip() else ""


def _language_says(seen: Seen, drawn: str, near: tuple[str, str]) -> bool:
    """Return whether a character's neighbours speak for what was read and against what is drawn."""
    text = seen.text
    if text in "lI":
        return any(map(str.isalpha, near))
    letters = [char for char in near if char.isalpha()]
    if drawn.lower() != text.lower():
        return False
    if letters:
        return any(char.islower() == text.islower() for char in letters)
    # Ink of a slanted neighbour makes a letter look higher, never lower.
    return drawn.isupper() or is_low(seen)


def _confused(one: str, other: str) -> bool:
    return any(one in group and other in group for group in CONFUSED)


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
    if not scores or scores[0][0] < least:
        return ""
    best = scores[0][1]
    others = (score for score, char in scores[1:] if not _confused(best, char))
    return best if scores[0][0] - next(others, 0.0) >= APART else ""
