"""What the answer to a question depends on in its image: eight shares that sum to 1."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import ItemsView, Mapping


@dataclass(frozen=True, repr=False)
class Needs:
    """What an answer depends on, as shares between 0 and 1 that sum to 1.

    Attributes
    ----------
    exact
        Characters that must come out one by one: numbers, identifiers, code, names.
    prose
        What running text says; one wrong letter does no harm.
    marks
        State that is shown and not written: a tick, a colour, weight, a line through, a side, an arrow, a raised digit.
    place
        One region of the image.
    gist
        What the image is about; a small view shows it.
    detail
        Small or fine things, values drawn in a chart, damage, texture.
    count
        How many there are of something.
    layout
        Where things stand, and large areas of colour.
    """

    exact: float
    prose: float
    marks: float
    place: float
    gist: float
    detail: float
    count: float
    layout: float

    @classmethod
    def from_mapping(cls, shares: Mapping[str, float]) -> Needs:
        """Return the needs of non-negative weights by name, scaled to sum to 1; a name left out weighs 0.

        Raises
        ------
        ValueError
            A name is no need, a weight is negative or not finite, or all of them are 0.
        """
        if unknown := sorted(set(shares) - set(NEEDS)):
            raise ValueError(f"there is no need {', '.join(unknown)}; the needs are {', '.join(NEEDS)}")
        weights = [float(shares.get(name, 0.0)) for name in NEEDS]
        total = sum(weights)
        if not (all(weight >= 0 for weight in weights) and 0 < total < float("inf")):
            raise ValueError(f"needs are weights of at least 0, not all of them 0: {dict(shares)}")
        return cls(*(weight / total for weight in weights))

    def items(self) -> ItemsView[str, float]:
        """Return the pairs of name and share, in the order of :data:`NEEDS`."""
        return {name: float(getattr(self, name)) for name in NEEDS}.items()

    @property
    def most(self) -> str:
        """Name of the largest share; the first in the order of :data:`NEEDS` in a tie."""
        return max(NEEDS, key=lambda name: float(getattr(self, name)))

    def __repr__(self) -> str:
        return f"<Needs: {self}>"

    def __str__(self) -> str:
        """Return the shares from 10 % on, largest first, such as ``"exact 62 %, place 20 %"``."""
        ranked = sorted(self.items(), key=lambda item: -item[1])
        return ", ".join(f"{name} {100 * share:.0f} %" for name, share in ranked if share >= 0.1 or name == self.most)


NEEDS = tuple(field.name for field in fields(Needs))
"""Names of the needs, in a fixed order (the order of the question model's outputs)."""
