"""Turn the lines an engine read into text that keeps the page's layout.

Columns of running text are read one after the other, tables become Markdown, text in a fixed-width font keeps its
columns and indentation, larger lines become headings, and wider gaps become empty lines.
"""

from __future__ import annotations

import itertools
import statistics
from typing import TYPE_CHECKING

from headroom_nb.techniques.transcript.code import read_cells
from headroom_nb.techniques.transcript.column_gaps import cut_at_columns
from headroom_nb.techniques.transcript.drop_capitals import with_drop_capitals
from headroom_nb.techniques.transcript.gutter import numbered_code
from headroom_nb.techniques.transcript.letters import without_stray_accents
from headroom_nb.techniques.transcript.pieces import pieces_of
from headroom_nb.techniques.transcript.reading_order import regions_of
from headroom_nb.techniques.transcript.rows import rows_of
from headroom_nb.techniques.transcript.strings import with_exact_strings
from headroom_nb.techniques.transcript.tables import BROKEN_WORD, table_end, to_markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from headroom_nb.ocr import OcrPage
    from headroom_nb.techniques.transcript.code import CodeText
    from headroom_nb.techniques.transcript.pieces import Piece
    from headroom_nb.techniques.transcript.rows import Row

UNEVEN = 0.18
"""In a fixed-width font the median line's characters stand closer than this to even steps."""

LONG, FIXED_LINES = 12, 2
"""Characters of a line that is long enough to tell, and how many such lines it takes..."""

SHORT_LINES, SAME_PITCH = 3, 1.1
"""... or so many shorter ones, whose characters are all of one width but for this factor."""

FIXED_PIECES = 1.5
"""With more pieces in a row on average it is a table, whatever its font."""

A_SPACE = 1.9
"""Pieces nearer than so many widths of a character are words with one space between them: the detector parts those of
large fonts."""

LONGEST_SIGN = 2
"""Pieces of so few characters, such as the signs before the lines of a diff, do not count for that."""

BIG, BIGGEST = 1.25, 1.5
"""A line this many times as high as the page's median is a heading; its second and its first level."""

HEADING_LENGTH = 90
BODY_LINES = 5
"""Pages with fewer lines have no headings."""

PARAGRAPH = 1.6
"""A step to the next line this many times the usual one begins a paragraph."""


def to_text(page: OcrPage, pixels: NDArray[np.uint8] | None = None) -> str:
    """Return the page's text in reading order; an empty string where nothing was read.

    Parameters
    ----------
    page
        What was read.
    pixels
        The image, ``(h, w, 3)``: with it, text in a fixed-width font is set cell by cell.
    """
    pieces, aside = pieces_of(page)
    pieces = without_stray_accents(pieces)
    return "\n\n".join([*(block for block, _ in blocks_of(pieces, pixels)), *aside])


def blocks_of(pieces: Sequence[Piece], pixels: NDArray[np.uint8] | None) -> list[tuple[str, CodeText | None]]:
    """Return the text of each region in reading order, and beside that of code what is known of its characters."""
    pieces = cut_at_columns(with_drop_capitals(pieces))
    body = statistics.median(piece.height for piece in pieces) if len(pieces) >= BODY_LINES else 0.0
    numbered = numbered_code(rows_of(pieces))
    if numbered is None:
        rows = rows_of(pieces)
        regions = [rows] if _is_one_column(rows) else regions_of(pieces)
        return [_region(rows, body, pixels) for rows in regions]
    above, below = ([piece for row in rows for piece in row] for rows in (numbered.above, numbered.below))
    return [
        *(_region(rows, body, pixels) for rows in regions_of(above)),
        _code(numbered.code, pixels) or (_region_text(numbered.code, body), None),
        *(_region(rows, body, pixels) for rows in regions_of(below)),
    ]


def _region(rows: list[Row], body: float, pixels: NDArray[np.uint8] | None) -> tuple[str, CodeText | None]:
    width = fixed_width(rows)
    if width is None:
        return _region_text(_settled(rows, pixels), body), None
    return _code(rows, pixels, width) or (_on_grid(rows, width), None)


def _settled(rows: list[Row], pixels: NDArray[np.uint8] | None) -> list[Row]:
    """Return rows with their exact strings settled."""
    if pixels is None:
        return rows
    settled = iter(with_exact_strings([piece for row in rows for piece in row], pixels))
    return [[next(settled) for _ in row] for row in rows]


def _code(
    rows: list[Row], pixels: NDArray[np.uint8] | None, width: float | None = None
) -> tuple[str, CodeText | None] | None:
    """Return code read cell by cell; None where that is not possible."""
    pitches = [piece.pitch for row in rows for piece in row if piece.pitch]
    if pixels is None or not pitches:
        return None if width is None or not pitches else (_on_grid(rows, width), None)
    width = width or statistics.median(pitches)
    read = read_cells(rows, width, pixels)
    return (_on_grid(_settled(rows, pixels), width), None) if read is None else ("\n".join(read.lines), read)


def _region_text(rows: list[Row], body: float) -> str:
    blocks: list[str] = []
    index = 0
    while index < len(rows):
        end = table_end(rows, index)
        if end > index:
            blocks.append(to_markdown(rows[index:end]))
        else:
            end = next((i for i in range(index + 1, len(rows)) if table_end(rows, i) > i), len(rows))
            blocks.append(_prose(rows[index:end], body))
        index = end
    return "\n\n".join(blocks)


def fixed_width(rows: Sequence[Row]) -> float | None:
    """Return the width of a character in pixels where the rows are set in a fixed-width font, else None."""
    pieces = [piece for row in rows for piece in row]
    measured = [piece for piece in pieces if piece.unevenness is not None and piece.pitch is not None]
    if not measured or not _all_ascii(rows):
        return None
    space = A_SPACE * statistics.median(piece.pitch or 0.0 for piece in measured)
    if sum(_cells_in(row, space) for row in rows) > FIXED_PIECES * len(rows):
        return None
    long = [piece for piece in measured if len(piece.text) >= LONG]
    pitches = [piece.pitch or 0.0 for piece in (long if len(long) >= FIXED_LINES else measured)]
    if len(long) < FIXED_LINES and (len(measured) < SHORT_LINES or max(pitches) > SAME_PITCH * min(pitches)):
        return None
    if (
        statistics.median(piece.unevenness or 0.0 for piece in (long if len(long) >= FIXED_LINES else measured))
        > UNEVEN
    ):
        return None
    return statistics.median(pitches)


def _cells_in(row: Row, space: float) -> int:
    """Return how many pieces of a row, but for short signs, stand further than a space behind the one before."""
    return sum(
        len(piece.text) > LONGEST_SIGN and (before is None or piece.left - before.right > space)
        for before, piece in zip([None, *row], row, strict=False)
    )


def _is_one_column(rows: Sequence[Row]) -> bool:
    """Return whether text in a fixed-width font has no gap wider than a space: its indentation parts no columns."""
    width = fixed_width(rows)
    return width is not None and all(_cells_in(row, A_SPACE * width) <= 1 for row in rows)


def _all_ascii(rows: Sequence[Row]) -> bool:
    text = "".join(piece.text for row in rows for piece in row)
    return sum(char.isascii() for char in text) > 0.9 * len(text)


def _on_grid(rows: Sequence[Row], width: float) -> str:
    """Return rows with every piece at its column; empty lines where the page has them."""
    left = min(_start(piece) for row in rows for piece in row)
    step = _usual_step(rows)
    lines: list[str] = []
    for previous, row in zip([None, *rows], rows, strict=False):
        if previous is not None and step:
            empty = round((_middle(row) - _middle(previous)) / step) - 1
            lines += [""] * min(2, max(0, empty))
        line = ""
        for piece in row:
            column = round((_start(piece) - left) / width)
            line = line.ljust(max(column, len(line) + (1 if line else 0))) + piece.text
        lines.append(line)
    return "\n".join(lines)


def _prose(rows: Sequence[Row], body: float) -> str:
    step = _usual_step(rows)
    lines: list[str] = []
    before: Row | None = None
    for row in rows:
        text = "  ".join(piece.text for piece in row)
        level = _heading(row, body)
        if before is not None and step and _middle(row) - _middle(before) > PARAGRAPH * step and lines[-1]:
            lines.append("")
        if lines and not level and BROKEN_WORD.search(lines[-1]) and text[:1].islower():
            rest, _, text = text.partition(" ")
            lines[-1] = lines[-1][:-1] + rest
        if text:
            lines.append("#" * level + " " * bool(level) + text)
        before = row
    return "\n".join(lines)


def _heading(row: Row, body: float) -> int:
    """Return the level of a heading, 1 or 2, or 0 for other text."""
    size = max(piece.height for piece in row)
    if not body or len(row) > 1 or len(row[0].text) > HEADING_LENGTH or not any(map(str.isalpha, row[0].text)):
        return 0
    return 1 if size >= BIGGEST * body else 2 if size >= BIG * body else 0


def _usual_step(rows: Sequence[Row]) -> float:
    """Return the usual distance from one row to the next in pixels; 0 for a single row."""
    steps = [_middle(following) - _middle(row) for row, following in itertools.pairwise(rows)]
    return statistics.median_low(steps) if steps else 0.0


def _start(piece: Piece) -> float:
    return piece.left if piece.first is None else piece.first


def _middle(row: Row) -> float:
    return statistics.mean(piece.middle for piece in row)
