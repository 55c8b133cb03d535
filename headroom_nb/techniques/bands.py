"""Rows and columns of an image: from its text lines, or, without text, from the blank bands between what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.techniques.matching import to_rows

if TYPE_CHECKING:
    import numpy.typing as npt
    from PIL.Image import Image

    from headroom_nb.ocr import OcrLine

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
