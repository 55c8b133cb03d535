"""The tables of wire formats, for images and documents. A block is recognised by its own shape, whoever it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats import (
    anthropic,
    bedrock,
    file_parts,
    framework_documents,
    google,
    haystack,
    hugging_face,
    llama_index,
    mcp,
    ollama,
    openai_chat,
    openai_responses,
    pillow,
    provider_documents,
    pydantic_ai,
)
from headroom_nb.formats.base import is_image, is_mapping
from headroom_nb.formats.frameworks import as_plain

if TYPE_CHECKING:
    from headroom_nb.formats.base import Source, WireFormat
    from headroom_nb.formats.document_block import DocumentFormat, DocumentSource

FORMATS: dict[str, WireFormat] = {
    wire.name: wire
    for wire in (
        openai_chat.FORMAT,
        openai_responses.FORMAT,
        openai_responses.SCREENSHOT,
        anthropic.FORMAT,
        google.FORMAT,
        bedrock.FORMAT,
        mcp.FORMAT,
        ollama.FORMAT,
        file_parts.FORMAT,
        haystack.FORMAT,
        hugging_face.FORMAT,
        llama_index.FORMAT,
        pillow.FORMAT,
        pydantic_ai.FORMAT,
    )
}
"""Every wire format by name; the shapes exclude each other. One of your own may be put in."""

_NO_BLOCKS = (ollama.FORMAT, pillow.FORMAT)
"""Formats whose images are no mappings."""

TEXTS = ("text", "input_text", "output_text")
"""Types of blocks that no format's image has; most blocks of a conversation are of these."""


def read_image(block: Any) -> tuple[WireFormat, Source] | None:
    """Return a block's format and source, or None when it is no image. Never raises."""
    block = as_plain(block)
    if not is_mapping(block):
        return (pillow.FORMAT, pillow.read(block)) if is_image(block) else None  # type: ignore[return-value]
    kind = block.get("type")
    kind = kind if isinstance(kind, str) else None
    if kind in TEXTS:
        return None
    typed = f"type:{kind}"
    for wire in FORMATS.values():
        if wire in _NO_BLOCKS or (wire.signs and not any(sign in block or sign == typed for sign in wire.signs)):
            continue
        source = wire.read(block)
        if source is not None:
            return wire, source
    return None


DOCUMENTS: dict[str, DocumentFormat] = {
    each.name: each for each in (*provider_documents.FORMATS, *framework_documents.FORMATS)
}
"""Every kind of document block by name; the shapes exclude each other."""

_TYPES = {"document", "file", "input_file", "media", "resource", "document_url"}
_KEYS = ("inlineData", "inline_data", "fileData", "file_data", "document", "block_type", "kind", "base64_data", "file")


def read_document(block: Any) -> tuple[DocumentFormat, DocumentSource] | None:
    """Return a block's kind and what it says of its document; None for any other block. Never raises."""
    if not is_mapping(block):
        return None
    kind = block.get("type")
    if not (isinstance(kind, str) and kind in _TYPES) and not any(key in block for key in _KEYS):
        return None
    for each in DOCUMENTS.values():
        found = each.read(block)
        if found is not None:
            return each, found
    return None
