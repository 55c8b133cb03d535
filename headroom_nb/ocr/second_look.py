"""Read doubtful strips once more at another width, and lay both readings together.

The recogniser answers in steps of a few pixels. What it is sure of comes out the same when the characters meet the
steps elsewhere; what it guesses does not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headroom_nb.ocr.recognise import squeezed
from headroom_nb.ocr.shapes import exact_strings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.ocr.crops import Strip
    from headroom_nb.ocr.reader import StripReader
    from headroom_nb.ocr.recognise import Reading

DOUBTFUL = 0.6
"""A strip with a character of a lower probability is read again."""

OTHER_WIDTH = 0.88
"""Share of its width at which a short strip is read again; a long one, that was squeezed, at its full width."""

SURER = 0.02
"""By so much the mean probability of the second reading must be higher: else names as ``Col3a1`` became ``ColBa1``."""

LEAST = 0.5
"""A reading with a lower mean probability is no reading: no second look makes it one."""


def look_again(strips: Sequence[Strip], readings: Sequence[Reading], reader: StripReader) -> list[Reading]:
    """Return the readings, those of doubtful strips and of exact strings checked by a second one."""
    doubtful = [index for index, reading in enumerate(readings) if _is_doubtful(reading)]
    again = [
        strip.stretched(1 / share if (share := squeezed(strip.pixels)) < 1 else OTHER_WIDTH)
        for strip in (strips[index] for index in doubtful)
    ]
    merged = list(readings)
    for index, other in zip(doubtful, reader.read(again), strict=True):
        merged[index] = merge(readings[index], other)
    return merged


def _is_doubtful(reading: Reading) -> bool:
    if not reading.text or reading.confidence < LEAST:
        return False
    return reading.weakest < DOUBTFUL or any(True for _ in exact_strings(reading.text))


def merge(first: Reading, second: Reading) -> Reading:
    """Return the surer of two readings, with what the other saw as the rival of each character.

    Where they differ in length, the first one is kept as it is.
    """
    if not second.text or not second.chances or not first.chances:
        return first
    if len(first.text) != len(second.text):
        return first  # on scans the other one is wrong as often: recall of receipts fell by up to three points
    # At another width the recogniser is a little worse: its reading counts where it is surer as a whole, too.
    surer = second.weakest > first.weakest and second.confidence > first.confidence + SURER
    best, other = (second, first) if surer else (first, second)
    chances, rivals, rival_chances = list(best.chances), list(best.rivals), list(best.rival_chances)
    for index, (char, seen, chance) in enumerate(zip(best.text, other.text, other.chances, strict=True)):
        if char == seen:
            continue
        rivals[index], rival_chances[index] = seen, max(chance, rival_chances[index])
        chances[index] = min(chances[index], 1 - chance / 2)
    return replace(
        best,
        chances=tuple(chances),
        rivals="".join(rivals),
        rival_chances=tuple(rival_chances),
        weakest=min(chances),
    )
