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
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from headroom_nb.ocr.crops import Strip
    from headroom_nb.runtime.onnx_runtime import Session

HEIGHT = 48
"""Height of the strip in pixels; fixed by the weights."""

WIDTH_STEP = 32
"""Strip widths are padded to multiples of this, so that the runtime meets few shapes."""

LONG, SQUEEZE = 400, 0.85
"""Strips longer than this, in pixels at the strip's height, are squeezed to this share: sentences are read as well, in
11 % less time on full pages. Short strips (numbers, cells) lose by it."""

LONGEST = 6400
"""No strip is longer than this, in pixels: a rule taken for a line of text would cost seconds."""

MIN_PADDING = 8
"""Pixels of nothing after the last character, without which it is sometimes lost."""


REACH = 30
"""Ink further than this from the middle of every character, in pixels of the strip, was not read."""

STEP = 8
"""Pixels of the strip for each step of the answer; fixed by the weights."""


@dataclass(frozen=True)
class Reading:
    """What was read in a strip.

    Attributes
    ----------
    text
        The characters.
    confidence, weakest
        Mean and lowest of their probabilities.
    centres
        Where the middle of each character lies along the strip's ink, 0 to 1.
    missed
        Share of the inked columns that no character stands near.
    chances, rivals, rival_chances
        The probability of each character, and the second most probable character there with its probability.
    """

    text: str
    confidence: float = 0.0
    weakest: float = 0.0
    centres: tuple[float, ...] = ()
    missed: float = 1.0
    chances: tuple[float, ...] = ()
    rivals: str = ""
    rival_chances: tuple[float, ...] = ()


class Recogniser:
    """Reads strips.

    Parameters
    ----------
    session
        ONNX session that takes ``(n, 3, 48, w)`` float32 in −1…1 and gives ``(n, steps, characters)``; its metadata
        holds the characters.
    characters
        The characters, where they stand in a file of their own.

    Raises
    ------
    OcrError
        It is no recogniser, or not one of these characters.
    """

    def __init__(self, session: Session, characters: Sequence[str] | None = None) -> None:
        self.identity = object()  # a key that no other recogniser has, not even after this one
        self._session = session
        self._input = session.get_inputs()[0].name
        if characters is None:
            listed = session.get_modelmeta().custom_metadata_map.get("character")
            if listed is None:
                raise OcrError("The OCR weights do not say which characters they read; reinstall rapidocr.")
            characters = listed.splitlines()
        self.characters = ["", *characters, " "]

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        """Return the texts of strips of one padded width."""
        inputs = [to_input(strip.pixels) for strip in strips]
        data = np.concatenate([pixels for pixels, _ in inputs])
        answers = self._session.run(None, {self._input: data})[0]
        return [
            decode(steps, self.characters, strip.ink, width)
            for steps, strip, (_, width) in zip(answers, strips, inputs, strict=True)
        ]


def padded_width(pixels: NDArray[np.uint8]) -> int:
    """Return the width that pixels ``(h, w, 3)`` have at the strip's height, padded."""
    return -(-(_scaled_width(pixels) + MIN_PADDING) // WIDTH_STEP) * WIDTH_STEP


def _scaled_width(pixels: NDArray[np.uint8]) -> int:
    height, width = pixels.shape[:2]
    scaled = float(width) * HEIGHT / float(height)
    return max(1, round(min(LONGEST, scaled if scaled <= LONG else max(LONG, SQUEEZE * scaled))))


def squeezed(pixels: NDArray[np.uint8]) -> float:
    """Return the share of its width, at the strip's height, to which pixels ``(h, w, 3)`` are squeezed."""
    height, width = pixels.shape[:2]
    scaled = width * HEIGHT / height
    return min(1.0, max(LONG, SQUEEZE * scaled) / scaled) if scaled > LONG else 1.0


def to_input(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float32], int]:
    """Return BGR pixels at the strip's height, padded, ``(1, 3, 48, w)`` in −1…1, and the width without padding.

    Linear interpolation is the one the weights were trained with: sharper kernels read small print far worse.
    """
    import cv2

    scaled = _scaled_width(pixels)
    view = cv2.resize(pixels, (scaled, HEIGHT))
    data = np.zeros((1, 3, HEIGHT, padded_width(pixels)), dtype=np.float32)
    data[0, :, :, :scaled] = (view.astype(np.float32) * (2 / 255) - 1).transpose(2, 0, 1)
    return data, scaled


def decode(steps: NDArray[np.float32], characters: Sequence[str], ink: NDArray[np.bool_], width: int) -> Reading:
    """Return the most probable reading.

    Parameters
    ----------
    steps
        Probabilities ``(steps, characters)``; character 0 is "nothing".
    characters
        What the columns stand for.
    ink
        Whether each column of the strip, before scaling, holds ink.
    width
        Width of the scaled strip in pixels.
    """
    best = steps.argmax(axis=1)
    kept = best != 0
    kept[1:] &= best[1:] != best[:-1]
    if not kept.any():
        return Reading("")
    places = np.flatnonzero(kept)
    text = "".join(characters[index] for index in best[places])
    first, last = len(text) - len(text.lstrip()), len(text.rstrip())
    if first >= last:
        return Reading("")
    chances = steps[places, best[places]]
    middles = (places + 0.5) * STEP
    inked = (np.flatnonzero(ink) + 0.5) * (width / len(ink))
    if not len(inked):
        return Reading("")
    solid = np.array([not char.isspace() for char in text])
    distances = np.abs(inked[:, None] - middles[solid]).min(axis=1)
    centres = (middles - inked[0]) / max(1.0, inked[-1] - inked[0])
    rivals, rival_chances = _second_best(steps[places], best[places])
    return Reading(
        text[first:last],
        float(chances.mean()),
        float(chances.min()),
        tuple(np.clip(centres[first:last], 0, 1).round(4).tolist()),
        float((distances > REACH).mean()),
        tuple(chances[first:last].round(4).tolist()),
        "".join(characters[index] for index in rivals[first:last]),
        tuple(rival_chances[first:last].round(4).tolist()),
    )


def _second_best(steps: NDArray[np.float32], best: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the most probable character beside the best and "nothing" at some steps, and its probability."""
    others = steps.copy()
    rows = np.arange(len(steps))
    others[:, 0] = others[rows, best] = -1
    rivals = others.argmax(axis=1)
    return rivals, others[rows, rivals]
