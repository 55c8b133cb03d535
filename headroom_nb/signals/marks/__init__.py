"""What an image shows that its text does not say: ticks, lines through words, colours, sides, raised digits.

A transcript loses these marks. Strong marks forbid a transcript that stands alone; weak ones enlarge the view that is
sent beside it. No list of detectors is complete, so a transcript should have a small view beside it in any case.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from headroom_nb.runtime.stopping import checkpoint
from headroom_nb.signals.marks.found import Mark, Marks

if TYPE_CHECKING:
    from headroom_nb.ocr import OcrPage
    from headroom_nb.pictures import Picture

__all__ = ["Mark", "Marks", "find_marks"]

NOT_LOOKED = "marks were not looked for, as OpenCV is missing; run: pip install opencv-python-headless"

WHOLE_TEXT = ("colour", "ground", "bold", "pale", "side", "ring", "turned", "gutter")
"""Kinds that are as high as the text they stand on, and are seen while its letters are not: half its height counts."""

LINES = ("strike", "underline")
"""Kinds that are a thin line at the text they stand on: a third of its height counts."""


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
    if not page.lines and not page.unread:
        return Marks()
    if find_spec("cv2") is None:
        return Marks(strong=("unseen",), sentences=(NOT_LOOKED,))
    from headroom_nb.signals.marks import areas, raised, sides, states, strike, text_looks, text_signs
    from headroom_nb.signals.marks.lines import look

    view = look(page, picture)
    finders = (
        text_signs.find_glyphs,
        text_signs.find_gutter,
        text_signs.find_turned,
        text_signs.find_unread,
        strike.find_strikes,
        raised.find_raised,
        text_looks.find_coloured_text,
        text_looks.find_grounds,
        text_looks.find_weights,
        sides.find_sides,
        states.find_states,
        areas.find_areas,
        areas.find_rings,
    )
    found: list[Mark] = []
    for find in finders:
        checkpoint()
        found += find(view)
    return summarise(_apart(found))


def summarise(found: list[Mark]) -> Marks:
    """Return single marks as the marks of an image."""
    from headroom_nb.signals.marks.sentences import sentences

    heights = [
        (mark.box[3] - mark.box[1]) * (0.35 if mark.kind in LINES else 0.5 if mark.kind in WHOLE_TEXT else 1.0)
        for mark in found
        if mark.kind not in ("picture", "bar")
    ]
    strong = tuple(dict.fromkeys(mark.kind for mark in found if mark.strong))
    weak = tuple(dict.fromkeys(mark.kind for mark in found if mark.kind not in strong))
    return Marks(strong, weak, min(heights, default=None), sentences(found), tuple(found))


def _apart(found: list[Mark]) -> list[Mark]:
    """Return the marks without those whose place an earlier one of another finder holds already, of the same sort."""
    kept: list[Mark] = []
    for mark in found:
        x, y = (mark.box[0] + mark.box[2]) / 2, (mark.box[1] + mark.box[3]) / 2
        same = (
            other
            for other in kept
            if other.kind in SHAPES
            and mark.kind in (*SHAPES, "unread")
            and other.box[0] <= x <= other.box[2]
            and other.box[1] <= y <= other.box[3]
        )
        if next(same, None) is None:
            kept.append(mark)
    return kept


SHAPES = ("box", "circle", "tick", "cross", "arrow", "star", "dot", "toggle", "rating")
