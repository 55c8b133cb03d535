"""The whole image: as it is, at every smaller size the bill knows a step for, and at the provider's detail levels.

A level that the caller set is never replaced by a lower one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from math import sqrt
from typing import TYPE_CHECKING

from headroom_nb.costs import estimate
from headroom_nb.costs.ladder import ladder
from headroom_nb.costs.plan import FREE_SCALE, plan
from headroom_nb.errors import ImageRejectedError
from headroom_nb.pictures import encode
from headroom_nb.records import ImagePart, Technique
from headroom_nb.techniques.forms import Facts, Form

if TYPE_CHECKING:
    from headroom_nb.records import Role, Size
    from headroom_nb.techniques.base import Job

LEVELS = ("low", "medium", "high")
"""Detail levels tried where the caller left the choice open."""

SMALLEST = 160
"""Long side in pixels under which nothing is considered."""

WORTHWHILE = 0.05
"""Share of the tokens that a free resize must save: encoding anew costs quality and often bytes."""


SAME, SMALL_TEXT = 0.995, 12.0
"""Text under so many pixels in the view loses by a resize to less than this share of the view."""


@dataclass(frozen=True)
class View:
    """One size and level to send the whole image in, and what the model sees of it.

    Attributes
    ----------
    size
        To send, pixels.
    detail
        Level to ask for; None leaves the block's own.
    tokens
        What it costs.
    seen
        Pixels of the image that reach the model.
    """

    size: Size
    detail: str | None
    tokens: int
    seen: Size


def current_view(job: Job) -> View:
    """Return the image as it is now; one that the provider refuses counts as the largest size it would take."""
    size = job.picture.size
    try:
        now = estimate(size, job.model, job.detail)
    except ImageRejectedError:
        largest = plan(size, job.model, job.detail, min_scale=1.0).free
        return View(largest.size, None, largest.tokens, seen(largest.size, largest.sent_size))
    return View(size, None, now.tokens, seen(size, now.sent_size))


def seen(size: Size, sent_size: Size) -> Size:
    """Return the pixels of an image of `size` that reach the model: being enlarged adds none."""
    return min(size[0], sent_size[0]), min(size[1], sent_size[1])


def linear_share(size: Size, whole: Size) -> float:
    """Return pixels of `size` per pixel of `whole` along the worse axis; over 1 where `size` is larger."""
    return min(size[0] / whole[0], size[1] / whole[1])


def breadth(size: Size) -> float:
    """Return the longer side of an image in 4:3 with the area of `size`, at most its own longer side."""
    return min(float(max(size)), sqrt(size[0] * size[1] * 4 / 3))


def views(job: Job) -> list[View]:
    """Return every view worth considering, at most one for each price, the largest first."""
    size = job.picture.size
    steps = ladder(size, job.model, job.detail, SMALLEST)
    found = [View(step.size, None, step.tokens, seen(step.size, step.sent_size)) for step in steps]
    for level in open_levels(job):
        try:
            bill = estimate(size, job.model, level)
        except ImageRejectedError:
            continue
        found.append(View(size, level, bill.tokens, seen(size, bill.sent_size)))
    best: list[View] = []
    # of equals the one whose bytes stay as they are: nothing is lost by encoding anew, and it takes no time
    for view in sorted(found, key=lambda one: (-max(one.seen), one.tokens, one.size != size)):
        if not best or view.tokens < best[-1].tokens:
            best.append(view)
    return best


def open_levels(job: Job) -> tuple[str, ...]:
    """Return the levels that may be asked for besides the block's own."""
    return tuple(level for level in LEVELS if level in job.model.details) if job.detail == "auto" else ()


def facts_of(job: Job, view: View) -> Facts:
    """Return what a view of the whole image keeps."""
    facts = facts_at(job, linear_share(view.seen, job.picture.size))
    return replace(facts, view=max(view.seen), breadth=breadth(view.seen))


def facts_at(job: Job, density: float) -> Facts:
    """Return what a view of any part keeps, as if all of the image were shown with so many pixels per pixel of its."""
    smallest, median = job.text.smallest, job.text.median
    return Facts(
        view=density * max(job.picture.size),
        breadth=density * breadth(job.picture.size),
        share=min(1.0, density / linear_share(current_view(job).seen, job.picture.size)),
        font=None if smallest is None else smallest * density,
        typical=None if median is None else median * density,
        sure=job.text.sure,
        mark=None if job.mark is None else job.mark * density,
        literal=job.literal,
        textual=job.signals.is_document if job.signals else 0.0,
    )


def whole_forms(job: Job) -> list[Form]:
    """Return the forms that send the whole image: unchanged first, then from large to small.

    Raises
    ------
    ImageRejectedError
        The provider refuses the image in every form.
    """
    now = current_view(job)
    forms = [_unchanged(job, now)]
    free = _free(job, now)
    if free is not None:
        forms.append(free)
    for view in views(job):
        facts = facts_of(job, view)
        # a lower level may show all the pixels there are: the model still spends fewer tokens on them
        if view.tokens < now.tokens and (facts.share < FREE_SCALE or view.detail is not None):
            forms.append(
                Form(
                    Technique.FULL_LOW,
                    describe(job, view),
                    view.tokens,
                    approximate_bytes(job, view.size),
                    facts,
                    partial(view_parts, job, view),
                    sizes=(view.size,),
                    kept_pixels=facts.share**2,
                    note=describe(job, view, words=True),
                )
            )
    return forms


def _unchanged(job: Job, now: View) -> Form:
    return Form(
        Technique.PRESERVE,
        "unchanged",
        now.tokens,
        len(job.picture.data),
        facts_of(job, now),
        lambda: (),
        sizes=(job.picture.size,),
        free=True,
    )


def _free(job: Job, now: View) -> Form | None:
    """Return the cheapest size that the model cannot tell from the image as it is; None where that saves nothing.

    An image that the provider refuses comes at the largest size it accepts.
    """
    sizes = plan(job.picture.size, job.model, job.detail, min_scale=1.0)
    best = sizes.free
    if sizes.original is not None and best.tokens > (1 - WORTHWHILE) * now.tokens:
        return None
    view = View(best.size, None, best.tokens, seen(best.size, best.sent_size))
    font = facts_of(job, view).font
    if sizes.original is not None and best.kept < SAME and font is not None and font < SMALL_TEXT:
        return None
    why = "what the model sees stays the same" if sizes.original else "the provider refuses it larger"
    return Form(
        Technique.PRESERVE,
        f"{describe(job, view)}, same view",
        view.tokens,
        approximate_bytes(job, view.size),
        facts_of(job, view),
        partial(view_parts, job, view, mark="preserve"),
        sizes=(view.size,),
        free=True,
        kept_pixels=best.kept**2,
        note=f"{describe(job, view, words=True)}: {why}",
    )


def view_parts(job: Job, view: View, mark: str = "full_low", role: Role = "image") -> tuple[ImagePart, ...]:
    """Return the part that shows the whole image in a view."""
    if view.size == job.picture.size:
        return (ImagePart(job.picture.data, job.picture.header.media_type, view.size, view.detail, role=role),)
    webp = job.model.limits.takes("image/webp")
    encoded = encode(job.picture.resized(view.size), mark=mark, webp=webp, like=job.picture.header)
    return (ImagePart(encoded.data, encoded.media_type, encoded.size, view.detail, role=role),)


def approximate_bytes(job: Job, size: Size) -> int:
    """Return about how many bytes the image takes at a size."""
    width, height = job.picture.size
    return round(len(job.picture.data) * min(1.0, size[0] * size[1] / (width * height)))


def describe(job: Job, view: View, *, words: bool = False) -> str:
    """Return the size and the level, as the name of a form or in words."""
    how = []
    if view.size != job.picture.size or view.detail is None:
        size = f"{view.size[0]}×{view.size[1]}"
        how.append(f"resized to {size}" if words else size)
    if view.detail is not None:
        how.append(f"{view.detail} detail")
    return " at ".join(how)
