"""A document read once: the facts of its pages, remembered by the file's content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.documents.isolated import IsolatedPdf, open_document
from headroom_nb.documents.pages import PageFacts, page_facts
from headroom_nb.documents.time_limit import DocumentTime, is_over
from headroom_nb.errors import DocumentError
from headroom_nb.runtime.lru import ByteBoundedCache, by_content, on_clear
from headroom_nb.runtime.stopping import checkpoint, stopping

if TYPE_CHECKING:
    from headroom_nb.documents.pdf import PdfFile
    from headroom_nb.resource_limits import Limits

PER_PAGE = 600
"""Bytes that the facts of a page take beside its text, roughly."""


LETTER = (612.0, 792.0)
"""Points of a page whose size cannot be read."""


@dataclass(frozen=True)
class Document:
    """What is known of a PDF without drawing it.

    Attributes
    ----------
    digest, bytes
        SHA-256 and size of the file.
    count
        Number of its pages.
    pages
        Facts of those that were read: all of them up to the limit.
    has_form
        Whether it has form fields.
    """

    digest: str
    bytes: int
    count: int
    pages: tuple[PageFacts, ...]
    has_form: bool

    @property
    def whole(self) -> bool:
        """Whether every page is known, read or not."""
        return len(self.pages) == self.count

    @property
    def unread(self) -> tuple[int, ...]:
        """The numbers of the pages that were not read in time."""
        return tuple(page.number for page in self.pages if page.unread)


def read_document(data: bytes, limits: Limits, *, isolated: bool = False) -> Document:
    """Return what is known of a PDF.

    A page that cannot be read is kept as one without text. Of a document with more pages than the limit the first ones
    are read. ``isolated`` reads in a process of its own. Pages that are not read within their share of
    ``max_document_seconds`` are unread.

    Raises
    ------
    DocumentError
        As :func:`headroom_nb.documents.pdf.open_pdf` does.
    """
    digest = hashlib.sha256(data).hexdigest()
    key = digest, limits
    known = _known.get(key)
    if known is not None:
        return known
    opened = open_document(data, limits, isolated=isolated)
    pages: list[PageFacts] = []
    time = DocumentTime(limits)
    try:
        for number in range(1, min(opened.pages, limits.max_document_pages) + 1):
            checkpoint()
            try:
                with stopping(time.reading):
                    checkpoint()
                    pages.append(page_facts(opened.read(number)))
            except DocumentError as error:
                late = is_over(time.reading)
                flaw = time.why if late else str(error)
                pages.append(PageFacts(number, _size(opened, number), "", flaw=flaw, scanned=True, unread=late))
        found = Document(digest, len(data), opened.pages, tuple(pages), opened.has_form)
    finally:
        opened.close()
    if not found.unread:
        _known.put(key, found)
    return found


def _size(opened: PdfFile | IsolatedPdf, number: int) -> tuple[float, float]:
    try:
        return opened.size(number)
    except DocumentError:
        return LETTER


def _weight(document: Document) -> int:
    return sum(PER_PAGE + 2 * len(page.text) + 100 * len(page.regions) for page in document.pages)


_known: ByteBoundedCache[Document] = by_content(ByteBoundedCache(16 * 2**20, _weight))
on_clear(lambda: _known.discard(lambda _: True))
