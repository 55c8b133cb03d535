"""The table or figure that a question names ("Table 3", "Fig. 2"), by its caption, not by a sentence about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.techniques.matching import to_rows
from headroom_nb.techniques.place_words import either
from headroom_nb.techniques.regions import fold

if TYPE_CHECKING:
    from headroom_nb.ocr import OcrLine, OcrPage

TABLE = either("table", "tab", "tabelle", "tableau", "tabla")
FIGURE = either("figure", "fig", "abbildung", "abb", "figura", "chart", "exhibit")
NUMBER = r"(?P<number>\d{1,3}[a-z]?|[ivx]{1,5})"

_ASKED = re.compile(rf"(?<!\w)(?:(?P<table>{TABLE})|{FIGURE})\.? {NUMBER}(?!\w)")
_CAPTION = re.compile(rf"\W*(?:(?P<table>(?i:{TABLE}))|(?i:{FIGURE}))\.?\s*(?i:{NUMBER})\s*(?:$|[.:|)–—-]|[A-Z(])")
"""What a caption begins with. In a sentence that begins so, a word in small letters follows."""

NEAR = 8
"""Rows on either side of a caption that say on which side its table or figure stands."""

CELLS = 3
"""Pieces of text from which a row is one of a table."""

MARGIN, CAPTION = 1.5, 4.0
"""Kept around the part, and below a caption, which may go on, in line heights."""


@dataclass(frozen=True)
class Named:
    """A table or figure that a question names: its number, folded."""

    table: bool
    number: str


def named_part(question: str) -> Named | None:
    """Return the one table or figure that a question names by its number; None where it names none or several."""
    found = {Named(match["table"] is not None, match["number"]) for match in _ASKED.finditer(fold(question))}
    return found.pop() if len(found) == 1 else None


def part_span(page: OcrPage, named: Named, height: int) -> tuple[float, float] | None:
    """Return top and bottom of a table or figure with its caption, pixels; None where no caption names it.

    It reaches from its caption to the next one, on the side of more rows of cells (a table) or less text (a figure).

    Parameters
    ----------
    page
        What was read.
    named
        The table or figure.
    height
        Of the image, pixels.
    """
    captions = {id(line): match for line in page.lines if (match := _CAPTION.match(line.text))}
    own = [line for line in page.lines if id(line) in captions and _same(captions[id(line)], named)]
    if len(own) != 1:
        return None
    _, top, _, bottom = own[0].bounds
    line_height = bottom - top
    others = [line.bounds for line in page.lines if id(line) in captions and line is not own[0]]
    if _stands_below(page, own[0], table=named.table):
        end = min((box[1] for box in others if box[1] > bottom), default=float(height))
        return top - MARGIN * line_height, end
    start = max((box[3] for box in others if box[3] < top), default=0.0)
    return start, bottom + CAPTION * line_height


def _same(caption: re.Match[str], named: Named) -> bool:
    return (caption["table"] is not None) == named.table and fold(caption["number"]) == named.number


def _stands_below(page: OcrPage, caption: OcrLine, *, table: bool) -> bool:
    rows = to_rows(page.lines)
    at = next(number for number, row in enumerate(rows) if caption in row)
    above, below = rows[max(0, at - NEAR) : at], rows[at + 1 : at + 1 + NEAR]
    if table:
        cells_above, cells_below = (sum(len(row) >= CELLS for row in side) for side in (above, below))
        return cells_below >= cells_above
    reach = 2 * NEAR * (caption.bounds[3] - caption.bounds[1])
    text_above = sum(row[0].bounds[3] > caption.bounds[1] - reach for row in above)
    text_below = sum(row[0].bounds[1] < caption.bounds[3] + reach for row in below)
    return text_below < text_above
