"""Find out whether a page stands upside down or on its side.

A classifier for each line does harm on upright pages: it flips short lines. Here the whole page is judged, and only
when it reads badly: the widest lines are read once more, upside down, and the better direction wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.ocr.crops import sides

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from headroom_nb.ocr.crops import Strip
    from headroom_nb.ocr.recognise import Reading

SAMPLE = 5
"""Lines judged."""

GOOD = 0.9
"""A page whose sample reads with this confidence stands upright."""

GAIN = 0.08
"""How much better the turned sample must read."""


def turn_of(
    boxes: NDArray[np.float32],
    down: list[bool],
    strips: list[Strip],
    read: Callable[[list[Strip]], list[Reading]],
) -> int:
    """Return how far the page is turned clockwise: 0, 90, 180 or 270 degrees.

    Parameters
    ----------
    boxes, down, strips
        The boxes ``(n, 4, 2)``, whether each runs down, and their strips.
    read
        Reads strips.
    """
    if not len(boxes):
        return 0
    lengths = np.array([max(sides(box)) for box in boxes])
    tall = np.array(down)
    on_side = lengths[tall].sum() > lengths[~tall].sum()
    judged = [int(index) for index in np.argsort(-lengths) if tall[index] == on_side][:SAMPLE]
    forward = _mean_confidence(read([strips[index] for index in judged]))
    flipped = False
    if forward < GOOD:
        backward = _mean_confidence(read([strips[index].flipped() for index in judged]))
        flipped = backward > forward + GAIN
    return {(False, False): 0, (False, True): 180, (True, False): 90, (True, True): 270}[bool(on_side), flipped]


def _mean_confidence(readings: list[Reading]) -> float:
    return sum(reading.confidence for reading in readings) / len(readings)
