"""Model Context Protocol image content: ``{"type": "image", "data": …, "mimeType": …}``.

LangChain's image blocks and those of Google's Interactions API differ from it in the keys' names only; LangChain's
blocks for Google have the type ``"media"``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, is_mapping, text_or_none, without

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import ImagePart

MIME = ("mimeType", "mime_type")
DATA = ("data", "base64")


def read(block: Any) -> Source | None:
    """Return the source of an MCP image."""
    if not is_mapping(block) or block.get("type") not in ("image", "media") or "source" in block:
        return None
    if not any(key in block for key in MIME):
        return None
    media_type = text_or_none(next(block[key] for key in MIME if key in block))
    if block["type"] == "media" and not (media_type or "").startswith("image/"):
        return None
    uri = block.get("uri")
    if isinstance(uri, str) and block.get("data") is None:
        return Source(reference=uri, media_type=media_type)
    return Source(next((block[key] for key in DATA if key in block), None), media_type=media_type, raw_bytes=True)


def write_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    """Return the block with another image."""
    mime = next(key for key in MIME if key in block)
    place = next((key for key in DATA if key in block), DATA[0])
    data = part.data if isinstance(block.get(place), bytes) else part.base64
    return {**without(block, "uri"), mime: part.media_type, place: data}


def write_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return a text block."""
    return {**without(block, "uri", *DATA, *MIME), "type": "text", "text": text}


FORMAT = WireFormat("mcp", None, read, write_image, write_text, labelled=True, signs=("type:image", "type:media"))
