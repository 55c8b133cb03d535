"""What a list of parts costs: images and text that stand in an image's place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.costs.pricing import estimate
from headroom_nb.costs.text_tokens import count_text
from headroom_nb.records import ImagePart

if TYPE_CHECKING:
    from headroom_nb.costs.spec import ModelSpec
    from headroom_nb.records import Part


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
