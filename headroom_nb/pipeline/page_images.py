"""A page without a sound text layer, through the stages of images: its text by OCR, a smaller view, or as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from headroom_nb.costs.pricing import price_parts
from headroom_nb.documents.isolated import open_document
from headroom_nb.errors import DocumentError, ImageRejectedError
from headroom_nb.formats import ImageSlot
from headroom_nb.pipeline.document_parts import DOTS_PER_INCH
from headroom_nb.pipeline.one_image import OpenedImage, decide
from headroom_nb.pipeline.page_forms import Offer
from headroom_nb.records import ImagePart, PageForm, Technique

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.documents.pages import PageFacts
    from headroom_nb.formats import DocumentSlot
    from headroom_nb.pipeline.context import DecisionContext, Tools
    from headroom_nb.records import FormOffer, Part

LONGEST = 1568
"""Pixels of the longer side of a page's image at most, and SMALLEST at least: what the standard tier of Claude sees."""

SMALLEST = 900

ISOLATED = "isolated"
"""The OCR engine whose choice also reads and draws PDFs in a process of their own."""

AS_IT_IS = "unchanged"
"""Label of an image's form that gives nothing up."""

MARK = "preserve"
"""Written into an image that is sent as it was drawn, so that it is recognised later."""

IMAGE_BLOCKS: dict[str, tuple[str, dict[str, Any]]] = {
    "anthropic_document": ("anthropic", {"type": "image", "source": {}}),
    "openai_file": ("openai_chat", {"type": "image_url", "image_url": {}}),
    "openai_input_file": ("openai_responses", {"type": "input_image", "detail": "auto"}),
    "google_document": ("google", {}),
    "bedrock_document": ("bedrock", {"image": {"source": {}}}),
    "pydantic_document": ("pydantic_ai", {"kind": "binary", "media_type": "image/png"}),
    "mistral_document": ("openai_chat", {"type": "image_url", "image_url": {}}),
}
"""The format of images, and an empty block of it, that stands beside each kind of document block."""


@dataclass(frozen=True)
class PageImage:
    """A page that was drawn.

    Attributes
    ----------
    slot
        Its image, as if it stood in a block of its own.
    offers
        What the quality takes, and then its other forms; none costs as much as the page.
    parts
        Of the first of the offers.
    forms
        The others, by label.
    """

    slot: ImageSlot
    offers: tuple[Offer, ...]
    parts: tuple[Part, ...]
    forms: Mapping[str, FormOffer]


def page_as_image(
    data: bytes,
    page: PageFacts,
    slot: DocumentSlot,
    context: DecisionContext,
    tools: Tools,
    before: int,
) -> PageImage | None:
    """Return a page as the stages of images send it, and its other forms; None where that costs no less.

    Raises
    ------
    DocumentError
        The page cannot be drawn.
    """
    from headroom_nb.pictures import encode, read_header

    wire, block = IMAGE_BLOCKS[slot.format]
    opened = open_document(data, context.options.limits, isolated=context.options.ocr == ISOLATED)
    try:
        longest = min(LONGEST, max(SMALLEST, round(max(page.size) * DOTS_PER_INCH / 72)))
        drawn = opened.render(page.number, longest)
    finally:
        opened.close()
    encoded = encode(drawn, mark=None)
    image = ImageSlot(
        path=(*slot.path, "page", page.number),
        format=wire,
        block=block,
        detail="auto",
        question=slot.question,
        reference=None,
        declared_media_type=encoded.media_type,
        raw=encoded.data,
        load=lambda: encoded.data,
    )
    result = decide(OpenedImage(image, encoded.data, read_header(encoded.data)), context, tools)
    if result.error is not None:
        return None
    parts: tuple[Part, ...] = result.parts
    if not parts:
        marked = encode(drawn, mark=MARK)
        parts = (ImagePart(marked.data, marked.media_type, marked.size),)
    try:
        tokens = price_parts(parts, context.model, "auto").tokens
    except ImageRejectedError:
        return None
    others = {
        form.label: form
        for form in result.forms
        if not form.taken and form.tokens < before and (form.too_risky or not form.why_not) and form.label != AS_IT_IS
    }
    offers = [] if tokens >= before else [_offer(page, result.technique, tokens, result.risk or 0.0, "", len(parts))]
    offers += [_offer(page, form.technique, form.tokens, form.risk, label, 1) for label, form in others.items()]
    return PageImage(image, tuple(offers), parts, others) if offers else None


def page_in_form(image: PageImage, form: FormOffer, context: DecisionContext, tools: Tools) -> tuple[Part, ...]:
    """Return a drawn page in one of its other forms.

    Raises
    ------
    DocumentError
        It cannot be made.
    """
    from headroom_nb.pictures import read_header

    data = image.slot.load()
    chosen = replace(context, forced=form.technique, form=form.label)
    result = decide(OpenedImage(image.slot, data, read_header(data)), chosen, tools)
    if result.error is not None or not result.parts:
        raise DocumentError(f"a page cannot be sent as {form.label}: {result.error or result.note}")
    return result.parts


def _offer(page: PageFacts, technique: Technique, tokens: int, risk: float, label: str, images: int) -> Offer:
    what = "its text by OCR" if technique is Technique.TRANSCODE else "an image"
    return Offer(PageForm.IMAGE, tokens, risk, f"{page.flaw or 'it is a scan'}; sent as {what}", label, images)
