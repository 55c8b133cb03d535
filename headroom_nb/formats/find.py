"""Finding: the images of a document, and what the document says about itself."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import ImageSourceError
from headroom_nb.formats.decoding import decode
from headroom_nb.formats.frameworks import framework_of
from headroom_nb.formats.google import RESOLUTION, level_of
from headroom_nb.formats.pillow import is_image
from headroom_nb.formats.question import questions
from headroom_nb.formats.slots import ImageSlot
from headroom_nb.formats.walk import attribute, read_messages, request_body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.formats.base import Source, WireFormat
    from headroom_nb.formats.walk import Block, Message

_CONFIGS = ("generationConfig", "generation_config", "config")
_MODEL_KEYS = ("model", "modelId", "model_id")


def find_images(document: Any, read: Sequence[Message] | None = None) -> list[ImageSlot]:
    """Return the images of a message list, a message or a request body, in the order they stand.

    Nothing is decoded, copied or fetched, and nothing is raised for content that cannot be read: a broken image is a
    slot whose ``load`` says what is wrong. Objects of the frameworks in :mod:`headroom_nb.formats.frameworks.table` are
    read as the dicts they stand for.

    Parameters
    ----------
    document
        What to look through.
    read
        Its messages, where they have been read already.
    """
    general = _general_level(document)
    messages = read_messages(document) if read is None else read
    return [
        _slot(block, block.image, asked[index], general)
        for message, asked in zip(messages, questions(messages), strict=True)
        for index, block in enumerate(message.blocks)
        if block.image is not None
    ]


def _slot(block: Block, image: tuple[WireFormat, Source], question: str, general: str) -> ImageSlot:
    wire, source = image
    detail = general if source.detail == "auto" and wire.provider == "google" else source.detail
    raw = source.data if isinstance(source.data, (str, bytes)) else None
    if isinstance(source.data, Path) or is_image(source.data):
        # known by its bytes: a file may change under its name, an image of Pillow under its identity
        try:
            raw = decode(source, block.path)
            source = replace(source, data=raw, raw_bytes=True)
        except ImageSourceError:
            raw = None
    return ImageSlot(
        path=block.path,
        format=wire.name,
        block=block.value,
        detail=detail,
        question=question,
        reference=source.reference,
        declared_media_type=source.media_type,
        raw=raw,
        load=partial(decode, source, block.path),
        original=block.original,
    )


def _general_level(document: Any) -> str:
    """Return the media resolution that a Google request sets for all its images."""
    _, body = request_body(document)
    if body is None:
        return "auto"
    for key in _CONFIGS:
        config = body.get(key)
        if config is not None:
            return level_of(next((found for key in RESOLUTION if (found := attribute(config, key)) is not None), None))
    return "auto"


def request_model(document: Any) -> str | None:
    """Return the model a request body names; None for anything else."""
    _, body = request_body(document)
    for key in _MODEL_KEYS if body is not None else ():
        name = body.get(key) if body is not None else None
        if isinstance(name, str) and name.strip():
            return name.strip()
    return None


def detect_provider(document: Any, read: Sequence[Message] | None = None) -> str | None:
    """Return whose format a document is written in, by its first image that tells, else by its own shape.

    None when that is open. The names are those of the model table. Blocks of tools (MCP) and of local servers (Ollama)
    say nothing of it. ``read`` gives the document's messages where they have been read already.
    """
    messages = read_messages(document) if read is None else read
    for message in messages:
        for block in message.blocks:
            if block.image is None:
                continue
            framework = framework_of(block.original)
            provider = (None if framework is None else framework.provider) or block.image[0].provider
            if provider is not None:
                return provider
    blocks = [block for message in messages for block in message.blocks]
    path, body = request_body(document)
    places = {step for block in blocks for step in block.path[len(path) :] if isinstance(step, str)}
    for provider, names in _SIGNS.items():
        if places & names or (body is not None and not body.keys().isdisjoint(names)):
            return provider
    kinds = {attribute(block.value, "type") for block in blocks if isinstance(attribute(block.value, "type"), str)}
    return next((provider for provider, types in _TYPES.items() if kinds & types), None)


_SIGNS = {
    "google": {"contents", "parts", "generationConfig", "systemInstruction"},
    "bedrock": {"toolResult", "modelId", "inferenceConfig"},
    "openai": {"input", "output"},
}
"""Keys that only one provider's requests have."""

_TYPES = {"anthropic": {"tool_use", "tool_result"}, "openai": {"input_text", "output_text"}}
"""Types of blocks that only one provider has."""
