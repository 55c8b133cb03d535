"""The marks that were found in one image."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the full image."""


@dataclass(frozen=True)
class Mark:
    """One mark.

    Attributes
    ----------
    kind
        What it is: ``strike``, ``raised``, ``lowered``, ``box``, ``circle``, ``tick``, ``colour``...
    box
        Where it stands; of a strike, the words it goes through.
    value
        What it says: ``checked`` or ``unchecked``, ``filled`` or ``empty``, the name of a colour, the raised digits,
        the struck words. Empty where the kind says all.
    strong
        Whether a transcript that loses it must not stand alone.
    """

    kind: str
    box: Box
    value: str = ""
    strong: bool = True


@dataclass(frozen=True)
class Marks:
    """The marks of one image.

    Attributes
    ----------
    strong
        Kinds that forbid a transcript without a view.
    weak
        Kinds that are often a matter of looks; they only enlarge the view.
    smallest
        Height in pixels of the full image of the smallest mark that must stay visible; None without marks.
    sentences
        What was seen, for people: "3 lines are struck out".
    found
        Every single mark.
    """

    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    smallest: float | None = None
    sentences: tuple[str, ...] = ()
    found: tuple[Mark, ...] = ()
