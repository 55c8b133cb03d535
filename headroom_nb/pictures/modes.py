"""From any stored mode to RGB, faithfully."""

from __future__ import annotations

import numpy as np
from PIL import Image

from headroom_nb.pictures.alpha import flatten

_WITH_ALPHA = ("RGBA", "LA", "PA", "RGBa", "La")


def to_rgb(image: Image.Image) -> Image.Image:
    """Return an RGB image that looks as the stored one does.

    Alpha and transparent palette entries are laid on a background that keeps the content visible. 16-bit greys map
    their full range to 0–255. 32-bit and float greys have no agreed white: values within 0–1, 0–255 or 0–65535 are
    taken on that scale, others are stretched from their smallest to their largest.
    """
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode in _WITH_ALPHA or "transparency" in image.info:
        if image.mode.startswith(("I", "F")):
            return _deep_grey(image)
        return flatten(image.convert("RGBA"))
    if image.mode.startswith(("I", "F")):
        return _deep_grey(image)
    return image.convert("RGB")


def _deep_grey(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    if values.dtype == np.uint16 or image.mode.startswith("I;16"):
        grey = (values.astype(np.uint32) * 255 + 32767) // 65535
    else:
        grey = _scaled(values.astype(np.float64))
    return Image.fromarray(grey.astype(np.uint8), "L").convert("RGB")


def _scaled(values: np.ndarray) -> np.ndarray:
    finite = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    known = finite[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    finite = np.clip(np.where(np.isnan(values), low, np.nan_to_num(values, posinf=high, neginf=low)), low, high)
    if low >= 0:
        white = next((white for white in (1.0, 255.0, 65535.0) if high <= white), None)
        if white is not None:
            return np.rint(finite * (255.0 / white))
    return np.rint((finite - low) * (255.0 / (high - low))) if high > low else np.zeros_like(finite)
