"""Billing rules of the other providers and of open weights, in the form of :mod:`headroom_nb.costs.rules`.

Most follow a model's published image processor; hosts may bill otherwise, and the table marks such rows as estimates.
Sources: Amazon Nova user guides, mistral-common 1.13.1, the transformers image processors of Qwen-VL, Llama 4 and Kimi
K2.5, the DeepSeek-VL2 processor, Together's and Cohere's pages, older xAI documentation.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING

from headroom_nb.costs.billed import Billed, cells, fit_inside
from headroom_nb.errors import ImageRejectedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.results import Size


def area_table(size: Size, *, points: Sequence[tuple[int, int]]) -> Billed:
    """Interpolate a printed table of ``(pixels, tokens)`` by area; outside the table its ends hold."""
    area = size[0] * size[1]
    at = bisect_left([pixels for pixels, _ in points], area)
    if at == 0 or at == len(points):
        return Billed(points[min(at, len(points) - 1)][1], size)
    (below, fewer), (above, more) = points[at - 1], points[at]
    return Billed(round(fewer + (more - fewer) * (area - below) / (above - below)), size)


def area(size: Size, *, pixels_per_token: int, max_pixels: int) -> Billed:
    """Bill by area after a fit to ``max_pixels``."""
    scale = min(1.0, sqrt(max_pixels / (size[0] * size[1])))
    seen = max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)
    return Billed(ceil(min(size[0] * size[1], max_pixels) / pixels_per_token), seen)


def mistral_grid(size: Size, *, patch: int, merge: int, max_side: int) -> Billed:
    """Bill cells of ``patch * merge`` px and one token for the end of each row."""
    ratio = max(size) / max_side
    width, height = (max(round(side / ratio), 1) for side in size) if ratio > 1 else size
    cell = patch * merge
    columns, rows = (width - 1) // cell + 1, (height - 1) // cell + 1
    return Billed((columns + 1) * rows, (columns * cell, rows * cell))


def smart_resize(
    size: Size, *, factor: int, min_pixels: int, max_pixels: int, extra_tokens: int = 0, max_aspect: int = 200
) -> Billed:
    """Bill cells of ``factor`` px after both sides are rounded to whole cells within the pixel limits (Qwen-VL).

    Raises
    ------
    ImageRejectedError
        The long side is more than ``max_aspect`` times the short one.
    """
    if max(size) > max_aspect * min(size):
        raise ImageRejectedError(
            f"the picture of {size[0]}×{size[1]} px is more than {max_aspect} times longer than wide; "
            "the model's processor refuses it: crop it"
        )
    width, height = (max(round(side / factor) * factor, factor) for side in size)
    if width * height > max_pixels:
        beta = sqrt(size[0] * size[1] / max_pixels)
        width, height = (max(floor(side / beta / factor) * factor, factor) for side in size)
    elif width * height < min_pixels:
        beta = sqrt(min_pixels / (size[0] * size[1]))
        width, height = (ceil(side * beta / factor) * factor for side in size)
    return Billed(width * height // factor**2 + extra_tokens, (width, height))


def kimi_grid(
    size: Size, *, patch: int = 14, merge: int = 2, max_patches: int = 16384, max_across: int = 512
) -> Billed:
    """Bill cells of ``patch * merge`` px after a fit to a number of patches in all and along a side."""
    width, height = size
    patches = max(width // patch, 1) * max(height // patch, 1)
    scale = min(1.0, sqrt(max_patches / patches), max_across * patch / height, max_across * patch / width)
    seen = max(floor(width * scale), 1), max(floor(height * scale), 1)
    return Billed(cells(seen, patch * merge), seen)


def preview_tiles(size: Size, *, tile_side: int, tile_tokens: int, preview_tokens: int, max_tiles: int) -> Billed:
    """Bill tiles and one view of the whole; past ``max_tiles`` the picture is taken to be shrunk by area."""
    tiles = min(cells(size, tile_side), max_tiles)
    scale = min(1.0, sqrt(max_tiles * tile_side**2 / (size[0] * size[1])))
    seen = max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)
    return Billed(tiles * tile_tokens + preview_tokens, seen)


def llama3_tiles(size: Size, *, tile_tokens: int = 1601, side: int = 560) -> Billed:
    """Bill one unit, doubled for each side longer than ``side`` px."""
    doubled = sum(length > side for length in size)
    return Billed(tile_tokens * 2**doubled, fit_inside(size, 2 * side))


def llama4_tiles(size: Size, *, side: int = 336, max_tiles: int = 16, tile_tokens: int = 144) -> Billed:
    """Bill the best-fitting canvas of tiles, a view of the whole beside more than one tile, and the separators.

    Each tile is followed by a separator; three more tokens open, close and announce the whole.
    """
    columns, rows = min(_grids(max_tiles), key=lambda grid: _llama4_order(size, grid, side))
    tiles = columns * rows
    scale = min(columns * side / size[0], rows * side / size[1], 1.0)
    seen = max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)
    return Billed(tile_tokens + 3 + (tiles * (tile_tokens + 1) if tiles > 1 else 0), seen)


def deepseek_vl2_tiles(size: Size, *, side: int = 384, max_tiles: int = 9, row: int = 14, base: int = 211) -> Billed:
    """Bill ``base + (row * rows) * (row * columns + 1)`` on the grid that shows most of the picture."""
    columns, rows = min(_grids(max_tiles), key=lambda grid: _deepseek_order(size, grid, side))
    scale = min(columns * side / size[0], rows * side / size[1])
    seen = max(int(size[0] * scale), 1), max(int(size[1] * scale), 1)
    return Billed(base + row * rows * (row * columns + 1), seen)


@lru_cache(maxsize=8)
def _grids(max_tiles: int) -> tuple[tuple[int, int], ...]:
    sides = range(1, max_tiles + 1)
    return tuple((columns, rows) for columns in sides for rows in sides if columns * rows <= max_tiles)


def _llama4_order(size: Size, grid: tuple[int, int], side: int) -> tuple[bool, float, int]:
    """Sort key: canvases that hold the picture come first, the tightest of them; else the one that shrinks least."""
    scale = min(grid[0] * side / size[0], grid[1] * side / size[1])
    return scale < 1, scale if scale >= 1 else -scale, grid[0] * grid[1]


def _deepseek_order(size: Size, grid: tuple[int, int], side: int) -> tuple[int, int]:
    """Sort key: most pixels of the picture shown, then least canvas wasted."""
    width, height = grid[0] * side, grid[1] * side
    scale = min(width / size[0], height / size[1])
    shown = min(int(size[0] * scale) * int(size[1] * scale), size[0] * size[1])
    return -shown, width * height - shown
