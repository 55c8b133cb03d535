"""Settle the exact strings of a page of proportional text by their pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headroom_nb.ocr.shapes import exact_strings
from headroom_nb.techniques.transcript.cutting import line_of, seen_in, with_missed, with_underscores
from headroom_nb.techniques.transcript.exact import settle
from headroom_nb.techniques.transcript.shapes import metrics_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from headroom_nb.techniques.transcript.cutting import Line
    from headroom_nb.techniques.transcript.pieces import Piece
    from headroom_nb.techniques.transcript.shapes import Metrics

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
    return settled


def _settled(line: Line, metrics: Metrics) -> Piece:
    texts = ["." if text == "·" else text for text in settle(seen_in(line), metrics)]
    glyphs = [replace(glyph, text=text) for glyph, text in zip(line.piece.glyphs, texts, strict=True)]
    return line.piece.with_glyphs(glyphs)


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
