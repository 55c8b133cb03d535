"""What stands in an image's place, as a view shows it: one image, where it was cut from, the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.records import ImagePart, TextPart

if TYPE_CHECKING:
    from headroom_nb.records import Box, ImageResult


def sent_picture(image: ImageResult) -> ImagePart | None:
    """Return the image sent instead, the crop before its overview; None where the image stays or text is sent."""
    parts = [part for part in image.parts if isinstance(part, ImagePart)]
    return min(parts, key=lambda part: part.role == "overview", default=None)


def sent_text(image: ImageResult) -> str:
    """Return the text sent instead, or beside the picture; empty where there is none."""
    return "\n".join(part.text for part in image.parts if isinstance(part, TextPart))


def crop_box(image: ImageResult) -> Box | None:
    """Return where in the original the image sent instead was cut out, in pixels; None where it was not."""
    shown = sent_picture(image)
    return None if shown is None else shown.box
