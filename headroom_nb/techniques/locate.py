"""The region of an image that a question asks about, by its text lines or by the blank bands between what it shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.errors import TechniqueRefusedError
from headroom_nb.techniques.captions import named_part, part_span
from headroom_nb.techniques.matching import find_text, to_rows
from headroom_nb.techniques.regions import LIKELY, find_place

if TYPE_CHECKING:
    import numpy.typing as npt
    from PIL.Image import Image

    from headroom_nb.ocr import OcrLine, OcrPage
    from headroom_nb.records import Box
    from headroom_nb.techniques.base import Job
    from headroom_nb.techniques.matching import Match
    from headroom_nb.techniques.regions import Place


MARGIN = 0.05
"""Added around a place, as a share of the image's side."""

LINES_ABOVE, LINES_BELOW = 1.5, 2.5
"""Kept around matched text, in its line heights: a label may stand over its value."""

UNSURE = 0.6
"""Below this confidence no region is named."""

_BAND_SIDE = 1024
_LINE = re.compile(r"\b(?:lines?|zeilen?|lignes?|líneas?|lineas?)\b")


@dataclass(frozen=True)
class Region:
    """Where to cut, in pixels; why; and how sure that is (0 to 1)."""

    box: Box
    words: str
    confidence: float


def place_region(job: Job) -> Region | None:
    """Return the region that the question names by place, by row or column; None where it names none.

    A place in a table or figure that is named by its number is none in the image.
    """
    place = find_place(job.question)
    if place is None or _counts_lines(place) or named_part(job.question) is not None:
        return None
    if place.row is None and place.column is None:
        region = _by_place(job, place)
    else:
        try:
            region = _by_number(job, place)
        except TechniqueRefusedError:
            return None
    return region if region.confidence >= UNSURE else None


def text_region(job: Job, page: OcrPage) -> Region | None:
    """Return the region around the text in the image that the question names; None where none stands out."""
    named = named_part(job.question)
    if named is not None:
        span = part_span(page, named, job.picture.size[1])
        words = f"{'table' if named.table else 'figure'} {named.number}"
        return None if span is None else Region(_clip(job, 0, span[0], job.picture.size[0], span[1]), words, LIKELY)
    place = find_place(job.question)
    if place is not None and _counts_lines(place):
        return _line(job, page, place)
    match = find_text(job.question, page)
    if match is None or match.confidence < UNSURE:
        return None
    return Region(_around(job, match), f"“{match.words}”", match.confidence)


def _counts_lines(place: Place) -> bool:
    """Return whether lines of text are counted, which have to be read first, rather than panels."""
    return place.row is not None and place.column is None and _LINE.search(place.words) is not None


def _line(job: Job, page: OcrPage, place: Place) -> Region | None:
    spans = text_rows(page.lines)
    chosen = pick(spans, place.row or 0)
    if chosen is None:
        return None
    first, last = chosen
    margin = MARGIN * job.picture.size[1] / 2
    box = _clip(job, 0, spans[first][0] - margin, job.picture.size[0], spans[last][1] + margin)
    return Region(box, place.words, place.confidence)


def _clip(job: Job, left: float, top: float, right: float, bottom: float) -> Box:
    width, height = job.picture.size
    return (max(0, int(left)), max(0, int(top)), min(width, int(right) + 1), min(height, int(bottom) + 1))


def _by_place(job: Job, place: Place) -> Region:
    width, height = job.picture.size
    left, top, right, bottom = place.box
    box = _clip(
        job, (left - MARGIN) * width, (top - MARGIN) * height, (right + MARGIN) * width, (bottom + MARGIN) * height
    )
    return Region(box, place.words, place.confidence)


def _around(job: Job, match: Match) -> Box:
    """Return the full width of the image around the matched rows: a value may stand at the far end."""
    top = min(line.bounds[1] for line in match.lines)
    bottom = max(line.bounds[3] for line in match.lines)
    height = max(line.bounds[3] - line.bounds[1] for line in match.lines)
    return _clip(job, 0, top - LINES_ABOVE * height, job.picture.size[0], bottom + LINES_BELOW * height)


def _by_number(job: Job, place: Place) -> Region:
    width, height = job.picture.size
    top, bottom = _span(job, place.row, axis=0) if place.row is not None else (0.0, float(height))
    left, right = _span(job, place.column, axis=1) if place.column is not None else (0.0, float(width))
    return Region(_clip(job, left, top, right, bottom), place.words, place.confidence)


def _span(job: Job, number: int, axis: int) -> PixelSpan:
    """Return the pixels of the numbered row (axis 0) or column (axis 1), with its neighbours' margin."""
    limit = job.picture.size[1 - axis]
    spans = _spans(job, axis)
    chosen = pick(spans, number)
    if chosen is None:
        raise TechniqueRefusedError(
            f"there are {len(spans)} {'columns' if axis else 'rows'}; number {number} is asked for"
        )
    first, last = chosen
    margin = MARGIN * limit / 2
    return spans[first][0] - margin, spans[last][1] + margin


def _spans(job: Job, axis: int) -> list[PixelSpan]:
    """Return the rows or columns of what stands between blank bands, in pixels."""
    small = job.picture.small(_BAND_SIDE)
    scale = job.picture.size[1 - axis] / small.size[1 - axis]
    return [(start * scale, end * scale) for start, end in ink_bands(small, axis)]


PixelSpan = tuple[float, float]

_NEAR_BACKGROUND = 24
"""Grey levels by which a pixel may differ from the background."""


def text_rows(lines: tuple[OcrLine, ...]) -> list[PixelSpan]:
    """Return top and bottom of each row of text, in pixels."""
    return [(min(line.bounds[1] for line in row), max(line.bounds[3] for line in row)) for row in to_rows(lines) if row]


def ink_bands(image: Image, axis: int) -> list[PixelSpan]:
    """Return the spans along an axis (0: rows from the top, 1: columns from the left) that are not blank.

    The background is the commonest grey level.
    """
    grey = np.asarray(image.convert("L"), dtype=np.int16)
    background = int(np.bincount(grey.ravel().astype(np.int64), minlength=256).argmax())
    ink = np.asarray((np.abs(grey - background) > _NEAR_BACKGROUND).any(axis=1 - axis))
    return _runs(ink, shortest_gap=max(2, len(ink) // 256))


def pick(spans: list[PixelSpan], number: int) -> tuple[int, int] | None:
    """Return the first and last index of the spans that "the `number`-th" may mean, or None when there are too few.

    A title or a header may or may not have been counted: two more spans are taken behind, and what stands before a low
    number is kept as its header.
    """
    if abs(number) > len(spans):
        return None
    if number < 0:
        at = len(spans) + number
        return max(0, at - 1), min(len(spans) - 1, at + 1)
    at = number - 1
    return (0 if at <= 2 else at), min(len(spans) - 1, at + 2)


def _runs(filled: npt.NDArray[np.bool_], shortest_gap: int) -> list[PixelSpan]:
    """Return start and end of each run of True, runs closer than a gap joined."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], filled.astype(np.int8), [0]))))
    runs: list[list[int]] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and start - runs[-1][1] < shortest_gap:
            runs[-1][1] = end
        else:
            runs.append([start, end])
    return [(float(start), float(end)) for start, end in runs]
