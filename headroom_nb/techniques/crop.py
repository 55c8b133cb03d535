"""CROP: the part of the picture that was asked for, at full resolution, with an overview where that is affordable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.costs import estimate
from headroom_nb.errors import ImageRejectedError, TechniqueRefusedError
from headroom_nb.pictures import encode, resize
from headroom_nb.results import ImagePart, TextPart
from headroom_nb.techniques.base import Proposal
from headroom_nb.techniques.regions import find_place
from headroom_nb.tile_optimizer import plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.results import Box, Part, Size
    from headroom_nb.techniques.base import Job

MARK = "crop"
MARGIN = 0.05
"""Added around a region, as a share of the picture's side."""

OVERVIEW_SIDE = 320
"""Long side of the overview, in pixels: enough to see what the crop is a part of."""

CHEAP_OVERVIEW = 0.12
"""An overview that costs at most this share of the original is always added."""

SURE, UNSURE = 0.85, 0.6
"""At or above SURE an overview is a courtesy; under UNSURE there is no crop."""

LARGEST_SHARE = 0.7
"""A region over this share of the picture is no crop."""


@dataclass(frozen=True)
class Region:
    """Where to cut, in pixels; why; and how sure that is."""

    box: Box
    words: str
    confidence: float


def crop(job: Job) -> Proposal:
    """Return the region that the question names, at full resolution.

    Raises
    ------
    TechniqueRefusedError
        When no region stands out, or the region is nearly the whole picture, or cutting it out saves nothing.
    """
    region = find_region(job)
    width, height = job.picture.size
    before = _cost(job, job.picture.size)
    box = align(region.box, job)
    share = (box[2] - box[0]) * (box[3] - box[1]) / (width * height)
    if share > LARGEST_SHARE:
        raise TechniqueRefusedError(f"the region ({region.words}) is {share:.0%} of the picture")
    part, tokens = _cut(job, box)
    if tokens >= before:
        raise TechniqueRefusedError(f"the region ({region.words}) alone costs as much as the whole picture")
    overview, overview_tokens = _overview(job)
    wanted = region.confidence < SURE
    affordable = tokens + overview_tokens < before
    if wanted and not affordable:
        raise TechniqueRefusedError(f"the region ({region.words}) is not sure enough to go without an overview")
    parts: tuple[Part, ...] = (part,)
    if affordable and (wanted or overview_tokens <= CHEAP_OVERVIEW * before):
        parts = (TextPart(_caption(box, job.picture.size)), part, overview)
    note = f"cut out {region.words}: {box[2] - box[0]}×{box[3] - box[1]} at {box[0]}, {box[1]}"
    return Proposal(parts, share, free=False, note=note + (", with an overview" if len(parts) > 1 else ""))


def find_region(job: Job) -> Region:
    """Return the region the question names.

    Raises
    ------
    TechniqueRefusedError
        When the question names none.
    """
    place = find_place(job.question)
    if place is None or place.row is not None or place.column is not None:
        raise TechniqueRefusedError("the question names no part of the picture that stands out")
    if place.confidence < UNSURE:
        raise TechniqueRefusedError(f"{place.words!r} is too vague to cut by")
    width, height = job.picture.size
    left, top, right, bottom = place.box
    box = (
        int(max(0.0, left - MARGIN) * width),
        int(max(0.0, top - MARGIN) * height),
        round(min(1.0, right + MARGIN) * width),
        round(min(1.0, bottom + MARGIN) * height),
    )
    return Region(box, place.words, place.confidence)


def align(box: Box, job: Job) -> Box:
    """Return `box` grown as far as it costs nothing more: the model's grid is filled rather than padded."""
    width, height = job.picture.size
    left, right = _grow(box[0], box[2], width, lambda side: _cost(job, (side, box[3] - box[1])))
    top, bottom = _grow(box[1], box[3], height, lambda side: _cost(job, (right - left, side)))
    return (left, top, right, bottom)


def _grow(start: int, end: int, limit: int, cost: Callable[[int], int]) -> tuple[int, int]:
    """Return the span widened evenly to both sides, at most by an eighth, while its cost stays the same."""
    side = end - start
    price = cost(side)
    low, high = side, min(limit, side + max(32, side // 8))
    while low < high:
        middle = (low + high + 1) // 2
        if cost(middle) <= price:
            low = middle
        else:
            high = middle - 1
    start = max(0, min(start - (low - side) // 2, limit - low))
    return start, start + low


def _cost(job: Job, size: Size) -> int:
    try:
        return estimate(size, job.model, job.detail).tokens
    except ImageRejectedError:
        return plan(size, job.model, job.detail, min_scale=1.0).free.tokens


def _cut(job: Job, box: Box) -> tuple[ImagePart, int]:
    """Return the region at full resolution and its tokens, at the cheapest size that shows the same."""
    piece = job.picture.rgb().crop(box)
    best = plan(piece.size, job.model, job.detail, min_scale=1.0).free
    if best.size != piece.size:
        piece = resize(piece, best.size)
    encoded = encode(piece, mark=MARK)
    return ImagePart(encoded.data, encoded.media_type, encoded.size), best.tokens


def _overview(job: Job) -> tuple[ImagePart, int]:
    """Return the whole picture, small, at the lowest detail level that is really cheaper; with its tokens."""
    picture = job.picture.small(OVERVIEW_SIDE)
    costs: dict[str | None, int] = {None: estimate(picture.size, job.model, job.detail).tokens}
    if job.detail == "auto" and "low" in job.model.details:
        costs["low"] = estimate(picture.size, job.model, "low").tokens
    detail = min(costs, key=lambda level: costs[level])
    encoded = encode(picture, mark=MARK)
    return ImagePart(encoded.data, encoded.media_type, encoded.size, detail), costs[detail]


def _caption(box: Box, size: Size) -> str:
    return (
        f"[The next two images are one picture of {size[0]}×{size[1]} px: first the part from ({box[0]}, {box[1]}) to "
        f"({box[2]}, {box[3]}), then the whole, reduced.]"
    )
