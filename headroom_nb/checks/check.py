"""What a provider would refuse in a conversation, found before it is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import SentImage, check_images, limit_uses
from headroom_nb.errors import HeadroomError, UnreadablePictureError
from headroom_nb.formats import find_documents, find_images
from headroom_nb.formats.model_choice import choose_model
from headroom_nb.formats.replace import wrong_label
from headroom_nb.formats.unread import unread
from headroom_nb.formats.walk import check_document, read_messages, request_body
from headroom_nb.pictures import open_picture, read_header
from headroom_nb.records import CheckResult, LimitUse, LimitViolation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats.slots import DocumentSlot, ImageSlot

_GLANCE = 64
"""Long side in pixels that images are decoded to, to see that they can be: a JPEG takes an eighth of the time so."""


def check(messages: Any, model: str | ModelSpec | None = None, *, provider: str | None = None) -> CheckResult:
    """Return what a provider would refuse: pixels, sides, counts, bytes, formats and labels of the whole conversation.

    Nothing is fetched. Every image is decoded, as far as the resource limits allow: one that is cut off or broken is a
    violation of its own. So is a document that cannot be read; pages and bytes of documents are counted.

    Parameters
    ----------
    messages
        A message list, one message or a request body, in any known format; or a list of request bodies, such as the
        lines of a batch, each of which is checked by itself.
    model, provider
        Whose limits apply; read off the document where they are not given.

    Raises
    ------
    UnknownModelError, OptionError
        The model or provider is not in the table.
    MessageError
        What was passed can be no conversation.
    """
    if isinstance(messages, (list, tuple)) and messages and all(request_body(each)[1] is not None for each in messages):
        return _together([check(each, model, provider=provider) for each in messages])
    check_document(messages)
    read = read_messages(messages)
    spec, _ = choose_model(messages, model=model, provider=provider, read=read)
    slots = find_images(messages, read)
    sent: list[SentImage] = []
    found: list[LimitViolation] = []
    for slot in slots:
        try:
            sent.append(sent_image(slot))
            found.extend(_looked_into(slot))
        except HeadroomError as error:
            sent.append(SentImage(slot.path, None, None, None))
            found.append(LimitViolation(slot.path, f"cannot be read: {error}"))
    papers = find_documents(messages, read)
    documents, wrong = _documents(papers, spec)
    found.extend(wrong)
    return CheckResult(
        model=spec.name,
        provider=spec.provider,
        images=len(slots),
        violations=(*found, *check_images(sent, spec)),
        not_judged=(
            *(slot.path for slot in slots if slot.reference is not None),
            *(slot.path for slot in papers if slot.reference is not None),
        ),
        documents=len(papers),
        unread=unread(read, messages),
        limits=(limit_uses(sent, spec) if sent or not papers else ()) + documents,
    )


def _together(checked: list[CheckResult]) -> CheckResult:
    """Return the checks of several requests as one: of each limit the request that is nearest to it."""
    nearest: dict[str, LimitUse] = {}
    for number, one in enumerate(checked):
        for use in one.limits:
            if use.limit not in nearest or (use.share or 0.0) > (nearest[use.limit].share or 0.0):
                nearest[use.limit] = replace(use, path=(number, *use.path) if use.path else ())
    return CheckResult(
        model=", ".join(dict.fromkeys(one.model for one in checked)),
        provider=", ".join(dict.fromkeys(one.provider for one in checked)),
        images=sum(one.images for one in checked),
        violations=tuple(
            replace(found, path=(number, *found.path))
            if found.path
            else replace(found, message=f"number {number + 1}: {found.message}")
            for number, one in enumerate(checked)
            for found in one.violations
        ),
        not_judged=tuple((number, *path) for number, one in enumerate(checked) for path in one.not_judged),
        documents=sum(one.documents for one in checked),
        unread=tuple(f"request {number + 1}: {said}" for number, one in enumerate(checked) for said in one.unread),
        limits=tuple(nearest.values()),
        requests=len(checked),
    )


def _documents(papers: Sequence[DocumentSlot], spec: ModelSpec) -> tuple[tuple[LimitUse, ...], list[LimitViolation]]:
    """Return how near documents are to their limits, and what is wrong: those that cannot be read, limits broken."""
    if not papers:
        return (), []
    from headroom_nb.costs.documents import SentDocument, check_documents, document_uses
    from headroom_nb.documents.isolated import open_document

    sent: list[SentDocument] = []
    wrong: list[LimitViolation] = []
    for slot in papers:
        if slot.reference is not None or slot.held.text is not None:
            sent.append(SentDocument(slot.path, None, None))
            continue
        size = None
        try:
            data = slot.load()
            size = len(data)
            opened = open_document(data)
        except HeadroomError as error:
            wrong.append(LimitViolation(slot.path, f"cannot be read: {error}"))
            sent.append(SentDocument(slot.path, None, size))
            continue
        sent.append(SentDocument(slot.path, opened.pages, size))
        opened.close()
    return document_uses(sent, spec.provider), [*wrong, *check_documents(sent, spec.provider)]


def _looked_into(slot: ImageSlot) -> Iterator[LimitViolation]:
    """Yield what is wrong with an inline image itself: its label, and pixels that end too early or are broken."""
    if slot.reference is not None:
        return
    data = slot.load()
    header = read_header(data)
    label = wrong_label(slot, header.media_type)
    if label:
        yield LimitViolation(slot.path, label, fixable=True)
    try:
        open_picture(data, header=header).small(_GLANCE)
    except UnreadablePictureError as error:
        yield LimitViolation(slot.path, f"cannot be decoded: {error}")
    except HeadroomError:
        return  # an animation, or more than may be decoded here: its header was judged


def sent_image(slot: ImageSlot) -> SentImage:
    """Return what is known of an image before it is sent; raises where inline bytes are no image."""
    if slot.reference is not None:
        return SentImage(slot.path, None, None, slot.declared_media_type, slot.detail, reference=True)
    header = read_header(slot.load())
    return SentImage(slot.path, header.size, header.bytes, header.media_type, slot.detail, animated=header.frames > 1)
