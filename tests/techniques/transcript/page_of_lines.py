"""Pages given as lines, as an engine would read them: for tests of the layout."""

from __future__ import annotations

from headroom_nb.ocr import OcrLine, OcrPage

STEP = 9
"""Pixels from one character to the next."""


def line(text, x, y, *, height=20, right=None, placed=False):
    """Return a line; ``placed`` says where its characters stand."""
    right = x + STEP * len(text) if right is None else right
    centres = tuple((index + 0.5) / len(text) for index in range(len(text))) if placed else ()
    return OcrLine(text, ((x, y), (right, y), (right, y + height), (x, y + height)), 0.99, centres=centres)


def page_of(*lines):
    return OcrPage(tuple(lines), len(lines), (1200, 1000))


def column(texts, x, y, *, step=26):
    return [line(text, x, y + step * index) for index, text in enumerate(texts)]
