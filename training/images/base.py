"""What a rendered picture is, and the sheet it is drawn on, which remembers where its lines of text stand."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from training.images.fonts import Typeface

Colour = tuple[int, int, int]
Quad = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Sample:
    """A picture whose truth is known.

    Attributes
    ----------
    kind
        One of :data:`training.kinds.KINDS`.
    image
        RGB.
    facts
        ``lines``: (left, top, right, bottom) in pixels of every line of text; ``dark``: whether the theme is dark;
        renderers add their own.
    """

    kind: str
    image: Image.Image
    facts: dict[str, Any] = field(default_factory=dict)


class Sheet:
    """An RGB picture being drawn; every line of text written on it is remembered."""

    def __init__(self, size: tuple[int, int], colour: Colour) -> None:
        self.image = Image.new("RGB", size, colour)
        self.draw = ImageDraw.Draw(self.image)
        self.lines: list[tuple[float, float, float, float]] = []
        self.dark = sum(colour) < 300

    @property
    def width(self) -> int:
        """Pixels."""
        return self.image.width

    @property
    def height(self) -> int:
        """Pixels."""
        return self.image.height

    def write(
        self, xy: tuple[float, float], text: str, face: Typeface, size: float, fill: Colour, anchor: str = "la"
    ) -> float:
        """Write one line of text; return its width in pixels. Nothing is written outside the sheet."""
        if not text.strip() or not (-size < xy[1] < self.height) or xy[0] > self.width:
            return 0.0
        font = face.at(size)
        left, top, right, bottom = self.draw.textbbox(xy, text, font=font, anchor=anchor)
        self.draw.text(xy, text, font=font, fill=fill, anchor=anchor)
        box = (max(0.0, left), max(0.0, top), min(float(self.width), right), min(float(self.height), bottom))
        if box[2] - box[0] > 2 and box[3] - box[1] > 2:
            self.lines.append(box)
        return float(right - left)

    def wrapped(
        self,
        xy: tuple[float, float],
        text: str,
        face: Typeface,
        size: float,
        fill: Colour,
        *,
        width: float,
        spacing: float = 1.35,
        bottom: float | None = None,
    ) -> float:
        """Write text in lines of a width; return the y below the last line. Stops at ``bottom``."""
        font = face.at(size)
        x, y = xy
        line = ""
        for word in [*text.split(), ""]:
            longer = f"{line} {word}".strip()
            if word and font.getlength(longer) <= width:
                line = longer
                continue
            if bottom is not None and y + size > bottom:
                return y
            self.write((x, y), line, face, size, fill)
            y += size * spacing
            line = word
        return y

    def sample(self, kind: str, **facts: Any) -> Sample:
        """Return the finished picture."""
        return Sample(kind, self.image, {"lines": self.lines, "dark": self.dark, **facts})


def shade(rng: np.random.Generator, low: int, high: int) -> Colour:
    """Return a grey with a slight tint; levels 0 to 255."""
    level = int(rng.integers(low, high + 1))
    tint = rng.integers(-6, 7, size=3)
    red, green, blue = np.clip(level + tint, 0, 255)
    return int(red), int(green), int(blue)


def bright(rng: np.random.Generator) -> Colour:
    """Return any colour."""
    red, green, blue = rng.integers(20, 236, size=3)
    return int(red), int(green), int(blue)


def rescale(sample: Sample, size: tuple[int, int]) -> Sample:
    """Return the sample at another size."""
    fx, fy = size[0] / sample.image.width, size[1] / sample.image.height
    lines = [(a * fx, b * fy, c * fx, d * fy) for a, b, c, d in sample.facts["lines"]]
    image = sample.image.resize(size, Image.Resampling.LANCZOS)
    return Sample(sample.kind, image, {**sample.facts, "lines": lines})


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    """Return the picture after a JPEG round trip."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")


def sensor_noise(image: Image.Image, rng: np.random.Generator, sigma: float) -> Image.Image:
    """Add Gaussian noise of ``sigma`` grey levels, a little of it shared by the channels."""
    pixels = np.asarray(image).astype(np.float32)
    noise = rng.normal(0, sigma, size=pixels.shape[:2])[..., None] + rng.normal(0, sigma / 2, size=pixels.shape)
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


def worn(sample: Sample, rng: np.random.Generator) -> Sample:
    """Return the sample as it may arrive: rescaled, saved as JPEG, slightly blurred; often untouched."""
    size = sample.image.size
    if rng.random() < 0.35:
        factor = float(rng.uniform(0.45, 1.3))
        sample = rescale(sample, (max(40, round(size[0] * factor)), max(40, round(size[1] * factor))))
    image = sample.image
    if rng.random() < 0.08:
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.0))))
    if rng.random() < 0.4:
        image = jpeg(image, int(rng.integers(35, 95)))
    return Sample(sample.kind, image, sample.facts)
