"""Crops: the region that was asked for, at no more resolution than its text needs, alone or beside an overview."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from headroom_nb.costs import count_text
from headroom_nb.costs.ladder import ladder
from headroom_nb.errors import ImageRejectedError
from headroom_nb.pictures import encode
from headroom_nb.records import ImagePart, Technique, TextPart
from headroom_nb.techniques.forms import Facts, Form
from headroom_nb.techniques.whole import (
    approximate_bytes,
    current_view,
    facts_at,
    facts_of,
    linear_share,
    open_levels,
    seen,
    view_parts,
    views,
)

if TYPE_CHECKING:
    from headroom_nb.records import Box, Part, Size
    from headroom_nb.techniques.base import Job
    from headroom_nb.techniques.whole import View

LARGEST_SHARE = 0.7
"""A region over this share of the image is no crop."""

OVERVIEWS = (320, 512, 768)
"""Long sides in pixels of the overviews tried."""

LEGIBLE = 14.0
"""Font size in pixels at which text is read without a mistake: no piece shows more, unless the model sees it now."""

SMALLEST_PIECE = 64
"""Long side in pixels under which a piece is not shrunk."""


def crop_forms(job: Job, box: Box, words: str, inside: float) -> list[Form]:
    """Return the forms that send one region.

    Parameters
    ----------
    box
        The region, pixels of the image.
    words
        What it is, for a person.
    inside
        Probability that the answer stands in it.
    """
    width, height = job.picture.size
    size = (box[2] - box[0], box[3] - box[1])
    share = size[0] * size[1] / (width * height)
    if share > LARGEST_SHARE and job.box is None:
        return []
    overviews: list[View | None] = [None, *_overviews(job)]
    return [_form(job, box, words, inside, cut, overview) for cut in _cuts(job, box) for overview in overviews]


def _cuts(job: Job, box: Box) -> list[View]:
    """Return the ways to send a piece, from large to small: never more of it than the model sees of it now."""
    from headroom_nb.techniques.whole import View as Cut

    size = (box[2] - box[0], box[3] - box[1])
    found = []
    for detail in (None, *open_levels(job)):
        try:
            steps = ladder(size, job.model, detail or job.detail, SMALLEST_PIECE)
        except ImageRejectedError:
            continue
        found += [Cut(step.size, detail, step.tokens, seen(step.size, step.sent_size)) for step in steps]
    found.sort(key=lambda cut: (-max(cut.seen), cut.tokens))
    most = _density(job)
    best: list[Cut] = []
    for cut in found:
        if linear_share(cut.seen, size) <= most and (not best or cut.tokens < best[-1].tokens):
            best.append(cut)
    if not best and found and job.box is not None:  # a person's region that no size shows as small as it is seen now
        best.append(min(found, key=lambda cut: cut.tokens))
    return best


def _density(job: Job) -> float:
    """Return pixels sent per pixel of the image that are enough: those seen now, or what its text needs to be read."""
    now = linear_share(current_view(job).seen, job.picture.size)
    smallest = job.text.smallest
    needed = LEGIBLE / smallest if smallest else 0.0
    return 1.03 * max(now, min(1.0, needed))


def _overviews(job: Job) -> list[View]:
    """Return the cheapest view of about each size."""
    known = views(job)
    found = {}
    for side in OVERVIEWS:
        large = [view for view in known if max(view.seen) >= 0.97 * side]
        if large:
            found[large[-1].tokens] = large[-1]
    return list(found.values())


def _form(job: Job, box: Box, words: str, inside: float, cut: View, overview: View | None) -> Form:
    size = (box[2] - box[0], box[3] - box[1])
    density = linear_share(cut.seen, size)
    piece = facts_at(job, density)  # of what stands in the piece, it shows as much as such a view
    whole = facts_of(job, overview) if overview is not None else Facts()
    words_beside = caption(box, job.picture.size, whole=overview is not None)
    tokens = cut.tokens + count_text(words_beside, job.model).tokens + (overview.tokens if overview else 0)
    label = f"crop {size[0]}×{size[1]} at {box[0]},{box[1]} as {_named(cut)}"
    note = f"cut out {words}: {size[0]}×{size[1]} at {box[0]}, {box[1]}"
    return Form(
        Technique.CROP,
        label + (f" + {_named(overview)}" if overview else ""),
        tokens,
        approximate_bytes(job, cut.size) + (approximate_bytes(job, overview.size) if overview else 0),
        replace(whole, cut=(inside, piece)),
        partial(_parts, job, box, cut, overview, words_beside),
        sizes=(cut.size, overview.size) if overview else (cut.size,),
        kept_pixels=min(1.0, size[0] * size[1] / (job.picture.size[0] * job.picture.size[1]) * piece.share**2),
        note=note + (", with an overview" if overview else ""),
        box=box,
    )


def _named(view: View) -> str:
    """Return a view's size, and its level where it has one of its own: a label names one form."""
    return f"{view.size[0]}×{view.size[1]}" + (f" in {view.detail} detail" if view.detail else "")


def _parts(job: Job, box: Box, cut: View, overview: View | None, beside: str) -> tuple[Part, ...]:
    piece = job.picture.piece(box, cut.size)
    webp = job.model.limits.takes("image/webp")
    encoded = encode(piece, mark="crop", webp=webp, like=job.picture.header)
    part = ImagePart(encoded.data, encoded.media_type, encoded.size, cut.detail, box=box, role="crop")
    shown: tuple[Part, ...] = (TextPart(beside), part)
    return shown if overview is None else (*shown, *view_parts(job, overview, mark="overview", role="overview"))


def caption(box: Box, size: Size, *, whole: bool) -> str:
    """Return the label that says to the model that it sees a part: places in the question mean the whole image."""
    part = f"the part from ({box[0]}, {box[1]}) to ({box[2]}, {box[3]}) of an image of {size[0]}×{size[1]} px"
    return f"[First {part}; then the whole image, reduced.]" if whole else f"[This is {part}.]"
