"""Pictures and messages that many tests share."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from headroom_nb.records import ImageSignals, RouteDecision, Technique
from headroom_nb.signals.measure import measure


def png(image: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


def text_image(lines: list[str], *, size: int = 20, width: int = 900, margin: int = 20) -> Image.Image:
    """Black lines of text of a given font size (pixels) on white."""
    font = ImageFont.load_default(size)
    image = Image.new("RGB", (width, 2 * margin + len(lines) * int(size * 1.6)), "white")
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        draw.text((margin, margin + row * int(size * 1.6)), line, fill="black", font=font)
    return image


def gradient(width: int, height: int) -> Image.Image:
    """A smooth picture without text, different in every size."""
    return Image.merge(
        "RGB",
        (
            Image.linear_gradient("L").resize((width, height)),
            Image.radial_gradient("L").resize((width, height)),
            Image.linear_gradient("L").rotate(90).resize((width, height)),
        ),
    )


def openai_message(question: str, *pictures: bytes, detail: str | None = None) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = [{"type": "text", "text": question}] if question else []
    for data in pictures:
        image: dict[str, Any] = {"url": "data:image/png;base64," + base64.b64encode(data).decode()}
        if detail is not None:
            image["detail"] = detail
        blocks.append({"type": "image_url", "image_url": image})
    return {"role": "user", "content": blocks}


class FixedRouter:
    """A router that always says the same, and counts how often it was asked."""

    name = "fixed"

    def __init__(self, technique: Technique) -> None:
        self.technique = technique
        self.questions: list[str] = []

    def classify(self, image: Any, query: str, *, quality: str = "balanced") -> RouteDecision:
        self.questions.append(query)
        return RouteDecision(self.technique, 0.9, "always this", self.name, {self.technique: 1.0})

    def classify_query(self, query: str) -> tuple[Technique, float]:
        return self.technique, 0.9

    def analyze_image(self, image: Any) -> ImageSignals:
        return measure(image)
