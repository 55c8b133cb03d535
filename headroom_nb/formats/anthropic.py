"""Anthropic Messages: ``{"type": "image", "source": {"type": "base64" | "url" | "file", …}, "cache_control": …}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, is_mapping, text_or_none, without
from headroom_nb.runtime.base64_text import data_url_media_type, is_data_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import ImagePart


def read(block: Any) -> Source | None:
    """Return the source of an ``image`` block."""
    if not is_mapping(block) or block.get("type") != "image" or "source" not in block:
        return None
    source = block["source"]
    if not is_mapping(source):
        return Source()
    kind = source.get("type")
    for name, key in (("url", "url"), ("file", "file_id")):
        place = source.get(key)
        if isinstance(place, str) and (kind == name or "data" not in source):
            if is_data_url(place):
                return Source(place, "data-url", media_type=data_url_media_type(place))
            return Source(reference=place)
    return Source(source.get("data"), media_type=text_or_none(source.get("media_type")))


def write_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    """Return the block with another image."""
    old = block.get("source")
    kept = without(old, "url", "file_id") if is_mapping(old) else {}
    data = part.base64
    return {**block, "source": {**kept, "type": "base64", "media_type": part.media_type, "data": data}}


def write_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return a text block."""
    return {**without(block, "source", "transformations"), "type": "text", "text": text}


FORMAT = WireFormat("anthropic", "anthropic", read, write_image, write_text, labelled=True, signs=("source",))
