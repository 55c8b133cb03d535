"""LlamaIndex: ``ImageBlock(image=…, path=…, url=…, image_mimetype=…, detail=…)``, and the dict it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, is_mapping, text_or_none, without
from headroom_nb.formats.openai_chat import DETAILS, source_of_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import ImagePart


def read(block: Any) -> Source | None:
    """Return the source of an image block; its bytes are kept in base64."""
    if not is_mapping(block) or block.get("block_type") != "image":
        return None
    detail, media_type = text_or_none(block.get("detail")), text_or_none(block.get("image_mimetype"))
    level = detail if detail is not None and detail in DETAILS else "auto"
    image = block.get("image")
    if isinstance(image, bytes):
        return Source(image.decode("latin-1"), media_type=media_type, detail=level)
    if isinstance(image, str):
        return Source(image, media_type=media_type, detail=level)
    if block.get("path") is not None:
        return Source(block["path"], media_type=media_type, detail=level)
    return source_of_url(None if block.get("url") is None else str(block["url"]), detail)


def write_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    """Return the block with another image."""
    detail = {} if part.detail is None else {"detail": DETAILS[part.detail]}
    image = part.base64 if isinstance(block.get("image"), str) else part.base64.encode("ascii")
    return {**without(block, "path", "url"), "image": image, "image_mimetype": part.media_type, **detail}


def write_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:  # noqa: ARG001
    """Return a text block."""
    return {"block_type": "text", "text": text}


FORMAT = WireFormat("llama_index", None, read, write_image, write_text, DETAILS, signs=("block_type",))
