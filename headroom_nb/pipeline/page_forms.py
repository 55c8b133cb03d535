"""How each page of a document is sent: the cheapest form whose risk the quality allows.

Text is offered where the text layer is sound and nothing else on the page needs to be seen; text with images of the
regions that text does not show otherwise; pages with formulas, or without a sound layer, stay pages or go through the
stages of images.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.records import PageForm

if TYPE_CHECKING:
    from headroom_nb.documents.pages import PageFacts
    from headroom_nb.records import Needs

ABOUT_LOOKS = 0.4
"""Share of the needs that the look of a page answers, from which a question is taken to be about how a page looks."""

OF_TEXT, OF_LOOKS, OF_A_QUESTION_ABOUT_LOOKS = 0.001, 0.02, 0.25
"""Risk of a sound text layer; of not seeing the page, per share of such needs; where the question is about that."""

OF_SMALL_THINGS = 0.1
"""Risk of seeing a page at the low level, whose size is not published, per share of needs of marks and fine things."""


@dataclass(frozen=True)
class Offer:
    """One form of one page: what it costs, its risk, and why it is offered.

    Of a page's image also the label of the form it takes, and how many images that is.
    """

    form: PageForm
    tokens: int
    risk: float
    why: str
    label: str = ""
    images: int = 0


def risk_without_the_page(needs: Needs) -> float:
    """Return the chance that an answer is lost when the text of a page without figures is sent in its place."""
    looks = needs.marks + needs.layout + needs.detail  # what the look of a page answers, and its text does not
    return OF_TEXT + (OF_LOOKS if looks < ABOUT_LOOKS else OF_A_QUESTION_ABOUT_LOOKS) * looks


def risk_at_low(needs: Needs) -> float:
    """Return the same where its text is sent with a small view, which shows where things stand."""
    return OF_TEXT + OF_LOOKS * needs.layout + OF_SMALL_THINGS * (needs.marks + needs.detail)


def page_offers(
    page: PageFacts, needs: Needs, *, as_page: int, as_text: int, images: int | None, low: int | None
) -> list[Offer]:
    """Return the forms of a page that do not depend on how its image is read, the page itself first.

    Parameters
    ----------
    page
        What it shows.
    needs
        What the answer depends on.
    as_page, as_text
        Tokens of the page in a PDF, and of its text.
    images
        Tokens of the images of its regions; None where images may not stand there.
    low
        Tokens of the page at the provider's low level; None where a block cannot ask for one.
    """
    offers = [Offer(PageForm.PAGE, as_page, 0.0, _why_page(page))]
    if page.empty:
        return [*offers, Offer(PageForm.TEXT, as_text, 0.0, "it is empty")]
    if not page.sound or page.formulas:
        return offers
    unseen = risk_without_the_page(needs)
    if not page.regions:
        why = "its text can be read from the file, and there is nothing else on it"
        offers.append(Offer(PageForm.TEXT, as_text, unseen, why))
        if low is not None:
            why = "its text can be read from the file; sent with a small image of the page"
            offers.append(Offer(PageForm.LOW, low, risk_at_low(needs), why))
    elif images is not None:
        what = ", ".join(dict.fromkeys(region.kind for region in page.regions))
        why = f"its text can be read from the file; its {what} is sent as an image"
        offers.append(Offer(PageForm.TEXT_AND_IMAGES, as_text + images, unseen, why))
    return offers


def _why_page(page: PageFacts) -> str:
    if page.scanned and not page.flaw:
        return "it is a scan"
    if page.flaw:
        return page.flaw
    if page.formulas:
        return "it has formulas"
    return "no other form is cheaper"


def best(offers: list[Offer], allowed: float) -> Offer:
    """Return the cheapest offer within a risk, 0 to 1; the page itself, first among them, always is."""
    return min((offer for offer in offers if offer.risk <= allowed), key=lambda offer: (offer.tokens, offer.risk))
