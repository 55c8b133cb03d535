"""Small images of known kinds, drawn on the spot."""

import functools
import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SENTENCE = "The quick report lists every order of the last quarter and what was paid for it"


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@functools.cache
def page() -> bytes:
    """A page of 45 lines of text."""
    image = Image.new("RGB", (1000, 1300), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=18)
    for line in range(45):
        draw.text((80, 60 + 26 * line), SENTENCE[line % 9 :], "black", font)
    return png(image)


@functools.cache
def photo() -> bytes:
    """A soft scene without text: a graded sky, hills, a little grain."""
    rng = np.random.default_rng(3)
    height, width = 700, 1000
    rows, columns = np.mgrid[0:height, 0:width]
    sky = np.stack([120 + 0.10 * rows, 160 + 0.08 * rows, 230 - 0.05 * rows], axis=-1)
    for base, colour in ((380, (70, 120, 60)), (520, (50, 90, 45))):
        ridge = base + 60 * np.sin(columns / 140 + base) + 25 * np.sin(columns / 43)
        sky = np.where((rows > ridge)[..., None], np.array(colour) + 0.02 * rows[..., None], sky)
    noisy = sky + rng.normal(0, 4, sky.shape)
    return png(Image.fromarray(noisy.clip(0, 255).astype(np.uint8)))
