"""Rows for documents: one per document, with its pages folded in."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from headroom_nb.documents.pdf import as_ranges, open_pdf
from headroom_nb.documents.unpacked import may_fill_the_memory
from headroom_nb.errors import DocumentError
from headroom_nb.records import PageForm, format_path
from headroom_nb.records.origins import origin
from headroom_nb.rendering import figures, markup, plain, wording
from headroom_nb.rendering.tables import Cell
from headroom_nb.runtime.lru import on_clear

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headroom_nb.records import DocumentResult, PageResult

MOST_PAGES = 60
"""Pages of a document that are listed."""

MOST_SHOWN = 12
"""Pages that are drawn small."""

PAGE_SIDE = 72
"""Longest side of a page drawn small, in pixels."""

MOST_WORDS = 90
"""Columns of a page's reason."""

FORMS = {
    PageForm.PAGE: "as PDF page",
    PageForm.LOW: "as PDF page, low detail",
    PageForm.TEXT: "as text",
    PageForm.TEXT_AND_IMAGES: "as text with images",
    PageForm.IMAGE: "as image",
    PageForm.LEFT_OUT: "not sent",
}
"""What is said of a page's form."""


def document_row(document: DocumentResult, most_text: int, drawn: Sequence[str] = ()) -> tuple[str | Cell, ...]:
    """Return the cells of a document's row, in the order of the table of images.

    ``drawn`` are the previews of its pages, where these are images of the result.
    """
    note = document.note if document.error is None else ""
    return (
        _name_cell(document, drawn),
        plain.shorten(document.question, most_text) or "–",
        plain.shorten(note if document.parts else f"unchanged; {note}".rstrip("; "), most_text),
        tokens(document),
        wording.saved(document),
        figures.risk(document.risk) if document.parts else "–",
        plain.shorten(document.error or "", most_text),
    )


def tokens(document: DocumentResult) -> str:
    """Return a document's tokens before and after; ``not known`` where they are not."""
    if wording.is_unknown_document(document):
        return "not known"
    return figures.change(
        document.original_tokens, document.compressed_tokens, exact=document.exact, before_exact=document.exact
    )


def to_text(document: DocumentResult) -> str:
    """Return what ``print`` shows of a document: its tokens, its question, and each page with its reason."""
    lines = [f"{_title(document)}: {tokens(document)} tokens"]
    known = (("Question", document.question), ("Note", document.note), ("Error", document.error or ""))
    lines += [f"{title}: {plain.one_line(text)}" for title, text in known if text]
    lines += [_page_words(page) for page in document.pages[:MOST_PAGES]]
    more = len(document.pages) - MOST_PAGES
    return "\n".join([*lines, *([f"… and {more:,} more pages: see .pages"] if more > 0 else [])])


def pages_of(document: DocumentResult) -> list[dict[str, Any]]:
    """Return plain records of the pages that are listed, for JSON."""
    return [
        {
            "page": page.number,
            "form": str(page.form),
            "original_tokens": page.original_tokens,
            "compressed_tokens": page.compressed_tokens,
            "risk": round(page.risk, 4),
            "why": plain.shorten(page.why, MOST_WORDS),
        }
        for page in document.pages[:MOST_PAGES]
    ]


def to_json(document: DocumentResult, most_text: int, images: Iterable[int] = ()) -> dict[str, Any]:
    """Return a document's record in a report; ``images`` are the places of its pages among the images, if they are."""
    return {
        "path": format_path(document.path),
        "name": plain.shorten(document.name, MOST_WORDS),
        "question": plain.shorten(document.question, most_text),
        "page_count": document.page_count,
        "original_tokens": document.original_tokens,
        "compressed_tokens": document.compressed_tokens,
        "bounds": list(document.bounds) if document.bounds else None,
        "exact": document.exact,
        "rule": document.rule,
        "note": plain.shorten(document.note, most_text),
        "error": None if document.error is None else plain.shorten(document.error, most_text),
        "pages": pages_of(document),
        "images": list(images),
    }


def _name_cell(document: DocumentResult, drawn: Sequence[str]) -> Cell:
    text = _title(document)
    inner = markup.escape(plain.one_line(text)).replace("].", "].<wbr>")
    if not document.pages:
        return Cell(text, inner)
    listed = document.pages[:MOST_PAGES]
    if document.original:
        drawn = [_drawn(document.original, page.number) for page in listed[:MOST_SHOWN]]
    rows = "".join(_page_row(page, drawn[n] if n < len(drawn) else "") for n, page in enumerate(listed))
    more = len(document.pages) - len(listed)
    rest = f"<p>… and {more:,} more pages: see {'.documents' if document.original else '.images'}</p>" if more else ""
    numbers = as_ranges([page.number for page in document.pages])
    return Cell(text, f"{inner}<details><summary>pages {numbers}</summary>{rows}{rest}</details>")


def _title(document: DocumentResult) -> str:
    name = document.name or origin(document.path)
    if document.page_count is None:
        return name
    return f"{name}, {document.page_count:,} page{'s' * (document.page_count != 1)}"


def _page_words(page: PageResult) -> str:
    change = figures.change(page.original_tokens, page.compressed_tokens)
    why = f"; {plain.shorten(page.why, MOST_WORDS)}" if page.why else ""
    return f"{page.number}: {FORMS[page.form]}, {change} tokens{why}"


def _page_row(page: PageResult, uri: str) -> str:
    alt = f"Page {page.number}, {FORMS[page.form]}"
    image = f'<img src="{uri}" alt="{markup.escape(alt)}" loading="lazy"> ' if uri else ""
    return f"<p>{image}{markup.escape(_page_words(page))}</p>"


@lru_cache(maxsize=64)
def _drawn(data: bytes, number: int) -> str:
    """Return a page drawn small, as a data URI; empty where it cannot be drawn in this process."""
    if may_fill_the_memory(data):
        return ""
    try:
        opened = open_pdf(data)
        try:
            image = opened.render(number, PAGE_SIDE).convert("L").quantize(8)
        finally:
            opened.close()
    except DocumentError:
        return ""
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return "data:image/png;base64," + b64encode(out.getvalue()).decode("ascii")


on_clear(_drawn.cache_clear)
