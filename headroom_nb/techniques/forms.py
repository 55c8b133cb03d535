"""A form: one way to send an image, with its price and what it keeps. The parts are made when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.records import Box, Part, Size, Technique


@dataclass(frozen=True)
class Facts:
    """What a form keeps, in the numbers that survival is read off.

    Attributes
    ----------
    view
        Longer side, in pixels, of what the model sees of the whole image; 0 where it sees nothing of it.
    breadth
        Side in pixels of a view in 4:3 of the same area: a long, narrow view shows less than its longer side says.
    share
        Linear share of the view as it is that is left.
    font
        Font size of the smallest text in the view, pixels; None where no text was measured.
    typical
        Median font size of the text in the view, pixels; None where it is not known.
    sure
        Whether they were measured surely.
    mark
        Height of the smallest mark that must stay visible, pixels of the view; None where none was measured.
    literal
        Whether the text is code or keys, in which no language corrects a letter.
    exact, prose
        Probability that the text sent beside or instead of the view says every character, and all it means, rightly.
    page
        Whether the text is most of what the image shows.
    textual
        Probability that text is what the image is asked for, where the question names only a place in it.
    cut
        Of a crop or of tiles: the probability that the answer stands in one of them, and what the piece keeps.
    tiled
        Whether the pieces are all of the image: none of them says what it is about, or where and how many things are.
    """

    view: float = 0.0
    breadth: float = 0.0
    share: float = 0.0
    font: float | None = None
    typical: float | None = None
    sure: bool = True
    mark: float | None = None
    literal: bool = False
    exact: float = 0.0
    prose: float = 0.0
    page: bool = False
    textual: float = 0.0
    cut: tuple[float, Facts] | None = None
    tiled: bool = False


@dataclass(frozen=True)
class Form:
    """One way to send an image.

    Attributes
    ----------
    technique
        What is done, in the words of :class:`~headroom_nb.records.Technique`.
    label
        Name of the form among those of its image, such as ``"608×342"`` or ``"text + 384×216"``.
    tokens
        What it costs.
    bytes
        Size of the file or text; of an image that was not made yet an estimate by its pixels.
    facts
        What it keeps.
    build
        Makes its parts; none where the image stays as it is.
    sizes
        Size in pixels of each image in it.
    free
        Whether the model sees the same as before.
    kept_pixels
        Share of the pixels seen before that still are, 0 to 1.
    note
        What was done, for a person.
    refused
        Why this form cannot be sent; empty where it can.
    box
        Of a crop: where it was cut out, pixels of the image.
    """

    technique: Technique
    label: str
    tokens: int
    bytes: int
    facts: Facts
    build: Callable[[], tuple[Part, ...]] = field(repr=False, compare=False)
    sizes: tuple[Size, ...] = ()
    free: bool = False
    kept_pixels: float = 1.0
    note: str = ""
    refused: str = ""
    box: Box | None = None

    @property
    def all_pixels_given_up(self) -> bool:
        """Whether nothing of the image itself is sent."""
        return not self.sizes
