"""OpenAI Chat Completions: ``{"type": "image_url", "image_url": {"url": …, "detail": …}}``, or the bare URL as text."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, is_mapping, without
from headroom_nb.runtime.base64_text import data_url_media_type, is_data_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import ImagePart

DETAILS = MappingProxyType({level: level for level in ("auto", "low", "high", "original")})
"""OpenAI's words are the package's own."""


def source_of_url(url: object, detail: object) -> Source:
    """Return where a URL field says the image is: inline in a data URL, or elsewhere."""
    level = detail.lower() if isinstance(detail, str) else "auto"
    level = level if level in DETAILS else "auto"
    if isinstance(url, str) and url.strip() and not is_data_url(url):
        return Source(reference=url, detail=level)
    media_type = data_url_media_type(url) if isinstance(url, str) else None
    return Source(url, "data-url", media_type=media_type, detail=level)


def data_url(part: ImagePart) -> str:
    """Return an image as a data URL."""
    return f"data:{part.media_type};base64,{part.base64}"


def read(block: Any) -> Source | None:
    """Return the source of an ``image_url`` block."""
    if not is_mapping(block) or block.get("type") != "image_url":
        return None
    url = block.get("image_url")
    if is_mapping(url):
        return source_of_url(url.get("url"), url.get("detail"))
    return source_of_url(url, block.get("detail"))


def write_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    """Return the block with another image; a bare URL stays bare unless a detail level has to be said."""
    old = block.get("image_url")
    if is_mapping(old):
        detail = {} if part.detail is None else {"detail": DETAILS[part.detail]}
        return {**block, "image_url": {**old, "url": data_url(part), **detail}}
    if part.detail is None:
        return {**block, "image_url": data_url(part)}
    if "detail" in block:
        return {**block, "image_url": data_url(part), "detail": DETAILS[part.detail]}
    return {**block, "image_url": {"url": data_url(part), "detail": DETAILS[part.detail]}}


def write_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return a text block."""
    return {**without(block, "image_url", "detail"), "type": "text", "text": text}


FORMAT = WireFormat(
    "openai_chat", "openai", read, write_image, write_text, DETAILS, labelled=True, signs=("type:image_url",)
)
