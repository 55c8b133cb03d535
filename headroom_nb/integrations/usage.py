"""What a response says it cost, beside what was estimated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import count_text
from headroom_nb.formats.question import text_of
from headroom_nb.formats.walk import attribute, read_messages
from headroom_nb.integrations.meter import BillCheck
from headroom_nb.records import TextPart

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec
    from headroom_nb.records import CompressionResult

_USAGE = ("usage", "usage_metadata", "usageMetadata")
_INPUT = (
    ("prompt_tokens",),
    ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"),
    ("prompt_token_count",),
    ("promptTokenCount",),
    ("inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"),
    ("prompt_eval_count",),
)
"""Names of the figures that sum to the input tokens: OpenAI Chat; OpenAI Responses and Anthropic; Google's SDK and its
REST interface; Bedrock; Ollama."""


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
    response = _parsed(response)
    usage = next((found for name in _USAGE if (found := attribute(response, name)) is not None), response)
    images = result.original_tokens if sent is result.original else _sent_images(result, model)
    billed_images = _image_tokens(usage)
    if billed_images is not None:
        return BillCheck(result.model, images, billed_images, "images")
    billed = _input_tokens(usage)
    if billed is None:
        return None
    texts = [text for message in read_messages(sent) for block in message.blocks if (text := text_of(block.value))]
    return BillCheck(result.model, images + sum(count_text(text, model).tokens for text in texts), billed, "all input")


def _parsed(response: Any) -> Any:
    """Return a response of Google's transport as the JSON in it; any other one as it is."""
    body = getattr(response, "body", None)
    return json.loads(body) if isinstance(body, str) and body.startswith("{") else response


def _sent_images(result: CompressionResult, model: ModelSpec) -> int:
    """Return the tokens of the images that were sent, without the text that stands in place of others."""
    written = [part.text for image in result.images for part in image.parts if isinstance(part, TextPart)]
    return result.compressed_tokens - sum(count_text(text, model).tokens for text in written)


def _input_tokens(usage: Any) -> int | None:
    for names in _INPUT:
        figures = [attribute(usage, name) for name in names]
        if isinstance(figures[0], int):
            return sum(figure for figure in figures if isinstance(figure, int))
    return None


def _image_tokens(usage: Any) -> int | None:
    """Return the tokens of the modality IMAGE, which Google reports apart."""
    details = attribute(usage, "prompt_tokens_details") or attribute(usage, "promptTokensDetails")
    found = []
    for detail in details if isinstance(details, list) else []:
        count = attribute(detail, "token_count") or attribute(detail, "tokenCount")
        if str(attribute(detail, "modality")).endswith("IMAGE") and isinstance(count, int):
            found.append(count)
    return sum(found) if found else None
