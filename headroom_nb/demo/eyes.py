"""How the stand-in for a model looks at an image: at the size it receives, by OCR, with a planted reading ability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.ocr import get_ocr
from headroom_nb.pictures import open_picture
from headroom_nb.signals.ink import measure_ink

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.records import Size

    Eyes = Callable[[bytes, Size], list["Line"]]
    """Given an image's bytes and the size in pixels that reaches the model, returns the lines in it."""


@dataclass(frozen=True)
class Line:
    """One line of text in an image.

    Attributes
    ----------
    text
        What stands there.
    px
        Font size in pixels of the view that the model gets.
    box
        Left, top, right and bottom as shares of the image, 0 to 1.
    image
        Number of the image in the request, from 0; text of the request itself has -1.
    """

    text: str
    px: float
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    image: int = -1


def look(data: bytes, seen: Size) -> list[Line]:
    """Return the lines that OCR reads in an image after the provider's own resize, from top to bottom.

    Raises
    ------
    PictureError
        The bytes are no image.
    OcrError
        There is no OCR engine.
    """
    picture = open_picture(data)
    view = picture.resized(seen) if seen[0] < picture.size[0] or seen[1] < picture.size[1] else picture.rgb()
    luma = np.asarray(view.convert("L"))
    lines = []
    for line in get_ocr().read(view).lines:
        ink = measure_ink(luma, np.array(line.box, dtype=np.float32))
        left, top, right, bottom = line.bounds
        px = ink.em if ink is not None else (bottom - top) / 1.4
        width, height = view.size
        lines.append(Line(line.text, px, (left / width, top / height, right / width, bottom / height)))
    return sorted(lines, key=lambda each: (each.box[1], each.box[0]))
