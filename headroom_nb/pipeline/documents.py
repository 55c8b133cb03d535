"""The documents of a conversation: each is read, priced page by page, and sent in the cheapest form that is legal.

What goes wrong with one document stays with it: its block is left as it was, and its result says why.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import count_text
from headroom_nb.costs.documents import document_rule
from headroom_nb.costs.pricing import price_parts
from headroom_nb.documents.cost import cost_of
from headroom_nb.documents.pdf import as_ranges, pages_of_ours
from headroom_nb.documents.read import read_document
from headroom_nb.documents.time_limit import DocumentTime
from headroom_nb.errors import HeadroomError, WorkStoppedError
from headroom_nb.formats import document_refusal
from headroom_nb.pipeline.choice import ALLOWED
from headroom_nb.pipeline.document_pages import DocumentPages
from headroom_nb.pipeline.document_parts import make_parts, named_pages
from headroom_nb.pipeline.page_images import ISOLATED
from headroom_nb.records import (
    DocumentPart,
    DocumentResult,
    FormOffer,
    PageChoices,
    PageForm,
    PageResult,
    Technique,
    TextPart,
    format_path,
)
from headroom_nb.runtime.masking import masked
from headroom_nb.runtime.stopping import stopping

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.documents.asked import Asked
    from headroom_nb.documents.read import Document
    from headroom_nb.formats import DocumentSlot
    from headroom_nb.pipeline.context import DecisionContext, Tools
    from headroom_nb.pipeline.page_forms import Offer
    from headroom_nb.records import Part

WORTH = 0.2
"""Share of the tokens that must be saved before a document's bytes may grow."""


UNCHANGED = "unchanged"
"""Label of a document that stays as it is."""

HEAD = 45
"""Tokens of the line and the fence above what stands in a document's place, about."""


@dataclass
class Routed:
    """A document, the result at the caller's quality, and what else may be sent in its place.

    ``before`` is the document as it is. ``pages`` and ``asked`` are None where nothing else may stand in its place.
    """

    result: DocumentResult
    before: DocumentResult | None = None
    pages: DocumentPages | None = None
    asked: Asked | None = None
    at_risk: dict[str, float] = field(default_factory=dict)

    def with_forms(self) -> DocumentResult:
        """Return the result with every form of the document in it: one for each risk that its pages may take.

        A document's risk is that of the page where it is greatest, so no other choice of pages is better.
        """
        pages, result = self.pages, self.result
        if pages is None or pages.choices.forms or pages.choices.pages is not None:
            return result
        taken = _label(result.pages) if result.parts else UNCHANGED
        own = ALLOWED[pages.context.options.quality]
        attempted = _label(_page_results(pages.before, pages.sent(self.asked, own), self.asked))
        offers: dict[str, FormOffer] = {}
        for risk in pages.risks():
            asked = pages.asked_within(risk)
            each = _page_results(pages.before, pages.sent(asked, risk), asked)
            label = _label(each)
            if label in offers or (label == attempted != taken):
                continue  # the same at less risk, or what the quality tried in vain
            self.at_risk[label] = risk
            offers[label] = self._offer(label, each)
        if UNCHANGED not in offers:
            offers[UNCHANGED] = _of_result(UNCHANGED, result.original_tokens, 0.0)
            self.at_risk[UNCHANGED] = -1.0
        offers[taken] = replace(_of_result(taken, result.compressed_tokens, result.risk), taken=True)
        self.result = replace(result, forms=tuple(sorted(offers.values(), key=lambda offer: offer.tokens)))
        return self.result

    def _offer(self, label: str, each: Sequence[PageResult]) -> FormOffer:
        tokens = sum(page.compressed_tokens for page in each) + (HEAD if label != UNCHANGED else 0)
        return _of_result(label, tokens, max(page.risk for page in each), too_risky=True)

    def in_form(self, label: str) -> DocumentResult:
        """Return the document in one of its forms; as it was where that cannot be made."""
        pages, before, forms = self.pages, self.before, self.result.forms
        if pages is None or before is None or any(offer.taken and offer.label == label for offer in forms):
            return self.result
        made = before
        if label != UNCHANGED:
            risk = self.at_risk[label]
            try:
                made = _made(before, pages, pages.asked_within(risk), risk)
            except WorkStoppedError:
                raise
            except HeadroomError as error:
                made = replace(before, error=str(error))
        done = _label(made.pages) if made.parts else UNCHANGED
        return replace(made, forms=tuple(replace(each, taken=each.label == done) for each in forms))


def _of_result(label: str, tokens: int, risk: float, *, too_risky: bool = False) -> FormOffer:
    technique = Technique.PRESERVE if label == UNCHANGED else Technique.TRANSCODE
    return FormOffer(label, technique, tokens, 0, risk, too_risky=too_risky)


def _label(pages: Sequence[PageResult]) -> str:
    """Return what is done with the pages as a phrase, which tells one choice from another."""
    forms: dict[PageForm, list[int]] = {}
    for page in pages:
        forms.setdefault(page.form, []).append(page.number)
    return UNCHANGED if set(forms) == {PageForm.PAGE} else named_pages(forms)


def all_documents(
    slots: Sequence[DocumentSlot],
    context: DecisionContext,
    tools: Tools,
    choices: Mapping[Any, PageChoices] | None = None,
) -> list[Routed]:
    """Return each document, in order, with its result; what went wrong with one stands in its own."""
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
    base = DocumentResult(slot.path, slot.name, slot.question, rule=rule.name)
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
    cost = cost_of(document, rule, model, slot.detail)
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


def _one(slot: DocumentSlot, context: DecisionContext, tools: Tools, choices: PageChoices) -> Routed:
    """Return one document, and in its result what is to stand in its place."""
    result = DocumentResult(slot.path, slot.name, slot.question)
    time = DocumentTime(context.options.limits)
    try:
        with stopping(time.stop):
            result, document, data = count_document(slot, context)
            if document is None:
                return Routed(result)
            return _routed(result, DocumentPages(document, data, slot, result.pages, context, tools, choices, time))
    except WorkStoppedError:
        raise
    except HeadroomError as error:
        return Routed(replace(result, error=str(error), note=f"left as it was: {error}"))
    except Exception as error:  # noqa: BLE001 - a router or engine of someone's own may raise anything
        why = masked(f"{type(error).__name__}: {error}")
        return Routed(replace(result, error=why, note=f"left as it was: {why}"))


def _routed(result: DocumentResult, pages: DocumentPages) -> Routed:
    document, slot = pages.document, pages.slot
    why_not = document_refusal(slot)
    ours = pages_of_ours(pages.data)
    if ours:
        why_not = f"already compressed (page {ours}); not done twice"
    elif slot.detail == "low":
        why_not = "you asked for low detail"
    elif not document.whole:
        why_not = f"it has {document.count:,} pages; at most {len(document.pages):,} are looked at"
    if why_not:
        return Routed(replace(result, note=f"{result.note}; left as it was: {why_not}".removeprefix("; ")))
    asked = pages.asked()
    if not pages.wanted(asked):
        return Routed(replace(result, note="left as it was: you left out every page"))
    made = _made(result, pages, asked, ALLOWED[pages.context.options.quality])
    late = sorted(pages.late & pages.wanted(asked))
    if late:
        left = f"{'page' if len(late) == 1 else 'pages'} {as_ranges(late)} left as they were: {pages.time.why}"
        made = replace(made, note="; ".join(filter(None, (made.note, left))))
    return Routed(made, result, pages, asked)


def _made(result: DocumentResult, pages: DocumentPages, asked: Asked | None, allowed: float) -> DocumentResult:
    """Return a document with each page in its cheapest form within a risk."""
    chosen = pages.sent(asked, allowed)
    each = _page_results(result.pages, chosen, asked)
    if all(page.form is PageForm.PAGE for page in each):
        return replace(result, pages=each)
    options = pages.context.options
    isolated, where = options.ocr == ISOLATED, format_path(pages.slot.path)
    sent = pages.made(chosen)
    parts = make_parts(pages.data, pages.document, sent, result.name, where, options.limits, isolated=isolated)
    return _if_better(result, each, parts, pages.context.model, asked, pages.choices.forms)


def _page_results(
    before: Sequence[PageResult], chosen: Mapping[int, Offer], asked: Asked | None
) -> tuple[PageResult, ...]:
    why, risk = ("you left it out", 0.0) if asked is None else (asked.why, asked.risk)
    return tuple(_page_result(page, chosen.get(page.number), why, risk) for page in before)


def _page_result(before: PageResult, offer: Offer | None, left_why: str, left_risk: float) -> PageResult:
    if offer is None:
        return replace(before, form=PageForm.LEFT_OUT, compressed_tokens=0, why=left_why, risk=left_risk)
    return replace(before, form=offer.form, compressed_tokens=offer.tokens, why=offer.why, risk=offer.risk)


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
        return _left(result, pages, "no other form is cheaper")
    heavy = size > result.original_bytes and tokens > (1 - WORTH) * result.original_tokens
    if heavy and not by_hand:
        grown = f"it would grow from {result.original_bytes:,} to {size:,} bytes"
        why = f"{grown} and save less than {WORTH:.0%} of its tokens"
        return _left(result, pages, why)
    forms: dict[PageForm, list[int]] = {}
    for page in pages:
        forms.setdefault(page.form, []).append(page.number)
    done = named_pages(forms)
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
