"""PRESERVE: nothing that can be seen is lost. Only what the provider's arithmetic gives away is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.pictures import encode, resize
from headroom_nb.results import ImagePart
from headroom_nb.techniques.base import Proposal
from headroom_nb.tile_optimizer import plan

if TYPE_CHECKING:
    from headroom_nb.techniques.base import Job

MARK = "preserve"


def preserve(job: Job) -> Proposal:
    """Return the picture at the cheapest size that shows the model the same.

    Returns
    -------
    Proposal
        Without parts when the picture is to stay as it is, byte for byte: no size costs fewer tokens. A picture the
        provider would refuse comes back at the largest size it accepts.
    """
    sizes = plan(job.picture.size, job.model, job.detail, min_scale=1.0)
    if sizes.original is not None and sizes.free.tokens >= sizes.original.tokens:
        return Proposal((), 1.0, free=True, note="")
    encoded = encode(resize(job.picture.rgb(), sizes.free.size), mark=MARK)
    part = ImagePart(encoded.data, encoded.media_type, encoded.size)
    why = "the provider refuses it larger" if sizes.original is None else "what the model sees stays the same"
    width, height = sizes.free.size
    return Proposal((part,), sizes.free.kept**2, free=True, note=f"resized to {width}×{height}: {why}")
