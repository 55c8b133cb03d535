"""The last word on every form: what it really costs once it is made, and what can stand where the image stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.costs.parts import price_parts
from headroom_nb.formats import refusal
from headroom_nb.pipeline.weight import too_heavy
from headroom_nb.records import ImagePart

if TYPE_CHECKING:
    from headroom_nb.costs.parts import Price
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.records import Part
    from headroom_nb.techniques.base import Job
    from headroom_nb.techniques.forms import Form


@dataclass(frozen=True)
class Made:
    """A form that was made: its parts, and their price."""

    form: Form
    parts: tuple[Part, ...]
    price: Price

    @property
    def bytes(self) -> int:
        """Encoded bytes of its images."""
        return sum(len(part.data) for part in self.parts if isinstance(part, ImagePart))


def make(form: Form, job: Job, slot: ImageSlot, before: Price) -> Made | str:
    """Return a form with its parts, or why it cannot be sent.

    Raises
    ------
    ImageRejectedError
        The provider would refuse one of its images.
    """
    if form.free and not form.sizes:
        return Made(form, (), before)
    parts = form.build()
    if not parts:
        return Made(form, (), before)
    why = refusal(slot, parts)
    if why is not None:
        return why
    price = price_parts(parts, job.model, job.detail)
    # an image that the provider refuses gives way to anything that costs no more
    bound = before.tokens if before.accepted else before.tokens + 1
    if price.tokens >= bound:
        return "does not cost less than the image as it is"
    if before.accepted:
        heavy = too_heavy(parts, len(job.picture.data), (before.tokens, price.tokens), job.model)
        if heavy:
            return heavy
    return Made(form, parts, price)
