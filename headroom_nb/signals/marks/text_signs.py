"""Signs that need no pixels: marks that were read, line numbers of code, lines that run down the margin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_nb.signals.marks.found import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_nb.ocr import OcrLine
    from headroom_nb.signals.marks.lines import View

GLYPHS = {
    "☐□": ("box", "unchecked"),
    "☑☒▣■": ("box", "checked"),
    "○◯": ("circle", "empty"),
    "◉◎": ("circle", "filled"),
    "✓✔√": ("tick", ""),
    "✗✘✕✖": ("cross", ""),
    "▲△↑⬆": ("arrow", "up"),
    "▼▽↓⬇": ("arrow", "down"),
    "★": ("star", "filled"),
    "☆": ("star", "empty"),
}
"""Characters that are marks: kind and value."""

MEANING = {char: said for chars, said in GLYPHS.items() for char in chars}

NUMBERS = 5
"""So many numbers in a row, at the start of lines, make a gutter ..."""

CODE_SHARE = 0.25
"""... where this share of the lines looks like code."""

_NUMBERED = re.compile(r"\s*(\d{1,5})(?:\s|$|[|:.])")
_CODE = re.compile(
    r"[{};]\s*$|\w\(|[=!<>]=|=>|->|::|\w\.\w+\(|^\s*(?:def|class|import|from|return|if|for|const|let|#)\b"
)


def find_glyphs(view: View) -> Iterator[Mark]:
    """Yield the marks that OCR has read as characters."""
    for line in view.page.lines:
        if not any(char in MEANING for char in line.text):
            continue
        left, top, right, bottom = line.bounds
        places = line.centres or tuple((place + 0.5) / len(line.text) for place in range(len(line.text)))
        half = (bottom - top) * 0.3
        for char, place in zip(line.text, places, strict=False):
            if char in MEANING:
                middle = left + place * (right - left)
                yield Mark(MEANING[char][0], (middle - half, top, middle + half, bottom), MEANING[char][1])


def find_gutter(view: View) -> Iterator[Mark]:
    """Yield a ``gutter`` mark around the line numbers of code; its value is the first and the last number."""
    lines = sorted(view.page.lines, key=lambda line: line.bounds[1])
    numbered = [(int(match[1]), line) for line in lines if (match := _NUMBERED.match(line.text))]
    code = sum(bool(_CODE.search(line.text)) for line in lines if not line.text.strip().isdigit())
    rest = sum(not line.text.strip().isdigit() for line in lines)
    run = _longest_run(numbered)
    if len(run) >= NUMBERS and code >= CODE_SHARE * max(1, rest):
        boxes = [line.bounds for _, line in run]
        left, top = min(box[0] for box in boxes), boxes[0][1]
        right = left + 0.6 * (boxes[0][3] - boxes[0][1]) * len(str(run[-1][0]))
        yield Mark("gutter", (left, top, right, boxes[-1][3]), f"{run[0][0]}-{run[-1][0]}")


def _longest_run(numbered: Sequence[tuple[int, OcrLine]]) -> list[tuple[int, OcrLine]]:
    """Return the longest run of numbers that count up by one, with their lines."""
    best: list[tuple[int, OcrLine]] = []
    run: list[tuple[int, OcrLine]] = []
    for number, line in numbered:
        run = [*run, (number, line)] if run and number == run[-1][0] + 1 else [(number, line)]
        best = max(best, run, key=len)
    return best


def find_turned(view: View) -> Iterator[Mark]:
    """Yield the lines that run down or up where most run across."""
    if len(view.turned) < len(view.lines):
        for line in view.turned:
            if len(line.text.strip()) >= 3:
                yield Mark("turned", line.bounds, line.text)
        for box in view.page.unread:
            xs, ys = [x for x, _ in box], [y for _, y in box]
            if max(ys) - min(ys) > 3 * (max(xs) - min(xs)):
                yield Mark("turned", (min(xs), min(ys), max(xs), max(ys)))


def find_unread(view: View) -> Iterator[Mark]:
    """Yield text that was found and not read, and lines in which letters were missed."""
    for box in view.page.unread:
        xs, ys = [x for x, _ in box], [y for _, y in box]
        yield Mark("unread", (min(xs), min(ys), max(xs), max(ys)))
    for line in view.page.lines:
        if line.missed > MISSED:
            yield Mark("unread", line.bounds, line.text)


MISSED = 0.08
"""Share of a line's ink that no character stands near, from which something was passed over."""
