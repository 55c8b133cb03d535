"""What the forms of one image are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.costs import ModelSpec
    from headroom_nb.ocr import OcrPage
    from headroom_nb.pictures import Picture
    from headroom_nb.records import Box, ImageSignals


class FontSize(Protocol):
    """The font sizes of the smallest and the typical text in an image, in its pixels, None without text; if sure."""

    @property
    def smallest(self) -> float | None: ...  # noqa: D102
    @property
    def median(self) -> float | None: ...  # noqa: D102
    @property
    def sure(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True)
class Reading:
    """The text that an OCR engine read in an image, and the engine's name."""

    page: OcrPage
    engine: str


@dataclass(frozen=True)
class Job:
    """One image to be made cheaper for one model.

    Attributes
    ----------
    picture
        The decoded-on-demand image.
    question
        What was asked of it.
    model, detail
        Whose bill it is, and the detail level its block asks for.
    signals
        What was measured in the image, or None.
    text
        The font size of its text.
    label
        How the image is named to the reader of a transcript, such as ``"messages[0].content[1]"``.
    read
        Returns what OCR reads in it, read on the first call; raises OcrError.
    box
        The region that a person chose, or None.
    mark
        Height in pixels of the smallest mark that must stay visible; None where none was found.
    literal
        Whether its text was read and is code or keys.
    """

    picture: Picture
    question: str
    model: ModelSpec
    detail: str
    signals: ImageSignals | None
    text: FontSize
    label: str
    read: Callable[[], Reading]
    box: Box | None = None
    mark: float | None = None
    literal: bool = False
