"""What a page that was read says, worked out once for its content: text size, marks, transcript.

None of it hangs on the model, the question or the quality, so comparing models, proving, budgets and long
conversations pay for it once. On a dense page it takes seconds.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.runtime.lru import ByteBoundedCache, by_content, on_clear
from headroom_nb.runtime.models import on_release
from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from headroom_nb.ocr import OcrPage
    from headroom_nb.pictures import Picture
    from headroom_nb.signals.marks import Marks
    from headroom_nb.signals.text_size import TextSize
    from headroom_nb.techniques.transcript import Transcript

CACHE_BYTES = 8 * 2**20
"""Bound on what is remembered: some two hundred dense pages."""


@dataclass(frozen=True)
class PageAnalysis:
    """What the lines of one page say.

    Attributes
    ----------
    size
        Font sizes of the lines.
    marks
        What the image shows that its text does not say.
    transcript
        The text in reading order.
    """

    size: TextSize
    marks: Marks
    transcript: Transcript


@dataclass(frozen=True)
class _Known:
    """An analysis, and the page it is of while that lives: another engine may have read another page."""

    page: weakref.ref[OcrPage]
    found: PageAnalysis


def _size_of(known: _Known) -> int:
    found, text = known.found, known.found.transcript
    characters = len(text.text) + len(text.refusal) + sum(map(len, (*text.notes, *found.marks.sentences)))
    return 2_000 + 4 * characters + 400 * len(found.marks.found)


_cache: ByteBoundedCache[_Known] = by_content(ByteBoundedCache(CACHE_BYTES, _size_of))
on_clear(_cache.clear)
on_release(_cache.clear)


def analyse_page(page: OcrPage, picture: Picture) -> PageAnalysis:
    """Return what a page says; cached by the image's content and the page.

    Parameters
    ----------
    page
        What was read in the image.
    picture
        The image.

    Raises
    ------
    PictureError
        The image cannot be decoded.
    """
    known = _cache.get(picture.digest)
    if known is not None and known.page() is page:
        return known.found
    found = _analysed(page, picture)
    _cache.put(picture.digest, _Known(weakref.ref(page), found))
    return found


def _analysed(page: OcrPage, picture: Picture) -> PageAnalysis:
    from headroom_nb.signals.marks import find_marks
    from headroom_nb.signals.text_size import text_size_of_page
    from headroom_nb.techniques.transcript import transcribe

    size = text_size_of_page(page, picture)
    checkpoint()
    marks = find_marks(page, picture)
    checkpoint()
    return PageAnalysis(size, marks, transcribe(page, picture, marks))
