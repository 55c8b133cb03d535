"""Images given as bytes or as text: files, base64, data URLs, paths."""

from __future__ import annotations

from urllib.parse import urlsplit

from headroom_nb.errors import OptionError
from headroom_nb.pictures.plugins import sniff
from headroom_nb.runtime.base64_text import is_data_url, read_base64, read_data_url
from headroom_nb.runtime.files import read_file, shown
from headroom_nb.runtime.words import public_part

KINDS = (
    "a path, file:// URL, bytes, open file, base64 text, data URL, PIL image, array or tensor of pixels, Matplotlib, "
    "plotly or Altair figure, IPython or ipywidgets Image, or a column of these"
)
"""What an error says can be passed."""

_SHORTEST_BASE64 = 40
"""Characters; the smallest PNG that shows anything has more."""


def of_bytes(data: bytes) -> bytes:
    """Return a file's bytes; base64 text as bytes is read as text."""
    if sniff(data) is None and data[:64].isascii():
        return _of_base64(data.decode("ascii", "replace")) or data
    return data


def of_text(text: str) -> bytes:
    """Return the image that text holds or names; raises OptionError and FileAccessError."""
    scheme = text[:8].lower()
    if scheme.startswith(("http://", "https://", "s3://", "gs://")):
        raise OptionError(f"{public_part(text)!r} is a URL, which is not fetched here; pass a path or the bytes")
    if is_data_url(text):
        try:
            return read_data_url(text)
        except ValueError as error:
            raise OptionError(f"the image is {error}" if "data URL" in str(error) else _broken(error)) from None
    if scheme.startswith("file://"):
        try:
            from urllib.request import url2pathname  # loads the network's modules, too

            place = url2pathname(urlsplit(text).path)
        except ValueError as error:
            raise OptionError(f"{shown(text)} is not an address of a file: {error}") from error
        return read_file(place)
    found = _of_base64(text)
    if found is not None:
        return found
    if "\n" in text or text.rstrip().endswith("?"):
        raise OptionError(
            f"{shown(text)} is text, and an image was expected; the question comes first, then the images"
        )
    return read_file(text)


def _of_base64(text: str) -> bytes | None:
    """Return the bytes of an image file in base64; None for text that is none."""
    if len(text) < _SHORTEST_BASE64:
        return None
    start = "".join(text[:200].split())[:_SHORTEST_BASE64]
    try:
        if sniff(read_base64(start[: len(start) // 4 * 4])) is None:
            return None
    except ValueError:
        return None
    try:
        return read_base64(text)
    except ValueError as error:
        raise OptionError(_broken(error)) from None


def _broken(error: ValueError) -> str:
    return f"the image is base64 text that cannot be read: {error}"


def of_link(text: str | None, what: str) -> bytes:
    """Return the image behind what an object names; raises OptionError where it names none."""
    if not text:
        raise OptionError(f"{what} without image data was passed; pass {KINDS}")
    return of_text(text)
