"""From the text in a block to the image's bytes; lenient where only one reading is possible, an error where not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from headroom_nb.errors import HeadroomError, ImageSourceError
from headroom_nb.formats.pillow import is_image
from headroom_nb.records import format_path
from headroom_nb.runtime.base64_text import data_url_payload, is_data_url, read_base64
from headroom_nb.runtime.words import public_part

if TYPE_CHECKING:
    from headroom_nb.formats.base import Source
    from headroom_nb.records import BlockPath


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
    if isinstance(data, Path) or is_image(data):
        return _read(data, path)
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


def _read(image: object, path: BlockPath) -> bytes:
    """Return a file that an object names, or an image of Pillow, as the bytes of a file."""
    from headroom_nb.pictures.anything import image_file  # needs libraries that plain documents do not

    try:
        return image_file(image)
    except HeadroomError as error:
        raise ImageSourceError(f"{format_path(path)} cannot be read: {error}", path=path) from error


def _payload(url: str, path: BlockPath) -> str:
    """Return the base64 part of a data URL."""
    try:
        return data_url_payload(url)
    except ValueError as error:
        raise ImageSourceError(f"{format_path(path)} has {error}", path=path) from None


def _decode_base64(text: str, path: BlockPath) -> bytes:
    """Return the bytes of base64 text."""
    try:
        found = read_base64(text)
    except ValueError as error:
        raise ImageSourceError(f"{format_path(path)} has data that is not base64: {error}", path=path) from None
    if not found:
        raise ImageSourceError(f"{format_path(path)} has no image data: it is empty", path=path)
    return found
