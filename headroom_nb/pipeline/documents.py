"""The documents of a conversation: each is read, priced page by page, and sent in the cheapest form that is legal.

What goes wrong with one document stays with it: its block is left as it was, and its result says why.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import count_text, estimate
from headroom_nb.costs.documents import document_rule
from headroom_nb.costs.pricing import price_parts
from headroom_nb.documents.asked import Asked, asked_pages, read_pages
from headroom_nb.documents.pdf import pages_of_ours
from headroom_nb.documents.read import read_document
from headroom_nb.errors import HeadroomError, WorkStoppedError
from headroom_nb.formats import document_refusal
from headroom_nb.formats.documents import DOCUMENTS
from headroom_nb.pipeline.document_parts import (
    Sent,
    make_parts,
    named_pages,
    page_block,
    region_size,
)
from headroom_nb.pipeline.page_forms import Offer, best, page_offers
from headroom_nb.pipeline.page_images import ISOLATED, page_as_image
from headroom_nb.records import (
    DocumentPart,
    DocumentResult,
    PageChoices,
    PageForm,
    PageResult,
    Technique,
    TextPart,
    format_path,
)
from headroom_nb.runtime.masking import masked
from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.costs.documents import DocumentCost, DocumentRule
    from headroom_nb.documents.pages import PageFacts
    from headroom_nb.documents.read import Document
    from headroom_nb.formats import DocumentSlot
    from headroom_nb.formats.document_block import DocumentFormat
    from headroom_nb.pipeline.context import DecisionContext, Tools
    from headroom_nb.records import Needs, Part

MOST_IMAGES = 16
"""Images that one document may become: providers count them over the whole request."""

MOST_READ = 24
"""Pages of one document that go through the stages of images, each of which may take seconds."""

WORTH = 0.2
"""Share of the tokens that must be saved before a document's bytes may grow."""


def all_documents(
    slots: Sequence[DocumentSlot],
    context: DecisionContext,
    tools: Tools,
    choices: Mapping[Any, PageChoices] | None = None,
) -> list[DocumentResult]:
    """Return the result of each document, in order; what went wrong with one stands in its own."""
    found = []
    for slot in slots:
        own = (choices or {}).get(slot.path, PageChoices())
        pages = own.pages if own.pages is not None else context.options.pages
        asked = slot if own.question is None else replace(slot, question=own.question)
        found.append(_one(asked, context, tools, replace(own, pages=pages)))
    return found


def count_document(slot: DocumentSlot, context: DecisionContext) -> tuple[DocumentResult, Document | None, bytes]:
    """Return the result of a document as it is, what is known of it and its bytes; draws nothing.

    Raises
    ------
    HeadroomError
        It is over a limit, or cannot be read.
    """
    model, held = context.model, slot.held
    rule = document_rule(model, slot.format, citations=held.citations)
    base = DocumentResult(slot.path, held.name, slot.question, rule=rule.name)
    if held.text is not None:
        count = count_text(held.text, model)
        note = "plain text, which is billed as text"
        tokens = count.tokens
        size = len(held.text.encode("utf-8", "replace"))
        return (
            replace(
                base, original_tokens=tokens, compressed_tokens=tokens, original_bytes=size, compressed_bytes=size,
                exact=count.exact, rule="text", note=note,
            ),
            None,
            b"",
        )  # fmt: skip
    if slot.reference is not None:
        note = "sent by reference: not fetched, its pages and cost are not known"
        return replace(base, note=note), None, b""
    data = slot.load()
    document = read_document(data, context.options.limits, isolated=context.options.ocr == ISOLATED)
    cost = _cost(document, rule, model, slot.detail)
    pages = tuple(
        PageResult(page.number, page.size, PageForm.PAGE, one.tokens, one.tokens, "")
        for page, one in zip(document.pages, cost.pages, strict=True)
    )
    if not document.whole:
        cost = cost.scaled(document.count)
    result = replace(
        base,
        pages=pages,
        page_count=document.count,
        original_tokens=cost.tokens,
        compressed_tokens=cost.tokens,
        original_bytes=len(data),
        compressed_bytes=len(data),
        original=data,
        exact=cost.exact,
        bounds=cost.bounds,
        note=cost.note,
    )
    return result, document, data


def _cost(document: Document, rule: DocumentRule, model: ModelSpec, detail: str) -> DocumentCost:
    bills_text = bool(rule.text)
    pages = [(page.size, count_text(page.text, model).tokens if bills_text else 0) for page in document.pages]
    return rule.of_pages(pages, model, detail)


def _one(slot: DocumentSlot, context: DecisionContext, tools: Tools, choices: PageChoices) -> DocumentResult:
    """Return the result of one document, and in it what is to stand in its place."""
    result = DocumentResult(slot.path, slot.held.name, slot.question)
    try:
        result, document, data = count_document(slot, context)
        if document is None:
            return result
        return _routed(result, document, data, slot, context, tools, choices)
    except WorkStoppedError:
        raise
    except HeadroomError as error:
        return replace(result, error=str(error), note=f"left as it was: {error}")
    except Exception as error:  # noqa: BLE001 - a router or engine of someone's own may raise anything
        why = masked(f"{type(error).__name__}: {error}")
        return replace(result, error=why, note=f"left as it was: {why}")


def _routed(
    result: DocumentResult,
    document: Document,
    data: bytes,
    slot: DocumentSlot,
    context: DecisionContext,
    tools: Tools,
    choices: PageChoices,
) -> DocumentResult:
    why_not = document_refusal(slot)
    ours = pages_of_ours(data)
    if ours:
        why_not = f"already compressed (page {ours}); not done twice"
    elif slot.detail == "low":
        why_not = "you asked for low detail"
    elif not document.whole:
        why_not = f"it has {document.count:,} pages; at most {len(document.pages):,} are looked at"
    if why_not:
        return replace(result, note=f"{result.note}; left as it was: {why_not}".removeprefix("; "))
    asked = _asked(slot, document, context, choices)
    by_hand = choices.forms
    wanted = set(range(1, document.count + 1)) if asked is None else set(asked.pages)
    wanted |= {number for number, form in by_hand.items() if form is not PageForm.LEFT_OUT}
    wanted -= {number for number, form in by_hand.items() if form is PageForm.LEFT_OUT}
    if not wanted:
        return replace(result, note="left as it was: every page of it was left out by hand")
    chosen, sent = _pages(result, document, data, slot, context, tools, wanted, by_hand)
    left_risk = 0.0 if asked is None else asked.risk
    left_why = "left out by hand" if asked is None else asked.why
    pages = tuple(_page_result(before, chosen.get(before.number), left_why, left_risk) for before in result.pages)
    if all(each.form is PageForm.PAGE for each in pages):
        return replace(result, pages=pages)
    name = result.name
    where, isolated = format_path(slot.path), context.options.ocr == ISOLATED
    parts = make_parts(data, document, sent, name, where, context.options.limits, isolated=isolated)
    return _if_better(result, pages, parts, context.model, asked, by_hand)


def _asked(slot: DocumentSlot, document: Document, context: DecisionContext, choices: PageChoices) -> Asked | None:
    if choices.pages is not None:
        numbers = read_pages(choices.pages, document.count)
        return Asked(numbers, "chosen by hand", 0.0) if len(numbers) < document.count else None
    return asked_pages(slot.question, document.pages, context.options.quality)


def _page_result(before: PageResult, offer: Offer | None, left_why: str, left_risk: float) -> PageResult:
    if offer is None:
        return replace(before, form=PageForm.LEFT_OUT, compressed_tokens=0, why=left_why, risk=left_risk)
    return replace(before, form=offer.form, compressed_tokens=offer.tokens, why=offer.why, risk=offer.risk)


def _pages(
    result: DocumentResult,
    document: Document,
    data: bytes,
    slot: DocumentSlot,
    context: DecisionContext,
    tools: Tools,
    wanted: set[int],
    by_hand: Mapping[int, PageForm],
) -> tuple[dict[int, Offer], list[Sent]]:
    """Return the form of each page that is sent, by number, and the same with what was made of its image."""
    model, quality = context.model, context.options.quality
    kind = DOCUMENTS[slot.format]
    rule = document_rule(model, slot.format, citations=slot.held.citations)
    needs = _needs(tools, slot.question)
    takes_low = rule.has_lower(slot.detail) and kind.writes_detail and _takes_levels(kind, model)
    chosen: dict[int, Offer] = {}
    sent: list[Sent] = []
    images, read = MOST_IMAGES, MOST_READ
    for page, before in zip(document.pages, result.pages, strict=True):
        if page.number not in wanted:
            continue
        checkpoint()
        parts: tuple[Part, ...] = ()
        allowed = kind.write_image is not None and len(page.regions) <= images
        offers = page_offers(
            page,
            needs,
            as_page=before.original_tokens,
            as_text=count_text(page_block(page), model).tokens,
            images=_images(page, model) if allowed else None,
            low=_at_low(page, rule, model) if takes_low else None,
        )
        hand = by_hand.get(page.number)
        if hand is not None:
            offers = [offer for offer in offers if offer.form is hand] or _made_by_hand(hand, page, before)
        elif not page.sound and not page.empty and kind.write_image is not None and images and read:
            read -= 1
            made = page_as_image(data, page, slot, context, tools, before.original_tokens)
            if made is not None:
                offer, parts = made
                offers.append(offer)
        offer = offers[0] if hand is not None else best(offers, quality)
        parts = parts if offer.form is PageForm.IMAGE else ()
        images -= len(page.regions) if offer.form is PageForm.TEXT_AND_IMAGES else len(parts)
        chosen[page.number] = offer
        sent.append(Sent(page, offer.form, parts))
    return chosen, sent


def _takes_levels(kind: DocumentFormat, model: ModelSpec) -> bool:
    return model.takes_levels_in("google") if kind.provider == "google" else True


def _at_low(page: PageFacts, rule: DocumentRule, model: ModelSpec) -> int:
    text = count_text(page.text, model).tokens if rule.text else 0
    return rule.cost(page.size, text, model, "low").tokens


def _needs(tools: Tools, question: str) -> Needs:
    """Return what a question depends on; there is no image yet for a router to look at."""
    own = getattr(tools.router(), "needs", None)
    if callable(own):
        needs: Needs = own(b"", question)
        return needs
    from headroom_nb.routing.needs import from_techniques

    return from_techniques({Technique.TRANSCODE: 1.0}, question)


def _made_by_hand(hand: PageForm, page: PageFacts, before: PageResult) -> list[Offer]:
    form = hand if hand is PageForm.TEXT and page.text else PageForm.PAGE
    why = "chosen by hand" if form is hand else f"{hand} was chosen by hand, and cannot be made of this page"
    return [Offer(form, before.original_tokens, 0.0, why)]


def _images(page: PageFacts, model: ModelSpec) -> int:
    return sum(estimate(region_size(region, page), model).tokens for region in page.regions)


def _if_better(
    result: DocumentResult,
    pages: tuple[PageResult, ...],
    parts: tuple[Part | DocumentPart, ...],
    model: ModelSpec,
    asked: Asked | None,
    by_hand: Mapping[int, PageForm],
) -> DocumentResult:
    """Return the result with these parts where they cost less; a person's choice of pages counts in any case."""
    kept = sum(page.compressed_tokens for page in pages if page.form in {PageForm.PAGE, PageForm.LOW})
    price = price_parts(tuple(part for part in parts if not isinstance(part, DocumentPart)), model, "auto")
    tokens = kept + price.tokens
    size = sum(_bytes(part) for part in parts)
    if tokens >= result.original_tokens and not by_hand:
        return _left(result, pages, "no other form costs less")
    heavy = size > result.original_bytes and tokens > (1 - WORTH) * result.original_tokens
    if heavy and not by_hand:
        grown = f"it would grow from {result.original_bytes:,} to {size:,} bytes"
        why = f"{grown} and save less than {WORTH:.0%} of its tokens"
        return _left(result, pages, why)
    forms: dict[PageForm, list[int]] = {}
    for page in pages:
        forms.setdefault(page.form, []).append(page.number)
    done = f"page {named_pages(forms)}"
    why = f" ({asked.why})" if asked is not None else ""
    return replace(
        result,
        pages=pages,
        compressed_tokens=tokens,
        compressed_bytes=size,
        exact=result.exact and price.exact and not kept,
        parts=parts,
        note="; ".join(filter(None, (done + why, result.note))),
    )


def _left(result: DocumentResult, pages: tuple[PageResult, ...], why: str) -> DocumentResult:
    """Return the result of a document that is left as it was."""
    same = tuple(
        replace(page, form=PageForm.PAGE, compressed_tokens=page.original_tokens, why=why, risk=0.0) for page in pages
    )
    return replace(result, note=f"{result.note}; left as it was: {why}".removeprefix("; "), pages=same)


def _bytes(part: Part | DocumentPart) -> int:
    return len(part.text.encode("utf-8", "replace")) if isinstance(part, TextPart) else len(part.data)
