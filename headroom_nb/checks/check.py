"""What a provider would refuse in a conversation, found before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.costs import ModelSpec, SentImage, check_images, find_model
from headroom_nb.errors import HeadroomError
from headroom_nb.formats import detect_provider, find_images, request_model
from headroom_nb.formats.frameworks import fields_of
from headroom_nb.formats.unread import unread
from headroom_nb.formats.walk import read_messages
from headroom_nb.options import check_document
from headroom_nb.pictures import read_header
from headroom_nb.records import CheckResult, LimitViolation

if TYPE_CHECKING:
    from headroom_nb.formats.slots import ImageSlot


def check(messages: Any, model: str | ModelSpec | None = None, *, provider: str | None = None) -> CheckResult:
    """Return what a provider would refuse: pixels, sides, counts, bytes and formats over the whole conversation.

    Nothing is decoded and nothing fetched. An image that cannot be read is a violation of its own.

    Parameters
    ----------
    messages
        A message list, one message or a request body, in any known format.
    model, provider
        Whose limits apply; read off the document where they are not given.

    Raises
    ------
    UnknownModelError, OptionError
        The model or provider is not in the table.
    MessageError
        What was passed can be no conversation.
    """
    check_document(fields_of(messages))
    read = read_messages(messages)
    spec = model_for(messages, model, provider)
    slots = find_images(messages, read)
    sent, unreadable = [], []
    for slot in slots:
        try:
            sent.append(sent_image(slot))
        except HeadroomError as error:
            sent.append(SentImage(slot.path, None, None, None))
            unreadable.append(LimitViolation(slot.path, f"cannot be read: {error}"))
    return CheckResult(
        model=spec.name,
        provider=spec.provider,
        images=len(slots),
        violations=(*unreadable, *check_images(sent, spec)),
        not_judged=tuple(slot.path for slot in slots if slot.reference is not None),
        unread=unread(read),
    )


def model_for(document: Any, model: str | ModelSpec | None, provider: str | None) -> ModelSpec:
    """Return the model that is meant: the one given, the request's own, or the provider's default."""
    if isinstance(model, ModelSpec):
        return model
    name = request_model(document) if model is None else model
    return find_model(name, provider if name or provider else detect_provider(document) or "openai")


def sent_image(slot: ImageSlot) -> SentImage:
    """Return what is known of an image before it is sent; raises where inline bytes are no picture."""
    if slot.reference is not None:
        return SentImage(slot.path, None, None, slot.declared_media_type, slot.detail, reference=True)
    header = read_header(slot.load())
    return SentImage(slot.path, header.size, header.bytes, header.media_type, slot.detail, animated=header.frames > 1)
