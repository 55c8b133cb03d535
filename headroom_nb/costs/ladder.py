"""Every size worth sending an image in on one model: the steps of its bill, each at the most it shows."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from headroom_nb.costs.plan import SizeOption, largest_accepted, seen_of, shaped, try_billed
from headroom_nb.costs.pricing import terms
from headroom_nb.costs.registry import BILLED_BY_ASPECT

if TYPE_CHECKING:
    from headroom_nb.costs.spec import ModelSpec
    from headroom_nb.records import Size

PATCHES = (28, 32)
"""Sides of the patches that the rules count, pixels; tiles of 512 and cells of 768 are multiples of them."""

STEP = 1.06
"""Ratio of the views of neighbouring steps: finer ones differ by less than any measured size of text is sure."""


@lru_cache(maxsize=2048)
def ladder(size: Size, spec: ModelSpec, detail: str, smallest: int) -> tuple[SizeOption, ...]:
    """Return the sizes to consider, from the largest view to the smallest; each costs less than the one before.

    Parameters
    ----------
    size
        Upright width and height, pixels.
    spec, detail
        Whose bill it is, and at which level.
    smallest
        Long side in pixels under which no view is considered.

    Raises
    ------
    ImageRejectedError
        The model refuses this shape in every size.
    """
    whole = largest_accepted(size, spec, detail)
    start = try_billed(whole, spec, detail)
    options = [SizeOption(whole, start.tokens, start.sent_size, 1.0)] if start else []
    if terms(spec, detail)[0] not in BILLED_BY_ASPECT:
        options += [
            SizeOption(candidate, bill.tokens, bill.sent_size, 1.0)
            for longest in _long_sides(size, max(whole), smallest)
            for candidate in shaped(size, longest)
            if (bill := try_billed(candidate, spec, detail)) is not None
        ]
    reference = max(min(seen_of(option)) for option in options)
    best: list[SizeOption] = []
    for option in sorted(options, key=lambda one: (-min(seen_of(one)), one.tokens)):
        kept = min(seen_of(option)) / reference
        if best and option.tokens >= best[-1].tokens:
            continue
        if best and best[-1].kept < kept * 1.01:
            best.pop()  # as good as the same view, for less
        best.append(SizeOption(option.size, option.tokens, option.sent_size, kept))
    return tuple(_thinned(best))


def _long_sides(size: Size, most: int, smallest: int) -> list[int]:
    """Return the long sides at which either side is whole patches."""
    long, short = max(size), min(size)
    sides = {side for patch in PATCHES for side in range(patch, most + 1, patch)}
    sides |= {patch * count * long // short for patch in PATCHES for count in range(1, short // patch + 1)}
    return sorted(side for side in sides if smallest <= side <= most)


def _thinned(options: list[SizeOption]) -> list[SizeOption]:
    kept: list[SizeOption] = []
    for option in options:
        if not kept or kept[-1].kept >= STEP * option.kept or option is options[-1]:
            kept.append(option)
    return kept
