"""The last word on every image: what a proposal really costs, and never more than before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.costs import count_text, estimate
from headroom_nb.results import ImagePart

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec
    from headroom_nb.results import Part
    from headroom_nb.techniques.base import Proposal


@dataclass(frozen=True)
class Price:
    """Tokens of what stands in an image's place; ``exact`` is False where any part is an estimate."""

    tokens: int
    exact: bool
    note: str = ""


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


def cheapest(original: Price, priced: list[tuple[Proposal, Price]]) -> tuple[Proposal, Price] | None:
    """Return the first proposal that is cheaper than the original and than every later one; None when there is none.

    The order is the router's preference: a later proposal (a safer one) wins only by costing no more.
    """
    best: tuple[Proposal, Price] | None = None
    for proposal, price in priced:
        if price.tokens < (best[1].tokens + 1 if best else original.tokens):
            best = (proposal, price)
    return best
