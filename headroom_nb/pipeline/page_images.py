"""A page without a sound text layer, through the stages of images: its text by OCR, a smaller view, or as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.costs.pricing import price_parts
from headroom_nb.documents.isolated import open_document
from headroom_nb.errors import ImageRejectedError
from headroom_nb.formats import ImageSlot
from headroom_nb.pipeline.document_parts import DOTS_PER_INCH
from headroom_nb.pipeline.one_image import OpenedImage, decide
from headroom_nb.pipeline.page_forms import Offer
from headroom_nb.records import ImagePart, PageForm, Technique

if TYPE_CHECKING:
    from headroom_nb.documents.pages import PageFacts
    from headroom_nb.formats import DocumentSlot
    from headroom_nb.pipeline.context import DecisionContext, Tools
    from headroom_nb.records import Part

LONGEST = 1568
"""Pixels of the longer side of a page's image at most, and SMALLEST at least: what the standard tier of Claude sees."""

SMALLEST = 900

ISOLATED = "isolated"
"""The OCR engine whose choice also reads and draws PDFs in a process of their own."""

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


def page_as_image(
    data: bytes,
    page: PageFacts,
    slot: DocumentSlot,
    context: DecisionContext,
    tools: Tools,
    before: int,
) -> tuple[Offer, tuple[Part, ...]] | None:
    """Return a page as the stages of images send it; None where that costs no less.

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
    if tokens >= before:
        return None
    what = "its text by OCR" if result.technique is Technique.TRANSCODE else "an image"
    why = f"{page.flaw or 'it is a scan'}; sent as {what}"
    return Offer(PageForm.IMAGE, tokens, result.risk or 0.0, why), parts
