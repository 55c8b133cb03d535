"""Small pictures and parts for the tests of wire formats."""

from __future__ import annotations

import base64
import io

from PIL import Image

from headroom_nb.records import ImagePart


def png(width: int, height: int, grey: int = 128) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (width, height), grey).save(buffer, "PNG")
    return buffer.getvalue()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def image_part(width: int, height: int, detail: str | None = None) -> ImagePart:
    return ImagePart(png(width, height), "image/png", (width, height), detail)
