"""The pages of one document, and the forms in which each may be sent; what is worked out for one choice serves all."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from headroom_nb.costs import count_text, estimate
from headroom_nb.costs.documents import document_rule
from headroom_nb.documents.asked import Asked, asked_pages, read_pages
from headroom_nb.documents.time_limit import is_over
from headroom_nb.errors import DocumentError
from headroom_nb.formats.registry import DOCUMENTS
from headroom_nb.pipeline.document_parts import Sent, page_block, region_size
from headroom_nb.pipeline.page_forms import Offer, best, page_offers
from headroom_nb.pipeline.page_images import page_as_image, page_in_form
from headroom_nb.records import PageForm, Technique
from headroom_nb.runtime.stopping import checkpoint, stopping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.costs.documents import DocumentRule
    from headroom_nb.documents.pages import PageFacts
    from headroom_nb.documents.read import Document
    from headroom_nb.documents.time_limit import DocumentTime
    from headroom_nb.formats import DocumentSlot
    from headroom_nb.formats.document_block import DocumentFormat
    from headroom_nb.pipeline.context import DecisionContext, Tools
    from headroom_nb.pipeline.page_images import PageImage
    from headroom_nb.records import Needs, PageChoices, PageResult

MOST_IMAGES = 16
"""Images that one document may become: providers count them over the whole request."""

MOST_READ = 24
"""Pages of one document that go through the stages of images, each of which may take seconds."""

MOST_ASKED = "max"
"""The quality that leaves out most pages: a budget may take its risk."""


@dataclass
class DocumentPages:
    """The pages of one document.

    Attributes
    ----------
    document, data, slot
        What is known of it, its file, and where it stands.
    before
        Its pages as they are.
    context, tools, choices, time
        The caller's options, what the work may use, what a person chose, and how long it may take.
    """

    document: Document
    data: bytes
    slot: DocumentSlot
    before: Sequence[PageResult]
    context: DecisionContext
    tools: Tools
    choices: PageChoices
    time: DocumentTime
    _late: set[int] = field(default_factory=set)
    _known: dict[int, list[Offer]] = field(default_factory=dict)
    _drawn: dict[int, PageImage | None] = field(default_factory=dict)
    _needs: Needs | None = None

    @property
    def late(self) -> set[int]:
        """The numbers of the pages that were not read, or not looked at, in time."""
        return {*self._late, *self.document.unread}

    def asked(self) -> Asked | None:
        """Return the pages that the question, or a person, asks for at the caller's quality; None for all."""
        if self.choices.pages is None:
            return asked_pages(self.slot.question, self.document.pages, self.context.options.quality)
        numbers = read_pages(self.choices.pages, self.document.count)
        return Asked(numbers, "you chose the pages", 0.0) if len(numbers) < self.document.count else None

    def asked_within(self, allowed: float) -> Asked | None:
        """Return the fewest pages that may be asked for at a risk; None for all of them."""
        found = [self.asked()]
        if self.choices.pages is None:
            found.append(asked_pages(self.slot.question, self.document.pages, MOST_ASKED))
        fits = [each for each in found if each is not None and each.risk <= allowed]
        return min(fits, key=lambda each: len(each.pages), default=None)

    def wanted(self, asked: Asked | None) -> set[int]:
        """Return the numbers of the pages that are sent."""
        numbers = set(range(1, self.document.count + 1)) if asked is None else set(asked.pages)
        for number, form in self.choices.forms.items():
            numbers.discard(number) if form is PageForm.LEFT_OUT else numbers.add(number)
        return numbers

    def risks(self) -> list[float]:
        """Return the risks at which the choice of forms may change, from small to large; 0.0 is the first."""
        offers = [offer for number in self.wanted(self.asked()) for offer in self._offers(number, drawn=True)]
        asked = (each for each in (self.asked(), self.asked_within(1.0)) if each is not None)
        return sorted({0.0, *(offer.risk for offer in offers), *(each.risk for each in asked)})

    def sent(self, asked: Asked | None, allowed: float) -> dict[int, Offer]:
        """Return the form of each page that is sent, by number: the cheapest within a risk.

        Pages that the question does not ask for are not drawn: that may take seconds a page.
        """
        chosen: dict[int, Offer] = {}
        images = MOST_IMAGES
        drawn = self.wanted(self.asked())
        for number in sorted(self.wanted(asked)):
            checkpoint()
            page = self.document.pages[number - 1]
            offers = self._offers(number, drawn=number in drawn and images > 0)
            fits = [offer for offer in offers if self._images_of(offer, page) <= images]
            hand = self.choices.forms.get(number)
            if hand is None:
                chosen[number] = best(fits, allowed)
            else:
                chosen[number] = (fits or _made_by_hand(PageForm.PAGE, page, self.before[number - 1]))[0]
            images -= self._images_of(chosen[number], page)
        return chosen

    def made(self, chosen: dict[int, Offer]) -> list[Sent]:
        """Return the pages in their forms, with what was made of their images."""
        return [self._made(self.document.pages[number - 1], offer) for number, offer in chosen.items()]

    def _made(self, page: PageFacts, offer: Offer) -> Sent:
        drawn = self._drawn.get(page.number)
        if offer.form is not PageForm.IMAGE or drawn is None:
            return Sent(page, offer.form)
        if not offer.label:
            return Sent(page, offer.form, drawn.parts)
        parts = page_in_form(drawn, drawn.forms[offer.label], self.context, self.tools)
        return Sent(page, offer.form, parts)

    def _images_of(self, offer: Offer, page: PageFacts) -> int:
        return len(page.regions) if offer.form is PageForm.TEXT_AND_IMAGES else offer.images

    def _offers(self, number: int, *, drawn: bool) -> list[Offer]:
        """Return the forms of a page, the page itself first; with those of its image where it may be drawn."""
        page = self.document.pages[number - 1]
        if number not in self._known:
            self._known[number] = self._text_offers(page)
        offers, hand = self._known[number], self.choices.forms.get(number)
        if hand is not None:
            return [offer for offer in offers if offer.form is hand] or _made_by_hand(
                hand, page, self.before[number - 1]
            )
        if not drawn or page.sound or page.empty or DOCUMENTS[self.slot.format].write_image is None:
            return offers
        if page.unread:
            return offers
        if number not in self._drawn and len(self._drawn) < MOST_READ:
            self._drawn[number] = self._looked_at(page)
        image = self._drawn.get(number)
        if image is not None:
            return [*offers, *image.offers]
        return [replace(offers[0], why=self.time.why), *offers[1:]] if number in self._late else offers

    def _looked_at(self, page: PageFacts) -> PageImage | None:
        """Return a page that was drawn; None where that costs no less, it cannot be drawn, or its time is over."""
        tokens = self.before[page.number - 1].original_tokens
        image = None
        with suppress(DocumentError), stopping(self.time.looking):
            checkpoint()
            image = page_as_image(self.data, page, self.slot, self.context, self.tools, tokens)
        if image is None and is_over(self.time.looking):
            self._late.add(page.number)
        return image

    def _text_offers(self, page: PageFacts) -> list[Offer]:
        model = self.context.model
        kind = DOCUMENTS[self.slot.format]
        rule = document_rule(model, self.slot.format, citations=self.slot.held.citations)
        takes_low = rule.has_lower(self.slot.detail) and kind.writes_detail and _takes_levels(kind, model)
        if self._needs is None:
            self._needs = _needs(self.tools, self.slot.question)
        allowed = kind.write_image is not None and len(page.regions) <= MOST_IMAGES
        return page_offers(
            page,
            self._needs,
            as_page=self.before[page.number - 1].original_tokens,
            as_text=count_text(page_block(page), model).tokens,
            images=_images(page, model) if allowed else None,
            low=_at_low(page, rule, model) if takes_low else None,
        )


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
    why = "you chose this form" if form is hand else f"{hand} was your choice, and is not possible for this page"
    return [Offer(form, before.original_tokens, 0.0, why)]


def _images(page: PageFacts, model: ModelSpec) -> int:
    return sum(estimate(region_size(region, page), model).tokens for region in page.regions)
