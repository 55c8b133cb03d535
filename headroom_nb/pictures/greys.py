"""Greys with more than eight bits, brought to eight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WHITES = (1.0, 255.0, 65535.0)
"""Scales that float and 32-bit greys are taken to be on when their values fit, the smallest first."""


def to_eight_bits(image: Image.Image) -> Image.Image:
    """Return an ``L`` image of an ``I;16``, ``I`` or ``F`` one.

    16-bit greys map their full range to 0–255. 32-bit and float greys have no agreed white: values within 0–1, 0–255 or
    0–65535 are taken on that scale, others are stretched from their smallest to their largest. Infinities count as the
    largest or smallest finite value, and what is no number as the smallest.
    """
    values = np.asarray(image)
    if image.mode.startswith("I;16"):
        return Image.fromarray(((values.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8))
    return Image.fromarray(_scaled(values.astype(np.float64)).astype(np.uint8))


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    known = values[np.isfinite(values)]
    if not known.size:
        return np.zeros_like(values)
    low, high = float(known.min()), float(known.max())
    finite = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
    white = next((white for white in _WHITES if low >= 0 and high <= white), None)
    if white is not None:
        return np.rint(finite * (255.0 / white))
    spread = high - low
    return np.rint((finite - low) * (255.0 / spread)) if spread else np.zeros_like(values)
