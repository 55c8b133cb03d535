"""Settle the exact strings of a page of proportional text by their pixels."""

from __future__ import annotations

import re
import statistics
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.ocr.shapes import exact_strings
from headroom_nb.techniques.transcript.cutting import EDGE, UNREAD, line_of, seen_in, with_missed, with_underscores
from headroom_nb.techniques.transcript.exact import doubt, settle
from headroom_nb.techniques.transcript.shapes import CASED, INK, SMALL, box_of, metrics_of, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from headroom_nb.techniques.transcript.cutting import Line
    from headroom_nb.techniques.transcript.pieces import Glyph, Piece
    from headroom_nb.techniques.transcript.shapes import Metrics, Seen

BROKEN = 2.5
"""Pieces nearer than so many heights behind an underscore may be the rest of a name."""

FEW_LETTERS, HIGHER = 4, 0.2
"""Characters of a piece whose first letter is looked at, and how far a capital rises over small letters, in their
heights; 0.3 to 0.45 in six fonts."""

GUESSED = 0.5
"""A sign read with a lower probability may be any other."""

WIDE = 0.9
"""Width of a character, in line heights, from which a word without spaces is looked at; usual ones take 0.3 to 0.6."""

_LONG = re.compile(r"(?<=[A-Za-z0-9])_{3,}(?=[A-Za-z0-9])")

ALIKE = 0.15
"""Lines whose heights differ less than this share are of one size."""


def with_exact_strings(pieces: Sequence[Piece], pixels: NDArray[np.uint8]) -> list[Piece]:
    """Return pieces whose exact strings are settled: doubtful characters stand as ``‹0|O›``.

    Parameters
    ----------
    pieces
        The page's pieces; those that do not lie straight in the image are returned as they are.
    pixels
        The image, ``(h, w, 3)``.
    """
    wanted = {index for index, piece in enumerate(pieces) if _is_looked_at(piece)}
    settled = list(pieces)
    for group in _of_one_size({index: pieces[index] for index in wanted}):
        lines = [line_of(pieces[index], pixels) for index in group]
        metrics = metrics_of(seen for line in lines for seen in seen_in(line))
        whole = [replace(line, piece=with_missed(line)) for line in lines]
        for index, line, piece in zip(group, lines, with_underscores(whole), strict=True):
            settled[index] = _settled(replace(line, piece=piece), metrics)
    return _with_broken_names(settled)


def with_first_capitals(pieces: Sequence[Piece], pixels: NDArray[np.uint8]) -> list[Piece]:
    """Return pieces whose first letter is a capital where it is as high as one: ``offline`` is read for ``Offline``.

    Parameters
    ----------
    pieces
        The page's pieces.
    pixels
        The image, ``(h, w, 3)``.
    """
    return [_with_first_capital(piece, pixels) if _may_begin_high(piece) else piece for piece in pieces]


def _may_begin_high(piece: Piece) -> bool:
    straight = piece.upright and len(piece.glyphs) == len(piece.text) >= FEW_LETTERS
    return straight and piece.text[0] in CASED and piece.text[0].islower() and piece.text[1].islower()


def _with_first_capital(piece: Piece, pixels: NDArray[np.uint8]) -> Piece:
    # No further than the word: highlighted words stand on a ground of their own.
    first, *others = seen_in(line_of(piece, pixels, EDGE))
    boxes = [box_of(each.ink) for each in others if each.text in SMALL]
    tops, bottoms = [box[1] for box in boxes if box], [box[3] for box in boxes if box]
    box = box_of(first.ink)
    if box is None or len(tops) < 2 or first.ink is None:
        return piece
    small, floor = statistics.median(tops), statistics.median(bottoms)
    if abs(box[3] - floor) > 1 + HIGHER * (floor - small) or small - box[1] < max(2, HIGHER * (floor - small)):
        return piece
    return piece.with_glyphs([replace(piece.glyphs[0], text=first.text.upper()), *piece.glyphs[1:]])


def _settled(line: Line, metrics: Metrics) -> Piece:
    seen = seen_in(line)
    texts = ["." if text == "·" else text for text in settle(seen, metrics)]
    texts = [_sign(text, at, seen, texts) for at, text in enumerate(texts)]
    if "_" in texts:
        texts = [_cased(text, each, metrics) for text, each in zip(texts, seen, strict=True)]
    glyphs = [replace(glyph, text=text) for glyph, text in zip(line.piece.glyphs, texts, strict=True)]
    return line.piece.with_glyphs(_with_lost_dots(glyphs))


def _cased(text: str, seen: Seen, metrics: Metrics) -> str:
    """Return a letter of a name, marked where its height says the other case."""
    drawn = verdict(seen, metrics) if text in CASED and text == seen.text else text
    return doubt(text, drawn) if drawn != text and drawn.lower() == text.lower() else text


def _sign(text: str, at: int, seen: Sequence[Seen], texts: Sequence[str]) -> str:
    """Return a colon beside underscores as it is drawn: between names it is often a dot, as guessed signs may be."""
    if "_" not in texts[max(0, at - 1) : at + 2] or len(text) != 1 or text.isalnum() or text in "_ ":
        return text
    if text != ":":
        return doubt(text, ".") if seen[at].chance < GUESSED else text
    ink = seen[at].ink
    if ink is None:
        return "‹:|.›"
    inked = np.diff(np.concatenate(([0], (ink > INK).any(axis=1).astype(np.int8))))
    return ":" if (inked == 1).sum() > 1 else "."


def _with_lost_dots(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Return characters with a mark of doubt in three and more underscores between letters: a dot gets lost there."""
    text = "".join(glyph.text if len(glyph.text) == 1 else "\0" for glyph in glyphs)
    marked = list(glyphs)
    for found in _LONG.finditer(text):
        at = (found.start() + found.end()) // 2 - 1
        marked[at] = replace(marked[at], text=f"_{UNREAD}")
    return marked


def _with_broken_names(pieces: list[Piece]) -> list[Piece]:
    """Return pieces with a mark of doubt behind a name that ends in an underscore close before another piece."""
    marked = list(pieces)
    for index, piece in enumerate(pieces):
        if piece.glyphs and piece.text.endswith("_") and any(_follows(piece, other) for other in pieces):
            last = piece.glyphs[-1]
            marked[index] = piece.with_glyphs([*piece.glyphs[:-1], replace(last, text=last.text + UNREAD)])
    return marked


def _follows(piece: Piece, other: Piece) -> bool:
    """Return whether another piece stands close behind one."""
    return (
        other is not piece
        and abs(other.middle - piece.middle) < 0.5 * piece.height
        and -0.5 * piece.height < other.left - piece.right < BROKEN * piece.height
    )


def _has_exact(text: str) -> bool:
    return "_" in text or any(True for _ in exact_strings(text))


def _is_looked_at(piece: Piece) -> bool:
    placed = piece.upright and piece.glyphs and len(piece.glyphs) == len(piece.text)
    return bool(placed) and (_has_exact(piece.text) or _is_wide(piece))


def _is_wide(piece: Piece) -> bool:
    """Return whether characters stand so far apart that underscores may have been lost between them."""
    return " " not in piece.text and piece.width >= WIDE * piece.height * len(piece.text)


def _of_one_size(pieces: dict[int, Piece]) -> list[list[int]]:
    groups: list[list[int]] = []
    for index in sorted(pieces, key=lambda index: pieces[index].height):
        if groups and pieces[index].height <= (1 + ALIKE) * pieces[groups[-1][0]].height:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups
