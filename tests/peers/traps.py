"""What the tests of known traps share: images, blocks of two formats, fixed routers and engines that are quick."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from headroom_nb import ImageCompressor, Technique
from headroom_nb.ocr import FakeOcr
from headroom_nb.pictures import open_picture
from tests.support import FixedRouter, gradient, openai_message, png, text_image

if TYPE_CHECKING:
    from PIL import Image

PHOTO = png(gradient(1024, 1024))
RECEIPT = ["CORNER SHOP", "Bread      2.40", "Milk       1.15", "TOTAL      3.55"]
PAGE = png(text_image(RECEIPT, size=40, width=1200))
EACH = pytest.mark.parametrize("technique", Technique)
FULL_LOW, TRANSCODE, PRESERVE, CROP = Technique.FULL_LOW, Technique.TRANSCODE, Technique.PRESERVE, Technique.CROP
BY_HAND = {(0, "content", 1): TRANSCODE}
ANTHROPIC, GEMINI = "claude-opus-5-5", "gemini-3-flash-preview"


def fixed(technique: Technique, lines: list[str] = RECEIPT, quality: str = "max") -> ImageCompressor:
    return ImageCompressor(router=FixedRouter(technique), ocr=FakeOcr(lines), quality=quality)


def one(technique: Technique, data: bytes, question: str = "What is this?", model: str = "gpt-4o", **options: Any):
    """The account of one picture, and its block afterwards."""
    result = fixed(technique, **options).run([openai_message(question, data)], model=model)
    return result.images[0], result.messages[0]["content"][1]


def sent(image: Any) -> Image.Image:
    """The picture that goes out."""
    return open_picture(image.parts[0].data if image.parts else image.original).rgb()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def anthropic_block(data: bytes, **more: Any) -> dict[str, Any]:
    return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": b64(data)}, **more}


def gemini_part(data: bytes, key: str = "inlineData", mime: str = "mimeType", **more: Any) -> dict[str, Any]:
    return {key: {mime: "image/png", "data": b64(data)}, **more}
