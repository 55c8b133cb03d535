"""The conversations that the speed benchmark sends through: made on the spot, the same every time."""

from __future__ import annotations

import base64
import json
import random
import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

if TYPE_CHECKING:
    from pathlib import Path

WORDS = (
    "token",
    "patch",
    "budget",
    "image",
    "screen",
    "model",
    "detail",
    "chart",
    "invoice",
    "total",
    "kernel",
    "cell",
)
QUESTION = "What is going on in this picture?"


def screenshot(size: tuple[int, int], seed: int) -> bytes:
    """Return a PNG of panels, an icon column and lines of 13 px text."""
    dice = random.Random(seed)
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(13)
    width, height = size
    draw.rectangle((0, 0, width, 40), fill="#1565c0")
    draw.rectangle((0, 40, 220, height), fill="#eceff1")
    for top in range(52, height - 30, 34):
        colour = tuple(dice.randrange(60, 220) for _ in range(3))
        draw.ellipse((14, top, 32, top + 18), fill=colour)
        draw.text((44, top + 2), f"{dice.choice(WORDS)} {dice.randrange(100)}", fill="#263238", font=font)
    for top in range(60, height - 30, 20):
        line = " ".join(dice.choices(WORDS, k=dice.randrange(3, max(4, (width - 260) // 60))))
        draw.text((240, top), line, fill="#212121", font=font)
    return _saved(image, "PNG")


def photograph(size: tuple[int, int], seed: int) -> bytes:
    """Return a JPEG (quality 92) of soft shapes at several scales with sensor noise."""
    dice = np.random.default_rng(seed)
    width, height = size
    field = np.zeros((height, width, 3), np.float32)
    for cells, weight in ((6, 90), (30, 45), (150, 22), (700, 12)):
        grain = dice.normal(0, 1, (cells * height // width + 1, cells, 3))
        for channel in range(3):
            layer = Image.fromarray(grain[..., channel].astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
            field[..., channel] += weight * np.asarray(layer)
    field += 128 + dice.normal(0, 4, (height, width, 1)).astype(np.float32)
    image = Image.fromarray(np.clip(field, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.6))
    return _saved(image, "JPEG", quality=92)


def bomb() -> bytes:
    """Return half a megabyte of PNG that claims, and holds, 64,000 × 64,000 pixels."""
    side = 64_000
    deflate = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    pixels = b"".join(deflate.compress(row) for _ in range(side)) + deflate.flush()
    blocks = ((b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in blocks
    )


def conversation(pictures: list[bytes], provider: str, question: str = QUESTION) -> list[dict[str, Any]]:
    """Return one user turn per picture, each answered but the last."""
    messages: list[dict[str, Any]] = []
    for picture in pictures:
        kind = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
        text = base64.b64encode(picture).decode("ascii")
        if provider == "anthropic":
            block = {"type": "image", "source": {"type": "base64", "media_type": kind, "data": text}}
        else:
            block = {"type": "image_url", "image_url": {"url": f"data:{kind};base64,{text}"}}
        messages.append({"role": "user", "content": [{"type": "text", "text": question}, block]})
        messages.append({"role": "assistant", "content": "A picture."})
    return messages[:-1]


def write_inputs(folder: Path, *, turns: int) -> None:
    """Write every conversation as ``<name>-<provider>.json``: the warm-up beside them, and one of so many turns."""
    pictures = {
        "warm-up": [screenshot((300, 200), 1)],
        "screen-1024": [screenshot((1024, 1024), 2)],
        "screen-1920": [screenshot((1920, 1080), 3)],
        "photo-12mp": [photograph((4000, 3000), 4)],
        "twenty": [screenshot((1280, 800), 10 + index) for index in range(20)],
        "bomb": [bomb()],
    }
    pictures["growing"] = [screenshot((1280, 800), 100 + index) for index in range(turns)]
    folder.mkdir(parents=True, exist_ok=True)
    for name, files in pictures.items():
        for provider in ("openai", "anthropic"):
            (folder / f"{name}-{provider}.json").write_text(json.dumps(conversation(files, provider)), "utf-8")


def _saved(image: Image.Image, file_format: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()
