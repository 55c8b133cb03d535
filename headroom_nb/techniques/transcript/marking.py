"""Write the marks of an image into its text: ticks, lines through words, colours, arrows, speakers, raised digits.

Only what was recognised surely is written. A kind of which one mark is unsure is not written at all: the transcript
then says that it is not enough by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headroom_nb.runtime.stopping import checkpoint
from headroom_nb.techniques.transcript.pieces import Glyph, Piece
from headroom_nb.techniques.transcript.siblings import READ_AS, beside_row, inside, unread_ticks, unsure_kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from headroom_nb.signals.marks import Mark

SIGNS = {
    ("box", "checked"): "☑",
    ("box", "unchecked"): "☐",
    ("circle", "filled"): "◉",
    ("circle", "empty"): "○",
    ("circle", ""): "○",
    ("arrow", "up"): "▲",
    ("arrow", "down"): "▼",
    ("toggle", "on"): "[on]",
    ("toggle", "off"): "[off]",
}
"""What is written for a shape, by its kind and value."""

BY_KIND = {"tick": "✓", "cross": "✗"}
LIKE_MARKS = frozenset("●•·○◉☐☑□■✓✔√✗✕×▲▼△▽↑↓★☆oO0VvXx口日回D")
"""What a recogniser makes of marks that are no ticks."""

GUESSED = 0.6
"""A character read with a lower probability may be anything."""

UNDER_LINE = 0.97
"""A letter under a line through its word that was read with a lower probability may be another one."""

RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")

_BASE = re.compile(r"(\d+)[⁰¹²³⁴-⁹]")

HARMLESS = ("gutter",)
"""Strong kinds that the text itself shows, or that are left out on purpose."""


@dataclass(frozen=True)
class Marked:
    """Pieces with marks in their text, and the kinds of marks that could not be written."""

    pieces: list[Piece]
    left_out: tuple[str, ...]


def with_marks(pieces: Sequence[Piece], found: Sequence[Mark], pixels: NDArray[np.uint8] | None = None) -> Marked:
    """Return the pieces of an upright page with its marks written into them.

    Parameters
    ----------
    pieces
        The page's pieces, in pixels of the image.
    found
        The marks of the image.
    pixels
        The image, ``(h, w, 3)``: with it, ink in a column of marks that is none of them makes their kind unsure.
    """
    strong = [mark for mark in found if mark.strong and mark.kind not in HARMLESS]
    if not all(piece.upright for piece in pieces):
        return Marked(list(pieces), tuple(dict.fromkeys(mark.kind for mark in strong)))
    unsure = unsure_kinds(strong, found, pieces, pixels)
    marked = list(pieces)
    for mark in _in_order(strong):
        checkpoint()
        if mark.kind in unsure:
            continue
        written = WRITERS[mark.kind](marked, mark) if mark.kind in WRITERS else None
        if written is None:
            unsure.add(mark.kind)
        else:
            marked = written
    for mark in found:
        if mark.kind == "bold" and not mark.strong:  # a matter of looks, often: written where it can be, or left out
            marked = WRITERS["bold"](marked, mark) or marked
    if _has_longer_base(marked):
        unsure.add("raised")
    kinds = [mark.kind for mark in strong]
    unread = () if "tick" in kinds else unread_ticks(pieces, found)
    left_out = tuple(dict.fromkeys([*(kind for kind in kinds if kind in unsure), *unread]))
    return Marked(marked, left_out)


def _has_longer_base(pieces: Sequence[Piece]) -> bool:
    """Return whether a number before raised digits begins with another such number: ``102²`` beside ``10²¹``."""
    bases = {base for piece in pieces for base in _BASE.findall(piece.text)}
    return any(one != other and one.startswith(other) for one in bases for other in bases)


def _in_order(marks: Sequence[Mark]) -> list[Mark]:
    """Return marks so that those inside words come before those that are put before or behind whole pieces."""
    late = {"colour": 1, "ground": 1, "bold": 1, "side": 2}
    return sorted(marks, key=lambda mark: late.get(mark.kind, 0))


def _sign(pieces: list[Piece], mark: Mark) -> list[Piece] | None:
    sign = SIGNS.get((mark.kind, mark.value)) or BY_KIND.get(mark.kind)
    if sign is None:
        return None
    if mark.kind in BY_KIND:
        pieces = [
            piece.with_glyphs([replace(piece.glyphs[0], text=READ_AS[piece.text])])
            if piece.text in READ_AS and piece.glyphs
            else piece
            for piece in pieces
        ]
    return _placed(pieces, mark, sign)


def _rating(pieces: list[Piece], mark: Mark) -> list[Piece] | None:
    filled, _, count = mark.value.partition(" of ")
    if not (filled.isdigit() and count.isdigit()):
        return None
    stars = "★" * int(filled) + "☆" * (int(count) - int(filled))
    kept = [piece for piece in pieces if not (_covers(mark.box, piece) and not any(map(str.isalnum, piece.text)))]
    return _placed(kept, mark, f"{stars} ({mark.value})")


def _dot(pieces: list[Piece], mark: Mark) -> list[Piece] | None:
    return _placed(pieces, mark, f"[{mark.value}]") if mark.value else None


def _placed(pieces: list[Piece], mark: Mark, sign: str) -> list[Piece] | None:
    """Return pieces with a sign at the place of a mark, instead of the character read there, or as a piece.

    None where a character stands there that is no likeness of a mark: then one of both is wrong.
    """
    left, top, right, bottom = mark.box
    for index, piece in enumerate(pieces):
        over = [
            at
            for at, glyph in enumerate(piece.glyphs)
            if left - 1 <= glyph.x <= right + 1 and top <= piece.middle <= bottom and not glyph.text.isspace()
        ]
        if not over:
            continue
        glyph = piece.glyphs[over[0]]
        if glyph.text == sign:
            return pieces
        if len(over) > 1 or (glyph.text not in LIKE_MARKS and glyph.chance > GUESSED):
            return None
        glyphs = list(piece.glyphs)
        glyphs[over[0]] = replace(glyph, text=sign)
        return [*pieces[:index], piece.with_glyphs(glyphs), *pieces[index + 1 :]]
    middle = (left + right) / 2
    return [*pieces, Piece(sign, left, top, right, bottom, middle, glyphs=(Glyph(sign, middle),), upright=True)]


def _around(before: str, after: str) -> Callable[[list[Piece], Mark], list[Piece] | None]:
    """Return a writer that puts signs before and behind the words in a mark's box."""

    def write(pieces: list[Piece], mark: Mark) -> list[Piece] | None:
        if "{}" in before and not mark.value:
            return None
        start, end = before.format(mark.value), after.format(mark.value)
        marked, done = list(pieces), False
        for index, piece in enumerate(pieces):
            if not beside_row(mark.box, piece):
                continue
            over = [at for at, glyph in enumerate(piece.glyphs) if mark.box[0] <= glyph.x <= mark.box[2]]
            over = [at for at in over if not piece.glyphs[at].text.isspace()]
            if not over:
                continue
            glyphs = list(piece.glyphs)
            if mark.kind == "strike":
                if any(glyphs[at].text.isalpha() and glyphs[at].chance < UNDER_LINE for at in over):
                    return None
                glyphs = _without_false_hyphens(glyphs, over)
            first, last = over[0], over[-1]
            glyphs[first] = replace(glyphs[first], text=start + glyphs[first].text)
            glyphs[last] = replace(glyphs[last], text=glyphs[last].text + end)
            marked[index] = piece.with_glyphs(glyphs)
            done = True
        return marked if done else None

    return write


def _without_false_hyphens(glyphs: list[Glyph], struck: Sequence[int]) -> list[Glyph]:
    """Return characters in which a line through words, read as a hyphen between letters, is a space again."""
    spaced = list(glyphs)
    for at in struck[1:-1]:
        if glyphs[at].text in "-–" and glyphs[at - 1].text.isalpha() and glyphs[at + 1].text.isalpha():
            spaced[at] = replace(glyphs[at], text=" ")
    return spaced


def _shifted(table: dict[int, int]) -> Callable[[list[Piece], Mark], list[Piece] | None]:
    """Return a writer that turns the characters in a mark's box into raised or lowered ones."""

    def write(pieces: list[Piece], mark: Mark) -> list[Piece] | None:
        for index, piece in enumerate(pieces):
            if not beside_row(mark.box, piece):
                continue
            reach = 0.12 * piece.height
            over = [
                at
                for at, glyph in enumerate(piece.glyphs)
                if mark.box[0] - reach <= glyph.x <= mark.box[2] + reach and not glyph.text.isspace()
            ]
            value = mark.value.replace(" ", "")
            text = "".join(piece.glyphs[at].text for at in over)
            if len(text) > len(value) and text.endswith(value):
                over = over[-len(value) :]
            elif not text or len(text) != len(value):
                continue
            after = piece.glyphs[over[-1] + 1].text if over[-1] + 1 < len(piece.glyphs) else ""
            if after.isdigit() or over[-1] - over[0] >= len(over):
                return None  # the place is off by a character
            glyphs = list(piece.glyphs)
            for at in over:
                glyphs[at] = replace(glyphs[at], text=glyphs[at].text.translate(table))
            return [*pieces[:index], piece.with_glyphs(glyphs), *pieces[index + 1 :]]
        return None

    return write


def _side(pieces: list[Piece], mark: Mark) -> list[Piece] | None:
    spoken = [index for index, piece in enumerate(pieces) if _covers(mark.box, piece)]
    if not spoken:
        return None
    marked = list(pieces)
    for index in spoken:
        # Every line says whose it is: bubbles of one side that follow each other closely look like one block.
        glyphs = pieces[index].glyphs or (Glyph(pieces[index].text, pieces[index].left),)
        glyphs = (replace(glyphs[0], text=f"{mark.value}: {glyphs[0].text}"), *glyphs[1:])
        marked[index] = pieces[index].with_glyphs(glyphs)
    return marked


def _covers(box: tuple[float, float, float, float], piece: Piece) -> bool:
    return inside(box, (piece.left + piece.right) / 2, piece.middle)


def merged(marks: Iterable[Mark]) -> list[Mark]:
    """Return marks with neighbouring ones of one kind and value joined: words of one colour that follow each other."""
    joined: list[Mark] = []
    for mark in marks:
        last = joined[-1] if joined else None
        height = mark.box[3] - mark.box[1]
        follows = (
            last is not None
            and (last.kind, last.value, last.strong) == (mark.kind, mark.value, mark.strong)
            and mark.kind in {"colour", "strike", "ground"}
            and abs(last.box[1] - mark.box[1]) < 0.4 * height
            and mark.box[0] - last.box[0] >= 0
            and mark.box[0] - last.box[2] < 0.6 * height
        )
        if last is not None and follows:
            joined[-1] = replace(last, box=(last.box[0], last.box[1], mark.box[2], max(last.box[3], mark.box[3])))
        else:
            joined.append(mark)
    return joined


WRITERS: dict[str, Callable[[list[Piece], Mark], list[Piece] | None]] = {
    "box": _sign,
    "circle": _sign,
    "arrow": _sign,
    "toggle": _sign,
    "tick": _sign,
    "cross": _sign,
    "rating": _rating,
    "dot": _dot,
    "strike": _around("~~", "~~"),
    "bold": _around("**", "**"),
    "colour": _around("[{}] ", ""),
    "ground": _around("[on {}] ", ""),
    "raised": _shifted(RAISED),
    "lowered": _shifted(LOWERED),
    "side": _side,
}
"""How each kind is written; what is not here makes the transcript not enough by itself."""
