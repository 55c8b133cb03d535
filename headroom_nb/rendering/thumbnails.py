"""Small previews as data URIs, within a budget, the same bytes every time."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

from headroom_nb.errors import HeadroomError

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 24_000
"""Most characters one preview may take in an output."""

SIDES = (192, 144, 96, 64, 48, 36, 24)
"""Longest sides tried, in pixels; twice the size shown, so that they stay sharp on dense screens."""

WEBP_QUALITY = 72
"""A small WebP has a third of the bytes of a small JPEG, most of which is tables."""
PALETTE = 256
"""Most colours a PNG preview may have; text and flat graphics stay crisp with fewer."""

LEAST_CHARACTERS = 80
"""No data URI is shorter, so where there is less room no image is decoded."""


def thumbnails(images: list[bytes], room: int = MOST_BYTES) -> list[str]:
    """Return one data URI per image; empty where there is no image or no room for it.

    Parameters
    ----------
    images
        Encoded images; empty bytes where there is none.
    room
        Most characters of one data URI; never more than :data:`MOST_BYTES`.
    """
    return [thumbnail(data, min(room, MOST_BYTES)) if data else "" for data in images]


def thumbnail(data: bytes, room: int = MOST_BYTES) -> str:
    """Return the largest preview that fits into ``room`` characters; empty where none does or nothing can be shown."""
    from headroom_nb.pictures import open_picture

    if room < LEAST_CHARACTERS:
        return ""
    try:
        image = open_picture(data).small(SIDES[0])
    except HeadroomError:
        return ""  # the table's note says what is wrong with the image
    best, larger, smaller = "", 0, len(SIDES)
    while larger < smaller:  # halving: most encodes are small ones
        middle = (larger + smaller) // 2
        media_type, encoded = _encode(image, SIDES[middle])
        uri = f"data:{media_type};base64,{base64.b64encode(encoded).decode('ascii')}"
        if len(uri) <= room:
            best, smaller = uri, middle
        else:
            larger = middle + 1
    return best


def preview(data: bytes, side: int = SIDES[0]) -> tuple[str, bytes]:
    """Return the media type and bytes of a preview of a longest side, in pixels.

    Raises
    ------
    PictureError
        There is nothing that can be shown.
    """
    from headroom_nb.pictures import open_picture

    return _encode(open_picture(data).small(side), side)


def _encode(image: Image.Image, side: int) -> tuple[str, bytes]:
    """Return a preview of a longest side: the smaller of PNG and WebP for few colours, else WebP."""
    from PIL import Image

    scale = min(1.0, side / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=WEBP_QUALITY)
    webp = buffer.getvalue()
    if small.getcolors(PALETTE) is None:
        return "image/webp", webp
    buffer = io.BytesIO()
    small.quantize(PALETTE).save(buffer, "PNG")
    png = buffer.getvalue()
    return ("image/png", png) if len(png) < len(webp) else ("image/webp", webp)
