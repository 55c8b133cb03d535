"""What the pages of a document are called: by labels of the file, and by what is printed at their top or bottom."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.documents.pages import PageFacts

_AROUND = "-–—.|[]()·•"
"""What is printed around the number of a page."""


def page_names(pages: Sequence[PageFacts]) -> list[set[str]]:
    """Return what each page is called: by the file, by a line of its own, and by the number printed on it.

    A number at the edge of a page is its own where the numbers of half the pages are as far from their place, or where
    no page of the document has that place.
    """
    edges = [_edges(page.text) for page in pages]
    numbers = [{int(word) for word in words if word.isdecimal() and len(word) <= 4} for words, _ in edges]
    steps = Counter(each - page.number for page, own in zip(pages, numbers, strict=True) for each in own)
    step, often = max(steps.items(), key=lambda found: found[1], default=(0, 0))
    printed = often >= max(2, len(pages) / 2)
    return [
        {
            page.label.casefold(),
            *lines,
            *(str(each) for each in own if each > len(pages)),
            *([str(page.number + step)] if printed else []),
        }
        for page, own, (_, lines) in zip(pages, numbers, edges, strict=True)
    ]


def _edges(text: str) -> tuple[set[str], set[str]]:
    """Return the words at the ends of the two lines at a page's top and bottom, and those that are a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    words, alone = set(), set()
    for line in (*lines[:2], *lines[-2:]):
        ends = {end.strip(_AROUND).casefold() for end in (line[:200].split()[0], line[-200:].split()[-1])}
        words |= ends
        if len(ends) == 1 and not next(iter(ends)).isdecimal():
            alone |= ends
    return words, alone
