"""Billing rules of the other providers and of open weights, in the form of :mod:`headroom_nb.costs.rules`.

Most follow a model's published image processor; hosts may bill otherwise, and the table marks such rows as estimates.
Sources: Amazon Nova user guides, mistral-common 1.13.1, the transformers image processors of Qwen-VL, Llama 4 and Kimi
K2.5, the DeepSeek-VL2 processor, Together's and Cohere's pages, older xAI documentation.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from math import ceil, floor, inf, sqrt
from typing import TYPE_CHECKING

from headroom_nb.costs.billed import Billed, cells, fit_inside
from headroom_nb.errors import ImageRejectedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.records import Size


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
            f"the image of {size[0]}×{size[1]} px is more than {max_aspect} times longer than wide; "
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
    """Bill tiles and one view of the whole; past ``max_tiles`` the image is taken to be shrunk by area."""
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

    Of the canvases that hold the image it is the tightest, else the one that shrinks it least; of equals the
    smallest. Each tile is followed by a separator; three more tokens open, close and announce the whole.
    """
    width, height = size
    tightest, largest = (inf, 0), (0.0, 0)
    for across, down, tiles in _canvases(side, max_tiles):
        fit = min(across / width, down / height)
        if fit >= 1:
            if fit < tightest[0]:
                tightest = fit, tiles
        elif fit > largest[0]:
            largest = fit, tiles
    fit, tiles = tightest if tightest[1] else largest
    scale = min(fit, 1.0)
    seen = max(round(width * scale), 1), max(round(height * scale), 1)
    return Billed(tile_tokens + 3 + (tiles * (tile_tokens + 1) if tiles > 1 else 0), seen)


def deepseek_vl2_tiles(size: Size, *, side: int = 384, max_tiles: int = 9, row: int = 14, base: int = 211) -> Billed:
    """Bill ``base + (row * rows) * (row * columns + 1)`` on the grid that shows most of the image.

    Of grids that show as much it is the one that wastes least.
    """
    width, height = size
    best = (-1, 0, 1.0, 1, 1)
    for across, down, tiles in _canvases(side, max_tiles):
        scale = min(across / width, down / height)
        shown = min(int(width * scale) * int(height * scale), width * height)
        if (shown, -tiles) > best[:2]:
            best = shown, -tiles, scale, across // side, down // side
    _, _, scale, columns, rows = best
    seen = max(int(width * scale), 1), max(int(height * scale), 1)
    return Billed(base + row * rows * (row * columns + 1), seen)


@lru_cache(maxsize=8)
def _canvases(side: int, max_tiles: int) -> tuple[tuple[int, int, int], ...]:
    """Return width, height and tiles of every canvas, the smallest first."""
    sides = range(1, max_tiles + 1)
    grids = sorted((across * down, across, down) for across in sides for down in sides if across * down <= max_tiles)
    return tuple((across * side, down * side, tiles) for tiles, across, down in grids)
