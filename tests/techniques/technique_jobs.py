"""Images and jobs for the tests of techniques."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from PIL import Image, ImageDraw, ImageFont

from headroom_nb.costs import find_model
from headroom_nb.ocr import OcrLine, OcrPage
from headroom_nb.pictures import open_picture
from headroom_nb.records import ImageSignals
from headroom_nb.techniques.base import Job, Reading


def font(px, name="DejaVuSans"):
    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf", px)


def png(image):
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def page_of_text(size=(1600, 1200), px=24, lines=None):
    """Return an image with one line of text per entry, and the boxes of the lines."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    boxes, y = [], px
    for text in lines or [f"Item {number} of the long list" for number in range(size[1] // (2 * px) - 1)]:
        draw.text((px, y), text, fill="black", font=font(px))
        boxes.append((text, draw.textbbox((px, y), text, font=font(px))))
        y += 2 * px
    return image, boxes


def photo(size=(2000, 1500)):
    return Image.linear_gradient("L").resize(size).convert("RGB")


def signals(size, *, height=None, lines=20, detail_loss=0.02):
    return ImageSignals(
        has_text=0.9 if height else 0.0,
        is_document=0.9 if height else 0.0,
        is_complex=0.2,
        has_small_details=0.1,
        text_coverage=0.3 if height else 0.0,
        text_lines=lines if height else 0,
        min_text_height=height,
        median_text_height=height,
        detail_loss=detail_loss,
        size=size,
    )


@dataclass(frozen=True)
class Text:
    """The font size of an image's smallest text, pixels."""

    smallest: float | None = None
    median: float | None = None
    sure: bool = True


def read_boxes(size, boxes):
    """Return the page that an engine reads which knows what stands where."""
    lines = tuple(
        OcrLine(text, ((left, top), (right, top), (right, bottom), (left, bottom)), 0.99)
        for text, (left, top, right, bottom) in boxes
    )
    return OcrPage(lines, len(lines), size)


def job(image, question="What is this?", *, model="gpt-5.6-sol", detail="auto", font=None, boxes=(), box=None):
    picture = open_picture(image if isinstance(image, bytes) else png(image))
    return Job(
        picture=picture,
        question=question,
        model=find_model(model),
        detail=detail,
        signals=signals(picture.size, height=font),
        text=Text(font),
        label="messages[0].content[1]",
        read=lambda: Reading(read_boxes(picture.size, boxes), "known"),
        box=box,
    )
