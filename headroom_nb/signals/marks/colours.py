"""Names of colours, and what makes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

COLOURED = 48
"""Levels (of 255) that the strongest and the weakest channel of a colour differ by; of greys they do not."""

HUES = (
    (18, "red"),
    (45, "orange"),
    (70, "yellow"),
    (165, "green"),
    (200, "cyan"),
    (262, "blue"),
    (320, "purple"),
    (361, "red"),
)
"""Name of the hue up to an angle in degrees."""


def chroma(colour: npt.ArrayLike) -> float:
    """Return how far a colour (3,) is from grey: strongest minus weakest channel, 0 to 255."""
    return float(np.ptp(np.asarray(colour)))


def colour_name(colour: npt.ArrayLike) -> str:
    """Return the name of an RGB colour (3,), empty for greys."""
    red, green, blue = np.asarray(colour, dtype=np.float64)
    strongest, weakest = max(red, green, blue), min(red, green, blue)
    spread = strongest - weakest
    if spread < COLOURED:
        return ""
    if strongest == red:
        angle = 60 * ((green - blue) / spread % 6)
    elif strongest == green:
        angle = 60 * ((blue - red) / spread + 2)
    else:
        angle = 60 * ((red - green) / spread + 4)
    return next(name for limit, name in HUES if angle < limit)
