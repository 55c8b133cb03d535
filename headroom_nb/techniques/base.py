"""What a technique is given, and what it hands back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.costs import ModelSpec
    from headroom_nb.ocr import Ocr
    from headroom_nb.pictures import Picture
    from headroom_nb.records import ImageSignals, Part


@dataclass(frozen=True)
class Job:
    """One image to be made cheaper for one model.

    Attributes
    ----------
    picture
        The decoded-on-demand picture.
    question
        What was asked of it.
    model, detail
        Whose bill it is, and the detail level its block asks for.
    quality
        ``"safe"``, ``"balanced"`` or ``"max"``.
    signals
        What the router measured, or None.
    label
        How the image is named to the reader of a transcript, such as ``"messages[0].content[1]"``.
    ocr
        Returns the process's OCR engine, built on the first call; raises OcrError when there is none.
    progress
        Told of the lines of text read so far and the lines in all.
    forced
        Whether a person chose this technique by hand, knowing what it gives up.
    keep_low_view
        Whether a transcript keeps a small view of the picture beside it, where both still cost less.
    """

    picture: Picture
    question: str
    model: ModelSpec
    detail: str
    quality: str
    signals: ImageSignals | None
    label: str
    ocr: Callable[[], Ocr]
    progress: Callable[[int, int], None] | None = None
    forced: bool = False
    keep_low_view: bool = False


@dataclass(frozen=True)
class Proposal:
    """What would stand in the image's place; priced and judged by the guard before it is used.

    Attributes
    ----------
    parts
        Images and text, in order; a TextPart stands for text the model reads.
    kept_pixels
        Share of the pixels the model would have seen that it still does, 0 to 1.
    free
        True when nothing visible was given up.
    note
        One line for the account.
    """

    parts: tuple[Part, ...]
    kept_pixels: float
    free: bool
    note: str


class TechniqueFunction(Protocol):
    """Applies a technique, or raises TechniqueRefusedError with the reason."""

    def __call__(self, job: Job) -> Proposal:
        """Return what would stand in the image's place."""
        ...
