"""What every billing rule returns, and the arithmetic they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from headroom_nb.records import Size


class Billed(NamedTuple):
    """Input tokens billed for one image, and the size in pixels that the model sees."""

    tokens: int
    sent_size: Size


def fit_inside(size: Size, side: int) -> Size:
    """Return the size fitted inside a square, to the nearest pixel, never enlarged and never below one pixel."""
    longest = max(size)
    if longest <= side:
        return size
    return max(nearest(size[0] * side, longest), 1), max(nearest(size[1] * side, longest), 1)


def cells(size: Size, cell: int) -> int:
    """Return how many square cells cover the size."""
    return -(-size[0] // cell) * -(-size[1] // cell)


def nearest(numerator: int, denominator: int) -> int:
    """Return the quotient rounded to the nearest whole number, halves up."""
    return (2 * numerator + denominator) // (2 * denominator)
