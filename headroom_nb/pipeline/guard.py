"""The last word on every image: what a proposal really costs, and never more than before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headroom_nb.costs.parts import Price
    from headroom_nb.records import Part, Technique
    from headroom_nb.techniques.base import Proposal


@dataclass(frozen=True)
class Offer:
    """What one technique proposes, and what that costs."""

    technique: Technique
    proposal: Proposal
    price: Price

    @property
    def parts(self) -> tuple[Part, ...]:
        """What would stand in the image's place; empty when the image would stay."""
        return self.proposal.parts


def cheapest(original: Price, offers: list[Offer]) -> Offer | None:
    """Return the cheapest offer, the first of equals; None when none is cheaper than the original.

    Offers come in the router's order of preference. One without parts leaves the image, and so costs what it costs now.
    An original that the provider refuses gives way to anything that costs no more.
    """
    bound = original.tokens if original.accepted else original.tokens + 1
    cheaper = [offer for offer in offers if offer.parts and offer.price.tokens < bound]
    return min(cheaper, key=lambda offer: offer.price.tokens, default=None)
