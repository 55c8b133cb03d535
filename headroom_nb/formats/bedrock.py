"""Bedrock Converse: ``{"image": {"format": "png", "source": {"bytes": …}}}``; raw bytes in the SDK, base64 in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, is_mapping, without

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import ImagePart


def read(block: Any) -> Source | None:
    """Return the source of an ``image`` member."""
    image = block.get("image") if is_mapping(block) else None
    if not is_mapping(image) or "source" not in image:
        return None
    kind = image.get("format")
    media_type = f"image/{kind.lower()}" if isinstance(kind, str) else None
    source = image["source"]
    if not is_mapping(source):
        return Source(media_type=media_type)
    stored = source.get("s3Location")
    if is_mapping(stored) and isinstance(stored.get("uri"), str) and source.get("bytes") is None:
        return Source(reference=stored["uri"], media_type=media_type)
    return Source(source.get("bytes"), media_type=media_type, raw_bytes=True)


def write_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    """Return the block with another image; raw bytes stay raw, base64 stays base64."""
    image = block["image"]
    old = image.get("source")
    source = without(old, "s3Location") if is_mapping(old) else {}
    text = isinstance(source.get("bytes"), str)
    source["bytes"] = part.base64 if text else part.data
    return {**block, "image": {**image, "format": part.media_type.partition("/")[2], "source": source}}


def write_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return a text block."""
    return {**without(block, "image"), "text": text}


FORMAT = WireFormat("bedrock", "bedrock", read, write_image, write_text, labelled=True, signs=("image",))
