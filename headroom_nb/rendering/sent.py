"""What stands in an image's place, as a view shows it: one picture, where it was cut from, the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from headroom_nb.errors import HeadroomError
from headroom_nb.records import ImagePart, Technique, TextPart

if TYPE_CHECKING:
    from headroom_nb.records import Box, ImageResult

_CROP_MARK = re.compile(r"crop (\d+),(\d+),(\d+),(\d+) of \d+x\d+")
OVERVIEW_MARK = "overview"
_marks: WeakKeyDictionary[ImagePart, str | None] = WeakKeyDictionary()


def sent_picture(image: ImageResult) -> ImagePart | None:
    """Return the picture sent instead, the crop before its overview; None where the image stays or text is sent."""
    pictures = [part for part in image.parts if isinstance(part, ImagePart)]
    if len(pictures) < 2:
        return pictures[0] if pictures else None
    return next((part for part in pictures if _mark(part) != OVERVIEW_MARK), pictures[0])


def sent_text(image: ImageResult) -> str:
    """Return the text sent instead, or beside the picture; empty where there is none."""
    return "\n".join(part.text for part in image.parts if isinstance(part, TextPart))


def crop_box(image: ImageResult) -> Box | None:
    """Return where in the original the picture sent instead was cut out, in pixels; None where it was not."""
    picture = sent_picture(image) if image.technique is Technique.CROP else None
    found = None if picture is None else _CROP_MARK.fullmatch(_mark(picture) or "")
    if found is None:
        return None
    left, top, right, bottom = map(int, found.groups())
    return left, top, right, bottom


def _mark(part: ImagePart) -> str | None:
    """Return the mark in a picture's file, read once while the picture is there: all of a JPEG has to be looked at."""
    from headroom_nb.pictures import read_header

    known = _marks.get(part, "")
    if known != "":
        return known
    try:
        found = read_header(part.data).mark
    except HeadroomError:
        found = None
    _marks[part] = found
    return found
