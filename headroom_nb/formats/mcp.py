"""Model Context Protocol image content, and the like: ``{"type": "image", "data": …, "mimeType": …}``."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, text_or_none, without

if TYPE_CHECKING:
    from headroom_nb.results import ImagePart

MIME = ("mimeType", "mime_type")


def read(block: Any) -> Source | None:
    """Return the source of an MCP image."""
    if not isinstance(block, Mapping) or block.get("type") != "image" or "source" in block:
        return None
    if not any(key in block for key in MIME):
        return None
    media_type = text_or_none(next(block[key] for key in MIME if key in block))
    uri = block.get("uri")
    if isinstance(uri, str) and block.get("data") is None:
        return Source(reference=uri, media_type=media_type)
    return Source(block.get("data"), media_type=media_type)


def write_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    """Return the block with another image."""
    mime = next(key for key in MIME if key in block)
    data = base64.b64encode(part.data).decode()
    return {**without(block, "uri"), mime: part.media_type, "data": data}


def write_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return a text block."""
    return {**without(block, "data", "uri", *MIME), "type": "text", "text": text}


FORMAT = WireFormat("mcp", None, read, write_image, write_text)
