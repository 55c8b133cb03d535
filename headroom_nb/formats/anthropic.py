"""Anthropic Messages: ``{"type": "image", "source": {"type": "base64" | "url" | "file", …}, "cache_control": …}``."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, text_or_none, without

if TYPE_CHECKING:
    from headroom_nb.results import ImagePart


def read(block: Any) -> Source | None:
    """Return the source of an ``image`` block."""
    if not isinstance(block, Mapping) or block.get("type") != "image" or "source" not in block:
        return None
    source = block["source"]
    if not isinstance(source, Mapping):
        return Source()
    kind = source.get("type")
    for name, key in (("url", "url"), ("file", "file_id")):
        if isinstance(source.get(key), str) and (kind == name or "data" not in source):
            return Source(reference=source[key])
    return Source(source.get("data"), media_type=text_or_none(source.get("media_type")))


def write_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    """Return the block with another image."""
    old = block.get("source")
    kept = without(old, "url", "file_id") if isinstance(old, Mapping) else {}
    data = base64.b64encode(part.data).decode()
    return {**block, "source": {**kept, "type": "base64", "media_type": part.media_type, "data": data}}


def write_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return a text block."""
    return {**without(block, "source", "transformations"), "type": "text", "text": text}


FORMAT = WireFormat("anthropic", "anthropic", read, write_image, write_text)
