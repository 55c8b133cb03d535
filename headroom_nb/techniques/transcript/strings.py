"""Settle the exact strings of a page of proportional text by their pixels."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.ocr.shapes import exact_strings
from headroom_nb.techniques.transcript.cutting import UNREAD, line_of, seen_in, with_missed, with_underscores
from headroom_nb.techniques.transcript.exact import settle
from headroom_nb.techniques.transcript.shapes import INK, metrics_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from headroom_nb.techniques.transcript.cutting import Line
    from headroom_nb.techniques.transcript.pieces import Glyph, Piece
    from headroom_nb.techniques.transcript.shapes import Metrics, Seen

BROKEN = 2.5
"""Pieces nearer than so many heights behind an underscore may be the rest of a name."""

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
    wanted = {
        index
        for index, piece in enumerate(pieces)
        if piece.upright and piece.glyphs and len(piece.glyphs) == len(piece.text) and _has_exact(piece.text)
    }
    settled = list(pieces)
    for group in _of_one_size({index: pieces[index] for index in wanted}):
        lines = [line_of(pieces[index], pixels) for index in group]
        metrics = metrics_of(seen for line in lines for seen in seen_in(line))
        whole = [replace(line, piece=with_missed(line)) for line in lines]
        for index, line, piece in zip(group, lines, with_underscores(whole), strict=True):
            settled[index] = _settled(replace(line, piece=piece), metrics)
    return _with_broken_names(settled)


def _settled(line: Line, metrics: Metrics) -> Piece:
    seen = seen_in(line)
    texts = ["." if text == "·" else text for text in settle(seen, metrics)]
    texts = [_sign(text, at, seen, texts) for at, text in enumerate(texts)]
    glyphs = [replace(glyph, text=text) for glyph, text in zip(line.piece.glyphs, texts, strict=True)]
    return line.piece.with_glyphs(_with_lost_dots(glyphs))


def _sign(text: str, at: int, seen: Sequence[Seen], texts: Sequence[str]) -> str:
    """Return a colon beside underscores as it is drawn: between names it is often a dot."""
    if text != ":" or "_" not in texts[max(0, at - 1) : at + 2]:
        return text
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
        follows = any(
            abs(other.middle - piece.middle) < 0.5 * piece.height
            and -0.5 * piece.height < other.left - piece.right < BROKEN * piece.height
            for other in pieces
            if other is not piece
        )
        if follows and piece.glyphs and piece.text.endswith("_"):
            last = piece.glyphs[-1]
            marked[index] = piece.with_glyphs([*piece.glyphs[:-1], replace(last, text=last.text + UNREAD)])
    return marked


def _has_exact(text: str) -> bool:
    return "_" in text or any(True for _ in exact_strings(text))


def _of_one_size(pieces: dict[int, Piece]) -> list[list[int]]:
    groups: list[list[int]] = []
    for index in sorted(pieces, key=lambda index: pieces[index].height):
        if groups and pieces[index].height <= (1 + ALIKE) * pieces[groups[-1][0]].height:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups
