"""What a response says it cost, beside what was estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.costs import count_text
from headroom_nb.formats.question import text_of
from headroom_nb.formats.replies import image_tokens, input_tokens, parsed, usage_of
from headroom_nb.formats.walk import read_messages
from headroom_nb.integrations.metering import BillCheck
from headroom_nb.records import TextPart

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec
    from headroom_nb.records import CompressionResult


def compare_bill(result: CompressionResult, response: Any, *, sent: Any, model: ModelSpec) -> BillCheck | None:
    """Return the estimate for what was sent beside the response's usage; None where it carries none (a stream).

    Parameters
    ----------
    result
        The request's result.
    response
        What the SDK returned.
    sent
        The document that was sent: the result's messages, or in an audit the original.
    model
        Whose bill it is.
    """
    usage = usage_of(parsed(response))
    images = result.original_tokens if sent is result.original else _sent_images(result, model)
    billed_images = image_tokens(usage)
    if billed_images is not None:
        return BillCheck(result.model, images, billed_images, "images")
    billed = input_tokens(usage)
    if billed is None:
        return None
    texts = [text for message in read_messages(sent) for block in message.blocks if (text := text_of(block.value))]
    return BillCheck(result.model, images + sum(count_text(text, model).tokens for text in texts), billed, "all input")


def _sent_images(result: CompressionResult, model: ModelSpec) -> int:
    """Return the tokens of the images that were sent, without the text that stands in place of others."""
    written = [part.text for image in result.images for part in image.parts if isinstance(part, TextPart)]
    return result.compressed_tokens - sum(count_text(text, model).tokens for text in written)
