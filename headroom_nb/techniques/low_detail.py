"""FULL_LOW: the whole picture, as small as it may be and still show what it shows.

Three ways are compared: the provider's own cheaper detail levels, a resize, and both. The cheapest that stays legible
at the quality asked for is taken. A level that the caller set is never replaced by a lower one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.costs.plan import SizeOption, plan
from headroom_nb.errors import TechniqueRefusedError
from headroom_nb.pictures import encode
from headroom_nb.records import ImagePart
from headroom_nb.signals.legibility import smallest_scale, text_decides
from headroom_nb.techniques.base import Proposal
from headroom_nb.techniques.levels import LEVELS, current_view, linear_share, seen

if TYPE_CHECKING:
    from headroom_nb.records import Size
    from headroom_nb.techniques.base import Job

MARK = "full_low"

BY_HAND = 512
"""Long side in pixels that stays when a person asks for the low view, legible or not: the providers' own low view."""


@dataclass(frozen=True)
class _Candidate:
    """A way to send the whole picture: at this size and level, for this many tokens, seen at this linear share."""

    size: Size
    detail: str | None
    tokens: int
    kept: float


def low_detail(job: Job) -> Proposal:
    """Return the whole picture in the cheapest form that stays legible.

    Raises
    ------
    TechniqueRefusedError
        When nothing is both cheaper and legible, or the caller already asked for low detail.
    ImageRejectedError
        When the provider refuses the picture in every form.
    """
    if job.detail == "low":
        raise TechniqueRefusedError("it is already asked for in low detail")
    before, view = current_view(job)
    floor = BY_HAND / max(view) if job.forced else smallest_scale(job.picture, job.signals, view, job.quality)
    floor = min(1.0, floor)
    legible = [way for way in _candidates(job, view, floor) if way.kept >= floor and way.tokens < before]
    if not legible:
        loses = "keeps its text legible" if job.signals and text_decides(job.signals) else "keeps enough of its detail"
        raise TechniqueRefusedError(f"no smaller form {loses} at quality {job.quality!r}")
    # of equals the one whose bytes stay as they are: nothing is lost by encoding anew, and it takes no time
    best = min(legible, key=lambda way: (way.tokens, -way.kept, way.size != job.picture.size))
    return Proposal((_part(job, best),), best.kept**2, free=best.kept > 0.98, note=_describe(job, best))


def _candidates(job: Job, view: Size, floor: float) -> list[_Candidate]:
    """Return the picture at every open level, as it is and at the cheapest size that keeps `floor` of the view."""
    size, ways = job.picture.size, []
    details = (None,) if job.detail != "auto" else (None, *(level for level in LEVELS if level in job.model.details))
    for detail in details:
        level = detail or job.detail
        largest = plan(size, job.model, level, min_scale=1.0).free
        shown = _share(seen(largest.size, largest.sent_size), view)
        # The optimiser's share is of what this level shows; the floor is of what is seen now.
        smaller = plan(size, job.model, level, min_scale=min(1.0, floor / shown)).traded
        ways += [
            _Candidate(option.size, detail, option.tokens, _share(seen(option.size, option.sent_size), view))
            for option in (_as_it_is(job, level), smaller)
            if option is not None
        ]
    return ways


def _as_it_is(job: Job, level: str) -> SizeOption | None:
    """Return the picture unchanged at a detail level; None where the provider would refuse it."""
    now = plan(job.picture.size, job.model, level, min_scale=1.0).original
    return None if now is None else SizeOption(job.picture.size, now.tokens, now.sent_size, 1.0)


def _share(size: Size, view: Size) -> float:
    return min(1.0, linear_share(size, view))


def _part(job: Job, way: _Candidate) -> ImagePart:
    if way.size == job.picture.size:
        return ImagePart(job.picture.data, job.picture.header.media_type, way.size, way.detail)
    encoded = encode(
        job.picture.resized(way.size),
        mark=MARK,
        webp=job.model.limits.takes("image/webp"),
        like=job.picture.header,
    )
    return ImagePart(encoded.data, encoded.media_type, encoded.size, way.detail)


def _describe(job: Job, way: _Candidate) -> str:
    how = []
    if way.size != job.picture.size:
        how.append(f"resized to {way.size[0]}×{way.size[1]}")
    if way.detail is not None:
        how.append(f"{way.detail} detail")
    return " at ".join(how) or "as it was"
