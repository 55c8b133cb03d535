"""Base64 text and data URLs: lenient where only one reading is possible, a ValueError where not."""

from __future__ import annotations

import base64
import re
from urllib.parse import unquote

_DATA_URL = re.compile(r"\s*data:([^,]{0,1000}),", re.IGNORECASE)


def is_data_url(text: str) -> bool:
    """Return whether text is a data URL, in any case of the scheme."""
    return text[:100].lstrip()[:5].lower() == "data:"


def data_url_media_type(text: str) -> str | None:
    """Return the media type of a data URL in lower case; None when it names none."""
    header = _DATA_URL.match(text)
    return (header[1].split(";")[0].strip().lower() or None) if header else None


def data_url_payload(url: str) -> str:
    """Return the base64 part of a data URL; raises ValueError for one without a comma or in another encoding."""
    header = _DATA_URL.match(url)
    if header is None:
        raise ValueError("a data URL without a comma before its data")
    if header[1].split(";")[-1].strip().lower() != "base64":
        raise ValueError("a data URL that is not base64")
    data = url[header.end() :]
    return unquote(data) if "%" in data else data


def read_base64(text: str) -> bytes:
    """Return the bytes of base64 text: as it stands, or as the one thing its repaired form can mean.

    Line breaks, missing padding and the URL-safe alphabet are read.

    Raises
    ------
    ValueError
        It is not base64, or could mean two things.
    """
    try:
        return _strict(text)
    except ValueError:
        return _strict(_repaired(text))


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
