"""Read one line of text at a time.

The recogniser reads a strip 48 pixels high and gives, for each step of a few pixels, the probability of every character
and of "nothing" (CTC: repeats are merged and "nothing" is dropped).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.errors import OcrError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headroom_nb.techniques.ocr.session import Session

HEIGHT = 48
"""Height of the strip in pixels; fixed by the weights."""

WIDTH_STEP = 64
"""Strip widths are padded to multiples of this, so that the runtime meets few shapes."""


@dataclass(frozen=True)
class Reading:
    """What was read in a strip, with the mean and the lowest probability of its characters."""

    text: str
    confidence: float
    weakest: float


class Recogniser:
    """Reads strips.

    Parameters
    ----------
    session
        ONNX session that takes ``(n, 3, 48, w)`` float32 in −1…1 and gives ``(n, steps, characters)``; its metadata
        holds the characters.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name
        listed = session.get_modelmeta().custom_metadata_map.get("character")
        if listed is None:
            raise OcrError("The OCR weights do not say which characters they read; reinstall rapidocr.")
        self.characters = ["", *listed.splitlines(), " "]

    def read(self, crop: NDArray[np.uint8]) -> Reading:
        """Return the text of a BGR strip ``(h, w, 3)``."""
        steps = self._session.run(None, {self._input: strip(crop)})[0][0]
        return decode(steps, self.characters)


def strip(crop: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return a crop scaled to the strip's height and padded, ``(1, 3, 48, w)`` in −1…1."""
    import cv2

    height, width = crop.shape[:2]
    scaled = max(1, round(width * HEIGHT / height))
    view = cv2.resize(crop, (scaled, HEIGHT))
    data = np.zeros((1, 3, HEIGHT, -(-scaled // WIDTH_STEP) * WIDTH_STEP), dtype=np.float32)
    data[0, :, :, :scaled] = (view.astype(np.float32) * (2 / 255) - 1).transpose(2, 0, 1)
    return data


def decode(steps: NDArray[np.float32], characters: list[str]) -> Reading:
    """Return the most probable reading of ``(steps, characters)`` probabilities."""
    best = steps.argmax(axis=1)
    kept = best != 0
    kept[1:] &= best[1:] != best[:-1]
    if not kept.any():
        return Reading("", 0.0, 0.0)
    chances = steps[np.flatnonzero(kept), best[kept]]
    text = "".join(characters[index] for index in best[kept])
    return Reading(text, float(chances.mean()), float(chances.min()))
