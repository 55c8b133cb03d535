"""Base64 text and data URLs: lenient where only one reading is possible, a ValueError where not."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote

PIECE = 2**20
"""Characters that are decoded at a time, a multiple of four: a large file is held once beside its text."""

_DATA_URL = re.compile(r"\s*data:([^,]{0,1000}),", re.IGNORECASE)


def is_data_url(text: str) -> bool:
    """Return whether text is a data URL, in any case of the scheme."""
    return text[:100].lstrip()[:5].lower() == "data:"


def data_url_media_type(text: str) -> str | None:
    """Return the media type of a data URL in lower case; None when it names none."""
    header = _DATA_URL.match(text)
    return (header[1].split(";")[0].strip().lower() or None) if header else None


def data_url_start(url: str) -> int:
    """Return where the base64 part of a data URL begins; raises ValueError for one without a comma or not in base64."""
    header = _DATA_URL.match(url)
    if header is None:
        raise ValueError("a data URL without a comma before its data")
    if header[1].split(";")[-1].strip().lower() != "base64":
        raise ValueError("a data URL that is not base64")
    return header.end()


def read_data_url(url: str) -> bytes:
    """Return the bytes of a data URL; raises ValueError as :func:`data_url_start` and :func:`read_base64` do."""
    return read_base64(url, data_url_start(url))


@dataclass(frozen=True)
class EncodedFile:
    """A file that was decoded once already, as base64 text or a data URL; gives its bytes each time it is called."""

    text: str = field(repr=False)

    def __call__(self) -> bytes:
        """Return the bytes."""
        return read_data_url(self.text) if is_data_url(self.text) else read_base64(self.text)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self()).hexdigest()


def read_base64(text: str, start: int = 0) -> bytes:
    """Return the bytes of base64 text: as it stands, or as the one thing its repaired form can mean.

    Line breaks, missing padding and the URL-safe alphabet are read. Text that needs no repair is not copied.

    Parameters
    ----------
    text
        The base64, or a data URL.
    start
        Where the base64 of a data URL begins, which may have percent-escapes; 0 for text that is no data URL.

    Raises
    ------
    ValueError
        It is not base64, or could mean two things.
    """
    try:
        return _strict(text, start)
    except ValueError:
        return _strict(_repaired(unquote(text[start:]) if start else text))


def _strict(text: str, start: int = 0) -> bytes:
    """Return the bytes of standard, padded base64; ValueError for all else (Python's versions differ about padding)."""
    if (len(text) - start) % 4 or text.endswith("==="):
        raise ValueError("its padding is wrong; it was cut off or changed on the way")
    if len(text) - start <= PIECE:
        return base64.b64decode(text[start:], validate=True)
    padding = text.find("=", start)
    if 0 <= padding < len(text) - 2:
        raise ValueError("it goes on after its padding")
    found = io.BytesIO()  # gives its bytes away without a copy
    for place in range(start, len(text), PIECE):
        found.write(base64.b64decode(text[place : place + PIECE], validate=True))
    return found.getvalue()


def _repaired(text: str) -> str:
    """Return base64 text without line breaks, in the standard alphabet, and padded where it has no padding."""
    text = "".join("".join(text[place : place + PIECE].split()) for place in range(0, len(text), PIECE))
    if ("-" in text or "_" in text) and not ("+" in text or "/" in text):
        text = text.translate({ord("-"): "+", ord("_"): "/"})
    return text if "=" in text else text + "=" * (-len(text) % 4)
