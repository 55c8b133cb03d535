"""What an image of a given size costs: one pure function per billing rule, in exact integer arithmetic.

Every function takes ``(width, height)`` in pixels and the rule's constants (from ``models.json``). It returns the
tokens billed and the size the model sees after the provider's own resize. None of them knows a model or a price.

Sources: OpenAI "Images and vision" guide (September 2026), Anthropic "Vision" and "Vision coordinates" (August 2026),
Google "Media resolution" and "Image understanding" (September 2026), and published measurements; which constant comes
from where stands beside it in the table.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import ceil, isqrt
from typing import TYPE_CHECKING

from headroom_nb.costs.billed import Billed, cells, fit_inside, nearest
from headroom_nb.errors import ImageRejectedError

if TYPE_CHECKING:
    from headroom_nb.records import Size


def openai_patch(
    size: Size,
    *,
    patch: int = 32,
    max_side: int | None = None,
    budget: int | None = None,
    max_patches: int | None = None,
    multiplier: str = "1",
) -> Billed:
    """Bill patches: side limit, then patch budget, then the hard limit, then the multiplier.

    Parameters
    ----------
    size
        Width and height, pixels.
    patch
        Side of a patch, pixels.
    max_side
        The image is first fitted inside a square of this side (nearest pixel, never enlarged).
    budget
        Patches above which the image is shrunk further, so that one side is whole patches.
    max_patches
        Patches above which the request is refused.
    multiplier
        Tokens per patch as a decimal; the product is rounded up exactly.

    Raises
    ------
    ImageRejectedError
        More than ``max_patches`` are left after the resize.
    """
    seen = size if max_side is None else fit_inside(size, max_side)
    if budget is not None and cells(seen, patch) > budget:
        seen = _shrink_to_budget(seen, patch, budget)
    patches = cells(seen, patch)
    if max_patches is not None and patches > max_patches:
        raise ImageRejectedError(
            f"the image of {size[0]}×{size[1]} px has {patches:,} patches of {patch} px; "
            f"the provider refuses more than {max_patches:,}: send it smaller"
        )
    return Billed(_times(patches, multiplier), seen)


def openai_tile(
    size: Size,
    *,
    base: int,
    tile: int,
    max_side: int = 2048,
    short_side: int = 768,
    square_extra: int = 0,
    oblong_extra: int = 0,
) -> Billed:
    """Bill a base and 512-px tiles after two fits: ``max_side`` (nearest pixel), then ``short_side`` (other side down).

    ``square_extra`` and ``oblong_extra`` are flat additions by shape (the image models' high input fidelity).
    """
    width, height = fit_inside(size, max_side)
    short = min(width, height)
    if short > short_side:
        width, height = width * short_side // short, height * short_side // short
    extra = square_extra if width == height else oblong_extra
    return Billed(base + tile * cells((width, height), 512) + extra, (width, height))


def anthropic_grid(size: Size, *, max_edge: int, max_tokens: int, patch: int = 28) -> Billed:
    """Bill 28-px cells after the documented resize to the tier's longest edge and token limit."""
    seen = _anthropic_resize(size, max_edge, max_tokens, patch)
    return Billed(cells(seen, patch), seen)


def gemini_grid(size: Size, *, budget: int, cell: int = 48) -> Billed:
    """Bill the largest grid of cells with the image's aspect ratio inside a token budget.

    The count depends on the aspect ratio alone: an image smaller than the grid is enlarged to it, so ``sent_size`` may
    be larger than the image.
    """
    width, height = size
    columns, rows = isqrt(budget * width // height), isqrt(budget * height // width)
    if columns == 0:
        columns, rows = 1, min(height // width, budget)
    elif rows == 0:
        columns, rows = min(width // height, budget), 1
    return Billed(columns * rows, (columns * cell, rows * cell))


def gemini_tiles(
    size: Size, *, tile_tokens: int = 258, small_side: int = 384, tile_side: int = 768, overview_tokens: int = 0
) -> Billed:
    """Bill crops of ``floor(short side / 1.5)`` px scaled to ``tile_side``; one tile when both sides are small.

    ``overview_tokens`` are for a view of the whole beside the crops, which some usage figures show.
    """
    width, height = size
    if max(size) <= small_side:
        return Billed(tile_tokens, size)
    unit = max(min(size) * 2 // 3, 1)
    tiles = -(-width // unit) * -(-height // unit)
    sent = nearest(width * tile_side, unit), nearest(height * tile_side, unit)
    return Billed(tile_tokens * tiles + overview_tokens, sent)


def flat(size: Size, *, tokens: int, view: int | None = None) -> Billed:
    """Bill the same for every image; ``view`` is the square the model sees it fitted into, where that is known."""
    return Billed(tokens, size if view is None else fit_inside(size, view))


@lru_cache(maxsize=65536)
def _times(patches: int, multiplier: str) -> int:
    """Return the product rounded up; in fractions, because ``n * 1.2`` drifts in binary floats."""
    return ceil(patches * Fraction(multiplier))


def _shrink_to_budget(size: Size, patch: int, budget: int) -> Size:
    """Shrink so that one side is whole patches and the budget holds.

    The guide's ``shrink`` is a square root that cancels out: with ``k = floor(side * shrink / patch)`` the side that
    decides becomes ``k * patch`` and the other follows, rounded down, so no float is needed.
    """
    width, height = size
    columns, rows = isqrt(budget * width // height), isqrt(budget * height // width)
    if columns * height <= rows * width:
        seen = columns * patch, height * columns * patch // width
    else:
        seen = width * rows * patch // height, rows * patch
    return max(seen[0], 1), max(seen[1], 1)


def _anthropic_resize(size: Size, max_edge: int, max_tokens: int, patch: int) -> Size:
    width, height = size
    if height > width:
        turned = _anthropic_resize((height, width), max_edge, max_tokens, patch)
        return turned[1], turned[0]

    def fits(w: int, h: int) -> bool:
        columns, rows = -(-w // patch), -(-h // patch)
        return max(columns, rows) * patch <= max_edge and columns * rows <= max_tokens

    if fits(width, height):
        return size
    aspect = width / height
    low, high = 1, width
    while low + 1 < high:
        middle = (low + high) // 2
        if fits(middle, max(round(middle / aspect), 1)):
            low = middle
        else:
            high = middle
    return low, max(round(low / aspect), 1)
