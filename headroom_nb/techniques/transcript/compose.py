"""Put a transcript together: read, write the marks, check, and say what is not sure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.errors import TechniqueRefusedError
from headroom_nb.ocr.shapes import exact_strings
from headroom_nb.runtime.stopping import checkpoint
from headroom_nb.techniques.transcript.base import Transcript
from headroom_nb.techniques.transcript.layout import blocks_of
from headroom_nb.techniques.transcript.letters import language_of, without_stray_accents
from headroom_nb.techniques.transcript.marking import merged, with_marks
from headroom_nb.techniques.transcript.parsing import is_code, problem_of
from headroom_nb.techniques.transcript.pieces import pieces_of
from headroom_nb.techniques.transcript.rows import rows_of
from headroom_nb.techniques.transcript.siblings import inside
from headroom_nb.techniques.transcript.strings import with_exact_strings, with_first_capitals
from headroom_nb.techniques.transcript.sums import check_sums
from headroom_nb.techniques.transcript.trust import VIEW_SIDE, check
from headroom_nb.techniques.transcript.unread import in_columns, unread_ink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.ocr import OcrPage
    from headroom_nb.pictures import Picture
    from headroom_nb.signals.marks import Mark, Marks
    from headroom_nb.techniques.transcript.code import CodeText
    from headroom_nb.techniques.transcript.pieces import Piece
    from headroom_nb.techniques.transcript.unread import Unread

IN_CODE = frozenset({"colour", "ground", "bold", "pale", "gutter", "raised", "lowered", "underline", "unread", "ring"})
"""Kinds of marks that editors draw for looks alone: code is checked by its cells and by parsing."""

IN_CELLS = frozenset({"box", "circle", "tick", "cross", "arrow", "star", "rating", "dot", "toggle"})
"""Kinds of marks that are signs of the code where they stand in its cells: quotes, brackets, operators."""

NAMES = {
    "unread": "text-like things that were not read",
    "star": "stars",
    "arrow": "arrows",
    "tick": "ticks",
    "cross": "crosses",
    "ring": "rings around text",
    "plate": "labels that were not read",
    "turned": "turned text",
    "picture": "pictures",
    "colour": "coloured text",
    "ground": "highlighted text",
    "strike": "struck text",
    "raised": "raised characters",
    "lowered": "lowered characters",
    "side": "who speaks",
    "box": "check boxes",
    "circle": "radio buttons",
    "dot": "coloured dots",
    "toggle": "switches",
    "rating": "ratings",
    "unseen": "marks, which were not looked for",
}
"""Note on marks that the text does not show."""

SHIFTED = frozenset({"raised", "lowered"})
"""Kinds of marks without which a number is another one."""

LOOSE = "the code does not stand on a grid of cells: signs and spaces may be missing"
DOUBT = "a character marked ‹a|b› is one of those, ‹?› could not be read"

# Estimated probability that a one-text answer is right, by what was seen; the least of those that apply counts.
SURE, SETTLED, LANGUAGE, MUCH_UNREAD, SOME_UNREAD, DOUBTFUL, BROKEN = 0.995, 0.97, 0.7, 0.4, 0.8, 0.3, 0.2
WEAK = 0.5
"""A character with a lower probability is a guess."""

FEW_UNREAD, MANY_UNREAD = 0.015, 0.08
"""Shares of unread ink from which answers may be missing, and from which they are."""

NAMED_PLACES = 4
"""Places of unread ink that are named."""


def transcribe(page: OcrPage, picture: Picture, marks: Marks) -> Transcript:
    """Return the transcript of an image.

    Parameters
    ----------
    page
        What an engine read in it.
    picture
        The image.
    marks
        The marks that were found in it.

    Raises
    ------
    PictureError
        The image cannot be decoded.
    """
    weakest = min((line.weakest for line in page.lines), default=0.0)
    refusal = ""
    try:
        refusal = check(page, picture.small(VIEW_SIDE)).beyond_text
    except TechniqueRefusedError as refused:
        refusal = str(refused)
    if not page.lines:
        return Transcript("", 0, 0.0, 0.0, 0.0, refusal=refusal)
    checkpoint()
    image = picture.rgb()
    pixels = np.asarray(image)
    pieces, aside = pieces_of(page)
    pieces = with_first_capitals(without_stray_accents(pieces), pixels)
    checkpoint()
    blocks = blocks_of(pieces, pixels)
    checkpoint()
    code = any(block is not None and is_code(text) for text, block in blocks)
    in_cells = [block.box for _, block in blocks if code and block is not None]
    found = [mark for mark in marks.found if not (code and mark.kind in IN_CODE) and not _is_code_sign(mark, in_cells)]
    marked = with_marks(pieces, merged(found), pixels)
    if marked.pieces != pieces:
        # Signs of several characters have no cell of their own; those beside code leave its cells as they are.
        blocks = blocks_of(with_exact_strings(marked.pieces, pixels), pixels if in_cells else None)
    text = "\n\n".join([*(block for block, _ in blocks), *aside])
    left_out = marked.left_out
    if not marks.found:
        left_out += tuple(kind for kind in marks.strong if not code or kind not in IN_CODE)
    if left_out and not refusal:
        named = ", ".join(dict.fromkeys(NAMES.get(kind, kind) for kind in left_out))
        refusal = f"the text does not show all that the image shows: {named}"
    written = [mark.box for mark in found if mark.kind not in marked.left_out]
    checkpoint()
    unread = unread_ink(page, image, written)
    if not refusal and not code and in_columns(unread, page):
        refusal = "the text does not show all that the image shows: lines or signs in its columns were not read"
    exact, notes = _sureness(text, pieces, blocks, unread)
    others = dict.fromkeys(line.reader for line in page.lines if line.reader)
    if others:
        exact = min(exact, LANGUAGE)
        notes = (*notes, f"lines in other scripts were read by {', '.join(others)}, without a second look")
    if refusal and "not show" not in refusal:
        exact, prose = 0.0, 0.0
    else:
        prose = _prose(pieces, unread)
    if SHIFTED.intersection(left_out):
        exact = 0.0  # a power that stands like an ordinary digit is another number
    return Transcript(text, len(page.lines), weakest, exact, prose, notes, refusal, unread.share)


def _sureness(
    text: str, pieces: Sequence[Piece], blocks: Sequence[tuple[str, CodeText | None]], unread: Unread
) -> tuple[float, tuple[str, ...]]:
    """Return the probability that exact answers are right, and what is not sure, in sentences."""
    chances, notes = [SURE], []
    if any(True for line in text.splitlines() for _ in exact_strings(line)):
        chances.append(SETTLED)
    if "‹" in text:
        chances.append(DOUBTFUL)
        notes.append(DOUBT)
    for block, code in blocks:
        problem = problem_of(block) if code is not None else LOOSE if is_code(block) else ""
        if problem:
            chances.append(BROKEN)
            notes.append(problem)
    sums = check_sums(["  ".join(piece.text for piece in row) for row in rows_of(pieces)])
    if sums.agree is False:
        chances.append(BROKEN)
        notes.append(f"the amounts contradict each other: {sums.sentence}")
    language = language_of(text)
    if language is not None:
        chances.append(LANGUAGE)
        notes.append(f"the text is {language.name}: {language.confused}")
    if unread.share > FEW_UNREAD:
        chances.append(MUCH_UNREAD if unread.share > MANY_UNREAD else SOME_UNREAD)
        places = "; ".join(
            "x {:.0f}–{:.0f}, y {:.0f}–{:.0f}".format(*_spans(box)) for box in unread.places[:NAMED_PLACES]
        )
        more = len(unread.places) - NAMED_PLACES
        notes.append(f"ink that was not read stands at {places}" + (f" and {more} other places" if more > 0 else ""))
    glyphs = [glyph for piece in pieces for glyph in piece.glyphs]
    guessed = sum(glyph.chance < WEAK for glyph in glyphs) / max(1, len(glyphs))
    return min(chances) * max(0.0, 1 - 10 * guessed), tuple(dict.fromkeys(notes))


def _is_code_sign(mark: Mark, boxes: Sequence[tuple[float, float, float, float]]) -> bool:
    """Return whether a mark is a sign of the code in whose cells it stands."""
    x, y = (mark.box[0] + mark.box[2]) / 2, (mark.box[1] + mark.box[3]) / 2
    return mark.kind in IN_CELLS and any(inside(box, x, y) for box in boxes)


def _spans(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    return box[0], box[2], box[1], box[3]


def _prose(pieces: Sequence[Piece], unread: Unread) -> float:
    """Return the probability that what prose says is right: language forgives single characters."""
    words = [word for piece in pieces for word in re.findall(r"\w+", piece.text)]
    glyphs = [glyph for piece in pieces for glyph in piece.glyphs]
    guessed = sum(glyph.chance < WEAK for glyph in glyphs) / max(1, len(glyphs))
    return max(0.0, SURE - 3 * guessed - 2 * unread.share) if words else 0.0
