"""Images of text, drawn for the tests of OCR and layout with fonts that come with Python packages."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import matplotlib as mpl
from PIL import Image, ImageDraw, ImageFont

from headroom_nb.ocr.engine import RapidOcr
from headroom_nb.ocr.weights import find_weights


def font(size, name="DejaVuSans"):
    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf", size)


def page(*texts, size=(800, 600), background="white"):
    """Draw texts given as (x, y, text, font)."""
    image = Image.new("RGB", size, background)
    draw = ImageDraw.Draw(image)
    for x, y, text, face in texts:
        draw.text((x, y), text, fill="black", font=face)
    return image


def text_page(lines, *, size=20, name="DejaVuSans", width=800, step=1.6):
    face = font(size, name)
    placed = [(30, 30 + row * int(step * size), line, face) for row, line in enumerate(lines)]
    return page(*placed, size=(width, 60 + int(step * size) * len(lines)))


@cache
def engine():
    """Return one engine for all tests; without the cache, so that every test reads."""
    return RapidOcr(find_weights(), threads=2)


def words(page):
    return " ".join(line.text for line in sorted(page.lines, key=lambda line: (line.bounds[1], line.bounds[0])))
