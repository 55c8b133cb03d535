"""Transparent images laid on a background that keeps their content visible."""

from __future__ import annotations

from PIL import Image

_BACKGROUNDS = (255, 0, 128)
"""Greys to lay an image on, in order of preference."""

_CONTRAST = 56
"""Difference in luminance (of 255) below which content sinks into the background."""

_CLEAR_WIN = 0.1
"""Share of the outline a later background must save over an earlier one to be preferred."""

_SAMPLES = 400_000


def flatten(image: Image.Image) -> Image.Image:
    """Return an RGBA image as RGB on white, black or mid-grey.

    What decides is the outline: visible pixels with see-through ones beside them. They are what a background can
    swallow; the inside of an opaque card is safe on any. White wins unless it would swallow clearly more.
    """
    alpha = image.getchannel("A")
    lowest = alpha.getextrema()[0]
    if lowest == 255:
        return image.convert("RGB")
    grey = _background(alpha, image.convert("RGB").convert("L"))
    backdrop = Image.new("RGB", image.size, (grey, grey, grey))
    backdrop.paste(image, mask=alpha)
    return backdrop


def _background(opacity: Image.Image, grey: Image.Image) -> int:
    """Return the grey that swallows least of the outline."""
    import numpy as np  # here, so that an opaque image does not wait for it

    alpha, luminance = np.asarray(opacity), np.asarray(grey)
    step = max(1, int((alpha.size / _SAMPLES) ** 0.5))
    padded = np.pad(alpha, 1, mode="edge")
    around = np.minimum(
        np.minimum(padded[:-2:step, 1:-1:step], padded[2::step, 1:-1:step]),
        np.minimum(padded[1:-1:step, :-2:step], padded[1:-1:step, 2::step]),
    )
    own = alpha[::step, ::step]
    weight = np.where((around < 64) & (own >= 64), own, 0).astype(np.float64)
    total = float(weight.sum())
    if not total:
        return _BACKGROUNDS[0]
    shades = luminance[::step, ::step].astype(np.int16)
    lost = [float(weight[np.abs(shades - level) < _CONTRAST].sum()) / total for level in _BACKGROUNDS]
    best = 0
    for index in range(1, len(_BACKGROUNDS)):
        if lost[index] < lost[best] - _CLEAR_WIN:
            best = index
    return _BACKGROUNDS[best]
