"""CROP: the part of the picture that was asked for, at full resolution, with an overview where that is affordable."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from headroom_nb.costs import estimate
from headroom_nb.costs.plan import plan
from headroom_nb.errors import ImageRejectedError, TechniqueRefusedError
from headroom_nb.pictures import encode, resize
from headroom_nb.records import ImagePart, TextPart
from headroom_nb.techniques.base import Proposal
from headroom_nb.techniques.levels import LEVELS, current_view, linear_share, seen
from headroom_nb.techniques.locate import find_region

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.records import Box, Part, Role, Size
    from headroom_nb.techniques.base import Job

OVERVIEW_SIDE = 320
"""Long side of the overview, in pixels: enough to see what the crop is a part of."""

CHEAP_OVERVIEW = 0.12
"""An overview that costs at most this share of the original is always added."""

SURE = 0.85
"""Below this confidence there is no crop without an overview."""

LARGEST_SHARE = 0.7
"""A region over this share of the picture is no crop."""

WORTHWHILE = 0.75
"""The crop keeps every pixel while it costs at most this share of the whole; else what the model saw of it before."""


class _Cut(NamedTuple):
    """A way to send a piece: size, detail level, tokens, and how many of its pixels are seen per pixel it has."""

    size: Size
    detail: str | None
    tokens: int
    density: float


def crop(job: Job) -> Proposal:
    """Return the region that the question asks for, at full resolution.

    Raises
    ------
    TechniqueRefusedError
        When no region stands out, or the region is nearly the whole picture, or cutting it out saves nothing.
    OcrError
        When the region has to be looked for in text and there is no OCR engine.
    """
    region = find_region(job)
    width, height = job.picture.size
    before, view = current_view(job)
    box = _align(region.box, job)
    size = (box[2] - box[0], box[3] - box[1])
    share = size[0] * size[1] / (width * height)
    if share > LARGEST_SHARE:
        raise TechniqueRefusedError(f"the region ({region.words}) is {share:.0%} of the picture")
    cut = _cheapest_cut(job, size, before, linear_share(view, job.picture.size))
    if cut is None:
        raise TechniqueRefusedError(f"the region ({region.words}) alone costs as much as the whole picture")
    overview = _overview(job)
    affordable = cut.tokens + overview.tokens < before
    wanted = region.confidence < SURE
    if wanted and not affordable:
        raise TechniqueRefusedError(f"the region ({region.words}) is not sure enough to go without an overview")
    shown = [_part(job, box, cut)]
    note = f"cut out {region.words}: {size[0]}×{size[1]} at {box[0]}, {box[1]}"
    if affordable and (wanted or overview.tokens <= CHEAP_OVERVIEW * before):
        shown.append(_part(job, (0, 0, width, height), overview))
        note += ", with an overview"
    kept = share * (cut.density / linear_share(view, job.picture.size)) ** 2
    parts: tuple[Part, ...] = (TextPart(_caption(box, job.picture.size, whole=len(shown) > 1)), *shown)
    return Proposal(parts, min(1.0, kept), free=False, note=note)


def _cost(job: Job, size: Size) -> int:
    try:
        return estimate(size, job.model, job.detail).tokens
    except ImageRejectedError:
        return plan(size, job.model, job.detail, min_scale=1.0).free.tokens


def _align(box: Box, job: Job) -> Box:
    """Return `box` grown as far as it costs nothing more, so that the model's grid is filled with picture."""
    width, height = job.picture.size
    left, right = _grow(box[0], box[2], width, lambda side: _cost(job, (side, box[3] - box[1])))
    top, bottom = _grow(box[1], box[3], height, lambda side: _cost(job, (right - left, side)))
    return (left, top, right, bottom)


def _grow(start: int, end: int, limit: int, cost: Callable[[int], int]) -> tuple[int, int]:
    """Return the span widened to both sides, by 32 pixels or an eighth, while its cost stays the same."""
    side = end - start
    low, high = side, min(limit, side + max(32, side // 8))
    price = cost(side)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if cost(middle) <= price else (low, middle - 1)
    start = max(0, min(start - (low - side) // 2, limit - low))
    return start, start + low


def _cheapest_cut(job: Job, size: Size, before: int, seen: float) -> _Cut | None:
    """Return the cheapest way to send a piece of `size` pixels, or None when none is cheaper than the whole.

    At full resolution while that is a real saving; else with as many pixels as the model saw of it before (`seen`, per
    pixel of the picture).
    """
    for density, limit in ((1.0, WORTHWHILE * before), (seen, before - 1)):
        ways = [way for way in _ways(job, size, density) if way.tokens <= limit]
        if ways:
            return min(ways, key=lambda way: (way.tokens, -way.density))
    return None


def _ways(job: Job, size: Size, density: float) -> list[_Cut]:
    ways = []
    details = (None,) if job.detail != "auto" else (None, *(level for level in LEVELS if level in job.model.details))
    for detail in details:
        level = detail or job.detail
        largest = plan(size, job.model, level, min_scale=1.0).free
        shown = linear_share(seen(largest.size, largest.sent_size), size)
        if shown < density * 0.98:
            continue
        option = plan(size, job.model, level, min_scale=min(1.0, density / shown)).traded
        ways.append(_Cut(option.size, detail, option.tokens, linear_share(seen(option.size, option.sent_size), size)))
    return ways


def _overview(job: Job) -> _Cut:
    """Return how to send the whole picture small, at the level that is cheapest for it."""
    size = job.picture.small(OVERVIEW_SIDE).size
    levels = (None, "low") if job.detail == "auto" and "low" in job.model.details else (None,)
    costs = {level: estimate(size, job.model, level or job.detail).tokens for level in levels}
    level = min(costs, key=lambda one: costs[one])
    return _Cut(size, level, costs[level], linear_share(size, job.picture.size))


def _part(job: Job, box: Box, cut: _Cut) -> ImagePart:
    picture = job.picture
    whole = box == (0, 0, *picture.size)
    piece = picture.small(max(cut.size)) if whole else resize(picture.rgb().crop(box), cut.size)
    role: Role = "overview" if whole else "crop"
    encoded = encode(piece, mark=role, webp=job.model.limits.takes("image/webp"), like=picture.header)
    return ImagePart(encoded.data, encoded.media_type, encoded.size, cut.detail, box=None if whole else box, role=role)


def _caption(box: Box, size: Size, *, whole: bool) -> str:
    """Return what tells the model that it sees a part: places in the question mean the whole picture."""
    part = f"the part from ({box[0]}, {box[1]}) to ({box[2]}, {box[3]}) of a picture of {size[0]}×{size[1]} px"
    return f"[First {part}; then the whole picture, reduced.]" if whole else f"[This is {part}.]"
