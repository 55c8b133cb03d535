"""What a document that was read costs; of pages that were not read, as an estimate by the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headroom_nb.costs import count_text

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec
    from headroom_nb.costs.documents import DocumentCost, DocumentRule
    from headroom_nb.documents.read import Document


def cost_of(document: Document, rule: DocumentRule, model: ModelSpec, detail: str) -> DocumentCost:
    """Return the tokens of a document's pages; a page whose text was not read in time is taken for an average one."""
    pages, unread = document.pages, len(document.unread)
    texts = {page.number: count_text(page.text, model).tokens for page in pages if rule.text and not page.unread}
    usual = round(sum(texts.values()) / max(1, len(texts)))
    cost = rule.of_pages([(page.size, texts.get(page.number, usual)) for page in pages], model, detail)
    if unread and rule.text:
        said = f"the text of {unread:,} of {document.count:,} pages was not read in time, and is estimated"
        cost = replace(cost, exact=False, note="; ".join(filter(None, (said, cost.note))))
    return cost
