"""Google Gemini: ``{"inlineData": {"mimeType": …, "data": …}}`` or ``fileData``, in camelCase or snake_case.

``inlineData`` also carries sound, video and PDF: only parts that say they are images are taken, and parts that do not
say but begin as an image does.
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, is_mapping, text_or_none, without

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import ImagePart

DETAILS = MappingProxyType(
    {
        "auto": "MEDIA_RESOLUTION_UNSPECIFIED",
        "low": "MEDIA_RESOLUTION_LOW",
        "medium": "MEDIA_RESOLUTION_MEDIUM",
        "high": "MEDIA_RESOLUTION_HIGH",
        "ultra_high": "MEDIA_RESOLUTION_ULTRA_HIGH",
    }
)
_LEVELS = {word: level for level, word in DETAILS.items()}

INLINE = ("inlineData", "inline_data")
FILE = ("fileData", "file_data")
RESOLUTION = ("mediaResolution", "media_resolution")
MIME = ("mimeType", "mime_type")
SIGNATURE = ("thoughtSignature", "thought_signature")

_MAGIC = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"BM")
_MAGIC_TEXT = ("iVBORw0K", "/9j/", "_9j_", "R0lGOD", "UklGR")


def first(block: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    """Return the value under the first of the keys that holds one."""
    for key in keys:
        value = block.get(key)
        if value is not None:
            return value
    return None


def level_of(value: object) -> str:
    """Return a media resolution as a detail level; ``{"level": …}``, the bare word and the SDK's enum are read."""
    if is_mapping(value):
        value = value.get("level")
    if isinstance(value, Enum):
        value = value.value
    return _LEVELS.get(value.upper(), "auto") if isinstance(value, str) else "auto"


def read(block: Any) -> Source | None:
    """Return the source of a part that holds an image."""
    if not is_mapping(block):
        return None
    detail = level_of(first(block, RESOLUTION))
    inline = first(block, INLINE)
    if is_mapping(inline):
        media_type, data = text_or_none(first(inline, MIME)), inline.get("data")
        if _is_image(media_type, data):
            return Source(data, media_type=media_type, detail=detail, raw_bytes=True)
    file = first(block, FILE)
    if is_mapping(file):
        media_type = text_or_none(first(file, MIME))
        uri = first(file, ("fileUri", "file_uri"))
        if media_type is not None and media_type.lower().startswith("image/"):
            if isinstance(uri, str):
                return Source(reference=uri, media_type=media_type, detail=detail)
            return Source(media_type=media_type, detail=detail)
    return None


def _is_image(media_type: str | None, data: object) -> bool:
    if media_type is not None and media_type.lower() != "application/octet-stream":
        return media_type.lower().startswith("image/")
    if isinstance(data, str):
        return data.startswith(_MAGIC_TEXT)
    return isinstance(data, bytes) and (data.startswith(_MAGIC) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"))


def write_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    """Return the part with another image; names keep the style they have, and data stays bytes or base64."""
    file_key = next((key for key in FILE if block.get(key) is not None), None)
    inline_key = next((key for key in INLINE if block.get(key) is not None), None)
    if inline_key is None:
        inline_key = INLINE[FILE.index(file_key)] if file_key else INLINE[0]
    camel = inline_key == INLINE[0]
    old = block.get(inline_key)
    inline = dict(old) if is_mapping(old) else {}
    mime = next((key for key in MIME if key in inline), MIME[0 if camel else 1])
    raw = isinstance(inline.get("data"), (bytes, bytearray))
    inline[mime] = part.media_type
    inline["data"] = part.data if raw else part.base64
    written = {**(without(block, file_key) if file_key else block), inline_key: inline}
    if part.detail is not None:
        key = next((key for key in RESOLUTION if key in block), RESOLUTION[0 if camel else 1])
        written[key] = {"level": DETAILS[part.detail]}
    return written


def write_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return a text part."""
    return {**without(block, *INLINE, *FILE, *RESOLUTION), "text": text}


FORMAT = WireFormat(
    "google",
    "google",
    read,
    write_image,
    write_text,
    DETAILS,
    detail_note="a part's own resolution needs API version v1beta or v1alpha",
    labelled=True,
    signs=("inlineData", "inline_data", "fileData", "file_data"),
)
