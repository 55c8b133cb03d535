"""The last word on every image: what a proposal really costs, and never more than before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.costs import SentImage, check_images, count_text, estimate
from headroom_nb.results import ImagePart, format_path

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec
    from headroom_nb.results import ImageResult, Part, Technique
    from headroom_nb.techniques.base import Proposal


@dataclass(frozen=True)
class Price:
    """Tokens of what stands in an image's place.

    ``exact`` is False where any part is an estimate; ``accepted`` is False for an original that the provider refuses,
    priced as the largest size it accepts.
    """

    tokens: int
    exact: bool
    note: str = ""
    accepted: bool = True


def price_parts(parts: tuple[Part, ...], model: ModelSpec, detail: str) -> Price:
    """Return what a list of parts costs on a model.

    Parameters
    ----------
    parts
        Images and text.
    model
        Whose bill it is.
    detail
        The level that holds for an image part without a level of its own.

    Raises
    ------
    ImageRejectedError
        When the provider would refuse one of the images.
    """
    tokens, exact, notes = 0, True, []
    for part in parts:
        if isinstance(part, ImagePart):
            image = estimate(part.size, model, part.detail or detail)
            tokens, exact = tokens + image.tokens, exact and image.exact
            notes.append(image.note)
        else:
            text = count_text(part.text, model)
            tokens, exact = tokens + text.tokens, exact and text.exact
    return Price(tokens, exact, "; ".join(dict.fromkeys(note for note in notes if note)))


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


def limit_warnings(images: tuple[ImageResult, ...], model: ModelSpec) -> tuple[str, ...]:
    """Return which of the provider's limits a result still breaks, each with the block's path."""
    sent: list[SentImage] = []
    for image in images:
        if image.parts:
            sent.extend(
                SentImage(image.path, part.size, len(part.data), part.media_type)
                for part in image.parts
                if isinstance(part, ImagePart)
            )
        elif image.original_size is not None:
            sent.append(SentImage(image.path, image.original_size, image.original_bytes, image.media_type or ""))
    return tuple(f"{format_path(found.path)}: {found.message}" for found in check_images(sent, model))
