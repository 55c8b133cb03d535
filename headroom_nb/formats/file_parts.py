"""Parts for files that hold an image: OpenAI's ``file`` and ``input_file``, Vercel's and LangChain's ``file``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, is_mapping, text_or_none, without
from headroom_nb.formats.openai_chat import data_url
from headroom_nb.runtime.base64_text import data_url_media_type, is_data_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import ImagePart

TYPES = ("file", "input_file")
MIME = ("mediaType", "media_type", "mimeType", "mime_type")
DATA = ("data", "base64")


def read(block: Any) -> Source | None:
    """Return the source of a file part whose data is an image."""
    if not is_mapping(block) or text_or_none(block.get("type")) not in TYPES:
        return None
    inner = block.get("file")
    data = inner.get("file_data") if is_mapping(inner) else block.get("file_data")
    if isinstance(data, str) and is_data_url(data):
        media_type = data_url_media_type(data)
        return Source(data, "data-url", media_type=media_type) if _is_image(media_type) else None
    media_type = next((text_or_none(block[key]) for key in MIME if key in block), None)
    place = next((key for key in DATA if block.get(key) is not None), None)
    if not _is_image(media_type) or place is None:
        return None
    if isinstance(block[place], str) and is_data_url(block[place]):
        return Source(block[place], "data-url", media_type=media_type)
    if isinstance(block[place], str) and block[place].startswith(("http://", "https://")):
        return Source(reference=block[place], media_type=media_type)
    return Source(block[place], media_type=media_type, raw_bytes=True)


def _is_image(media_type: str | None) -> bool:
    return (media_type or "").startswith("image/")


def write_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    """Return the part with another image."""
    if is_mapping(block.get("file")):
        return {**block, "file": {**block["file"], "file_data": data_url(part)}}
    if "file_data" in block:
        return {**block, "file_data": data_url(part)}
    mime = {key: part.media_type for key in MIME if key in block}
    place = next(key for key in DATA if block.get(key) is not None)
    old = block[place]
    if isinstance(old, bytes):
        return {**block, **mime, place: part.data}
    return {**block, **mime, place: data_url(part) if is_data_url(str(old)) else part.base64}


def write_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return a text part."""
    kind = "input_text" if block.get("type") == "input_file" else "text"
    return {**without(block, "file", "file_data", "filename", *DATA, *MIME), "type": kind, "text": text}


FORMAT = WireFormat("file_parts", None, read, write_image, write_text, signs=("type:file", "type:input_file"))
