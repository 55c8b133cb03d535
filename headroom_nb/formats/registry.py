"""The table of wire formats. A block is recognised by its own shape, whoever the request is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats import (
    anthropic,
    bedrock,
    file_parts,
    google,
    haystack,
    hugging_face,
    llama_index,
    mcp,
    ollama,
    openai_chat,
    openai_responses,
    pillow,
    pydantic_ai,
)
from headroom_nb.formats.base import is_image, is_mapping
from headroom_nb.formats.frameworks import as_plain

if TYPE_CHECKING:
    from headroom_nb.formats.base import Source, WireFormat

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
        if wire.signs and not any(sign in block or sign == typed for sign in wire.signs):
            continue
        source = wire.read(block) if wire is not ollama.FORMAT else None  # its images are no blocks
        if source is not None:
            return wire, source
    return None
