"""Chat messages of Hugging Face, smolagents, Vercel and LangChain: ``{"type": "image", "image" | "url" | "path": …}``.

The image is one of Pillow, bytes, a file's ``Path``, a data URL, an address or base64. A path that is mere text is not
read: it may come from anywhere, and is named like an address.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, is_image, is_mapping, text_or_none, without
from headroom_nb.formats.openai_chat import data_url
from headroom_nb.formats.pillow import opened
from headroom_nb.runtime.base64_text import data_url_media_type, is_data_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import ImagePart

PLACES = ("image", "url", "base64", "path")
MIME = ("mediaType", "media_type", "mime_type", "mimeType")

_BASE64 = re.compile(r"[A-Za-z0-9+/_\-\s]{64,}={0,2}\s*")


def _place(block: Any) -> str | None:
    if not is_mapping(block) or block.get("type") != "image" or "source" in block:
        return None
    return next((key for key in PLACES if block.get(key) is not None), None)


def read(block: Any) -> Source | None:
    """Return the source of an image block."""
    place = _place(block)
    if place is None:
        return None
    value = block[place]
    media_type = next((text_or_none(block[key]) for key in MIME if key in block), None)
    if is_image(value) or isinstance(value, (bytes, Path)):
        return Source(value, media_type=media_type, raw_bytes=True)
    if is_mapping(value) and isinstance(value.get("bytes"), bytes):  # a column of images that are not decoded
        return Source(value["bytes"], media_type=media_type, raw_bytes=True)
    if not isinstance(value, str):
        return Source(media_type=media_type)
    if is_data_url(value):
        return Source(value, "data-url", media_type=data_url_media_type(value))
    if place == "base64" or (place == "image" and _BASE64.fullmatch(value[:400] if len(value) > 400 else value)):
        return Source(value, media_type=media_type)
    return Source(reference=value, media_type=media_type)


def write_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    """Return the block with another image, in the kind that stood there; a file's place is taken by base64."""
    place = _place(block) or "base64"
    value = block.get(place)
    mime = {key: part.media_type for key in MIME if key in block}
    kept = without(block, *PLACES)
    if is_image(value):
        return {**kept, **mime, place: opened(part.data, value)}
    if is_mapping(value):
        return {**kept, **mime, place: {**value, "bytes": part.data}}
    if isinstance(value, bytes):
        return {**kept, **mime, place: part.data}
    if isinstance(value, str) and is_data_url(value):
        return {**kept, **mime, place: data_url(part)}
    if place == "image" and isinstance(value, str):
        return {**kept, **mime, place: part.base64}
    return {**kept, "mime_type": part.media_type, **mime, "base64": part.base64}


def write_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return a text block."""
    return {**without(block, *PLACES, *MIME), "type": "text", "text": text}


FORMAT = WireFormat("hugging_face", None, read, write_image, write_text, signs=("type:image",))
