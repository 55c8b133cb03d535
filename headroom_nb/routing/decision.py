"""From probabilities to a choice: expected cost, with the expensive mistake priced by quality.

The expensive mistake is to shrink an image whose question needed its detail: the answer comes out wrong. Keeping an
image that could have been shrunk only costs the saving, which is the unit here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.errors import OptionError
from headroom_nb.records import QUALITIES, Technique

if TYPE_CHECKING:
    import numpy.typing as npt

TECHNIQUE_ORDER = (Technique.TRANSCODE, Technique.CROP, Technique.FULL_LOW, Technique.PRESERVE)
"""Order of the model's outputs."""

GROUPS = ("page", "window", "chart", "graphic", "scene", "photo", "fine")
"""Kinds of images; the question model answers once for each."""

MISTAKES: dict[Technique, tuple[float, float, float, float]] = {
    # The right technique, and what choosing each of TECHNIQUE_ORDER instead costs, in savings forgone.
    Technique.TRANSCODE: (0.0, 0.8, 1.2, 1.0),
    Technique.CROP: (0.8, 0.0, 1.2, 1.0),
    Technique.FULL_LOW: (0.8, 0.9, 0.0, 1.0),
}
DEAR_MISTAKE = {"safe": 12.0, "balanced": 2.0, "max": 0.9}
"""Price of shrinking an image that had to be preserved."""


def costs(quality: str) -> npt.NDArray[np.float64]:
    """Return the (4, 4) costs: rows are the right technique, columns the chosen one.

    Raises
    ------
    OptionError
        No such quality.
    """
    if quality not in DEAR_MISTAKE:
        raise OptionError(f"quality is one of {', '.join(QUALITIES)}, not {quality!r}")
    dear = DEAR_MISTAKE[quality]
    return np.array([*MISTAKES.values(), (dear, dear, dear, 0.0)])


def choose(probabilities: npt.NDArray[np.float64], quality: str) -> Technique:
    """Return the technique of least expected cost; a tie goes to the more careful one.

    Parameters
    ----------
    probabilities
        (4,) in the order of :data:`TECHNIQUE_ORDER`; sums to 1.
    quality
        ``"safe"``, ``"balanced"`` or ``"max"``.
    """
    expected = probabilities @ costs(quality)
    # PRESERVE stands last: looked at from the end, it wins a tie.
    return TECHNIQUE_ORDER[len(expected) - 1 - int(np.argmin(expected[::-1]))]
