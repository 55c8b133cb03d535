"""Documents to be counted: what is known of each, and what it costs on a model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from headroom_nb.costs import count_text
from headroom_nb.costs.documents import DocumentCost, document_rule
from headroom_nb.documents.cost import cost_of
from headroom_nb.documents.read import read_document
from headroom_nb.errors import DocumentError, MessageError
from headroom_nb.runtime.words import public_part

if TYPE_CHECKING:
    from headroom_nb.analysis.shown import Shown
    from headroom_nb.costs import ModelSpec
    from headroom_nb.documents.read import Document
    from headroom_nb.resource_limits import Limits

BLOCKS = {"anthropic": "anthropic_document", "google": "google_document", "bedrock": "bedrock_document"}
"""The kind of block that a provider's message holds a file in; OpenAI's for the others."""


PAGE_SIDE = 1568
"""Longer side of a page that is shown, in pixels: what Claude's standard tier takes."""


@dataclass(frozen=True)
class CountedPaper:
    """A document, or a plain text in its place; ``wire`` is empty for a file that stands in no block yet."""

    document: Document | None
    text: str
    wire: str
    detail: str
    citations: bool

    def cost(self, spec: ModelSpec, detail: str | None = None) -> DocumentCost:
        """Return what it costs on a model."""
        if self.document is None:
            count = count_text(self.text, spec)
            return DocumentCost(count.tokens, count.exact, "text", "plain text, which is billed as text", None, ())
        wire = self.wire or BLOCKS.get(spec.provider, "openai_file")
        rule = document_rule(spec, wire, citations=self.citations)
        cost = cost_of(self.document, rule, spec, detail or self.detail)
        return cost if self.document.whole else cost.scaled(self.document.count)

    def as_text(self, spec: ModelSpec) -> int | None:
        """Return the tokens of its text; None where that does not say all that its pages do."""
        if self.document is None or not self.document.whole:
            return None
        if not all(
            page.empty or (page.sound and not page.regions and not page.formulas) for page in self.document.pages
        ):
            return None
        return sum(count_text(page.text, spec).tokens for page in self.document.pages)


def page_image(data: bytes, page: int) -> bytes:
    """Return a page of a PDF, its longer side :data:`PAGE_SIDE` pixels, or of a TIFF as the file of an image.

    Raises
    ------
    DocumentError
        There is no such page, or it cannot be drawn.
    UnreadablePictureError
        The TIFF is truncated or broken.
    """
    from headroom_nb.documents.isolated import open_document
    from headroom_nb.documents.pdf import is_pdf
    from headroom_nb.pictures import encode, pages_of_tiff, read_header

    if not is_pdf(data):
        count = read_header(data).frames
        if not 1 <= page <= count:
            raise DocumentError(f"there is no page {page!r}; the TIFF has {count:,}")
        return encode(next(pages_of_tiff(data, only=page - 1)), mark=None).data
    opened = open_document(data)
    try:
        if not 1 <= page <= opened.pages:
            raise DocumentError(f"there is no page {page!r}; the document has {opened.pages:,}")
        return encode(opened.render(page, PAGE_SIDE), mark=None).data
    finally:
        opened.close()


def pages_of(shown: Shown, wanted: str | None = None) -> dict[int, Shown]:
    """Return the pages of a PDF as images by number, drawn where they are looked at; nothing for what is no PDF.

    Parameters
    ----------
    shown
        A document, or an image.
    wanted
        The pages, such as ``"3-5,9"``; None for all.

    Raises
    ------
    HeadroomError
        It cannot be read, or has no such pages.
    """
    from headroom_nb.documents.asked import read_pages
    from headroom_nb.documents.isolated import open_document

    if shown.paper is None or shown.paper.text is not None or shown.reference is not None:
        return {}
    data = shown.load()
    opened = open_document(data)
    count = opened.pages
    opened.close()
    numbers = range(1, count + 1) if wanted is None else read_pages(wanted, count)
    return {
        number: replace(
            shown, label=f"{shown.label}, page {number}", load=partial(page_image, data, number), paper=None
        )
        for number in numbers
    }


def counted_paper(shown: Shown, detail: str, limits: Limits) -> CountedPaper:
    """Return what is known of a document; raises HeadroomError where it cannot be read."""
    paper = shown.paper
    if paper is None:
        raise MessageError(f"{shown.label} is not a document")
    if shown.reference is not None:
        where = public_part(shown.reference)
        raise MessageError(f"sent by reference ({where}): not fetched, so its pages are not known")
    if paper.text is not None:
        return CountedPaper(None, paper.text, paper.wire, detail, paper.citations)
    return CountedPaper(read_document(shown.load(), limits), "", paper.wire, detail, paper.citations)
