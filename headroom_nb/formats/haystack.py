"""Haystack: ``ImageContent(base64_image=…, mime_type=…, detail=…)``, and the dict ``{"image": {…}}`` it is saved as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, is_mapping, text_or_none, without
from headroom_nb.formats.openai_chat import DETAILS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import ImagePart


def _content(block: Any) -> Any:
    """Return what describes the image: the block itself, or its ``image`` when it was saved."""
    inner = block.get("image")
    return inner if is_mapping(inner) else block


def read(block: Any) -> Source | None:
    """Return the source of an image content."""
    if not is_mapping(block) or "base64_image" not in _content(block):
        return None
    content = _content(block)
    detail = text_or_none(content.get("detail"))
    return Source(
        content["base64_image"],
        media_type=text_or_none(content.get("mime_type")),
        detail=detail if detail is not None and detail in DETAILS else "auto",
    )


def write_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    """Return the block with another image."""
    detail = {} if part.detail is None else {"detail": DETAILS[part.detail]}
    content = {**_content(block), "base64_image": part.base64, "mime_type": part.media_type, **detail}
    return content if _content(block) is block else {**block, "image": content}


def write_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return a text content."""
    return {"text": text} if _content(block) is block else {**without(block, "image"), "text": text}


FORMAT = WireFormat("haystack", None, read, write_image, write_text, DETAILS, signs=("base64_image", "image"))
