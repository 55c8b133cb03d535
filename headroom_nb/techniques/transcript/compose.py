"""Put a transcript together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from headroom_nb.errors import TechniqueRefusedError
from headroom_nb.techniques.transcript.base import Transcript
from headroom_nb.techniques.transcript.layout import to_text
from headroom_nb.techniques.transcript.trust import VIEW_SIDE, check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.ocr import OcrPage
    from headroom_nb.pictures import Picture


class FoundMarks(Protocol):
    """The marks of an image, as :func:`headroom_nb.signals.marks.find_marks` gives them."""

    @property
    def strong(self) -> Sequence[str]:
        """Kinds of marks that were seen surely."""
        ...

    @property
    def sentences(self) -> Sequence[str]:
        """What was seen, for people."""
        ...


def transcribe(page: OcrPage, picture: Picture, marks: FoundMarks) -> Transcript:
    """Return the transcript of an image.

    Parameters
    ----------
    page
        What an engine read in it.
    picture
        The image.
    marks
        The marks that were found in it.
    """
    weakest = min((line.weakest for line in page.lines), default=0.0)
    refusal = " ".join(marks.sentences) if marks.strong else ""
    try:
        refusal = check(page, picture.small(VIEW_SIDE)).beyond_text or refusal
    except TechniqueRefusedError as refused:
        return Transcript(to_text(page), len(page.lines), weakest, 0.0, 0.0, refusal=str(refused))
    confidence = min((line.confidence for line in page.lines), default=0.0)
    return Transcript(to_text(page), len(page.lines), weakest, weakest, confidence, refusal=refusal)
