"""From the text in a block to the image's bytes; lenient where only one reading is possible, an error where not."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from headroom_nb.errors import ImageSourceError
from headroom_nb.formats.slots import public_part
from headroom_nb.records import format_path

if TYPE_CHECKING:
    from headroom_nb.formats.base import Source
    from headroom_nb.records import BlockPath

_DATA_URL = re.compile(r"\s*data:([^,]{0,1000}),", re.IGNORECASE)


def is_data_url(text: str) -> bool:
    """Return whether text is a data URL, in any case of the scheme."""
    return text[:100].lstrip()[:5].lower() == "data:"


def data_url_media_type(text: str) -> str | None:
    """Return the media type of a data URL in lower case; None when it names none."""
    header = _DATA_URL.match(text)
    return (header[1].split(";")[0].strip().lower() or None) if header else None


def decode(source: Source, path: BlockPath) -> bytes:
    """Return the bytes of an inline image.

    Line breaks, missing padding, the URL-safe alphabet and percent-escapes are read; what could mean two things is an
    error.

    Raises
    ------
    ImageSourceError
        When the image is not inline, or its data is missing, of a wrong type or not base64.
    """
    where = format_path(path)
    if source.reference is not None:
        raise ImageSourceError(f"{where} refers to {public_part(source.reference)!r}, which is not fetched", path=path)
    data = source.data
    if isinstance(data, (bytes, bytearray)) and source.raw_bytes:
        if not data:
            raise ImageSourceError(f"{where} has no image data: it is empty", path=path)
        return bytes(data)
    if not isinstance(data, str):
        raise ImageSourceError(f"{where} has no image data: text was expected, not {type(data).__name__}", path=path)
    if source.encoding == "data-url":
        data = _payload(data, path)
    elif is_data_url(data):
        raise ImageSourceError(
            f"{where} holds a data URL where bare base64 belongs; remove what stands before the comma", path=path
        )
    return _decode_base64(data, path)


def _payload(url: str, path: BlockPath) -> str:
    """Return the base64 part of a data URL."""
    header = _DATA_URL.match(url)
    if header is None:
        raise ImageSourceError(f"{format_path(path)} has a data URL without a comma before its data", path=path)
    if header[1].split(";")[-1].strip().lower() != "base64":
        raise ImageSourceError(f"{format_path(path)} has a data URL that is not base64", path=path)
    data = url[header.end() :]
    return unquote(data) if "%" in data else data


def _decode_base64(text: str, path: BlockPath) -> bytes:
    """Return the bytes of base64 text: as it stands, or as the one thing its repaired form can mean."""
    try:
        found = _strict(text)
    except ValueError:
        try:
            found = _strict(_repaired(text))
        except ValueError as error:
            raise ImageSourceError(f"{format_path(path)} has data that is not base64: {error}", path=path) from None
    if not found:
        raise ImageSourceError(f"{format_path(path)} has no image data: it is empty", path=path)
    return found


def _strict(text: str) -> bytes:
    """Return the bytes of standard, padded base64; ValueError for all else (Python's versions differ about padding)."""
    if len(text) % 4 or text.endswith("==="):
        raise ValueError("its padding is wrong; it was cut off or changed on the way")
    return base64.b64decode(text, validate=True)


def _repaired(text: str) -> str:
    """Return base64 text without line breaks, in the standard alphabet, and padded where it has no padding."""
    text = "".join(text.split())
    if ("-" in text or "_" in text) and not ("+" in text or "/" in text):
        text = text.translate({ord("-"): "+", ord("_"): "/"})
    return text if "=" in text else text + "=" * (-len(text) % 4)
