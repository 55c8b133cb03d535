"""Texts of results as they are stored on disk: without the fence around them, which is built when they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.records import ImagePart, format_path
from headroom_nb.techniques.crop import caption
from headroom_nb.techniques.fence import inside, label_text

if TYPE_CHECKING:
    from headroom_nb.records import ImageResult, Size

READ, BOX, WHOLE = "read", "box", "whole"


class StoredTexts:
    """Knows the two texts that stand in an image's place: what was read in it, and the caption of a crop."""

    def bare(self, text: str, result: ImageResult) -> dict[str, Any]:
        """Return what a text is made from; raises ValueError for one that is not made here."""
        size = result.original_size or (0, 0)
        read = inside(text)
        found: list[dict[str, Any]] = [] if read is None else [{READ: read}]
        boxes = [part.box for part in result.parts if isinstance(part, ImagePart) and part.box is not None]
        found += [{BOX: box, WHOLE: whole} for box in boxes for whole in (True, False)]
        for record in found:
            if self.made(record, format_path(result.path), size) == text:
                return record
        raise ValueError("this text is not made here")

    def made(self, record: dict[str, Any], label: str, size: Size) -> str:
        """Return the text anew; raises ValueError, KeyError or TypeError for anything else."""
        if READ in record:
            return label_text(_text(record[READ]), label, size)
        left, top, right, bottom = map(int, record[BOX])
        return caption((left, top, right, bottom), size, whole=bool(record[WHOLE]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("this is no text")
    return value
