"""PRESERVE: what can be read and seen stays; the provider's arithmetic, and text far larger than needed, are used.

Free savings are taken at every quality. At ``"balanced"`` and ``"max"`` a picture of text (a screenshot at two device
pixels per point, a page scanned finely) also shrinks as far as its smallest text stays legible at ``"safe"``, and never
below half its size. Pictures without text lose nothing, nor do those whose detail level the caller set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.costs.plan import plan
from headroom_nb.pictures import encode
from headroom_nb.records import ImagePart
from headroom_nb.signals.legibility import smallest_scale, text_decides
from headroom_nb.techniques.base import Proposal
from headroom_nb.techniques.levels import current_view

if TYPE_CHECKING:
    from headroom_nb.techniques.base import Job

MARK = "preserve"

WORTHWHILE = 0.05
"""Share of the tokens that must be saved: encoding a picture anew costs quality and often bytes."""

LEAST_SHARE = 0.5
"""Linear share of the view that always stays: lines and icons of a picture of text must survive as well."""


def preserve(job: Job) -> Proposal:
    """Return the picture at the cheapest size that shows all that can be read in it.

    Returns
    -------
    Proposal
        Without parts when the picture is to stay as it is, byte for byte: no size costs so many fewer tokens that it
        would be worth encoding anew. A picture the provider would refuse comes back at the largest size it accepts.
    """
    sizes = plan(job.picture.size, job.model, job.detail, min_scale=_share_to_keep(job))
    best = sizes.traded if sizes.traded_tokens > 0 else sizes.free
    if sizes.original is not None and best.tokens > (1 - WORTHWHILE) * sizes.original.tokens:
        return Proposal((), 1.0, free=True, note="")
    encoded = encode(
        job.picture.resized(best.size),
        mark=MARK,
        webp=job.model.limits.takes("image/webp"),
        like=job.picture.header,
    )
    why = "what the model sees stays the same" if best is sizes.free else "its text stays legible"
    if sizes.original is None:
        why = "the provider refuses it larger"
    note = f"resized to {best.size[0]}×{best.size[1]}: {why}"
    part = ImagePart(encoded.data, encoded.media_type, encoded.size)
    return Proposal((part,), best.kept**2, free=best is sizes.free, note=note)


def _share_to_keep(job: Job) -> float:
    """Return the linear share of the view to keep; a caller who asked for a detail level gets all of it."""
    if job.quality == "safe" or job.detail != "auto" or job.signals is None or not text_decides(job.signals):
        return 1.0
    legible = smallest_scale(job.picture, job.signals, current_view(job)[1], "safe")
    return max(LEAST_SHARE, legible)
