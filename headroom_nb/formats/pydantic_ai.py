"""pydantic-ai: ``ImageUrl(url=…)`` and ``BinaryContent(data=…)`` among texts, and the dicts they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, is_mapping, text_or_none
from headroom_nb.formats.openai_chat import data_url, source_of_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import ImagePart


def read(block: Any) -> Source | None:
    """Return the source of an image among the contents of a prompt."""
    if not is_mapping(block):
        return None
    if block.get("kind") == "image-url":
        return source_of_url(block.get("url"), None)
    media_type = text_or_none(block.get("media_type"))
    if block.get("kind") == "binary" and (media_type or "").startswith("image/"):
        return Source(block.get("data"), media_type=media_type, raw_bytes=True)
    return None


def write_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    """Return the block with another image."""
    if block.get("kind") == "image-url":
        return {**block, "url": data_url(part)}
    data = part.base64 if isinstance(block.get("data"), str) else part.data
    return {**block, "data": data, "media_type": part.media_type}


def write_text(block: Mapping[str, Any], text: str) -> str:  # noqa: ARG001
    """Return the text, which stands in a prompt by itself."""
    return text


FORMAT = WireFormat("pydantic_ai", None, read, write_image, write_text, signs=("kind",))
