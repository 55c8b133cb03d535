"""Whether an answer can still be recovered from what is sent.

A proxy for a model that reads the payload, and no more than that. Text counts as recoverable when it stands in a
transcript, or when OCR reads it at the place where it stands in the picture *as the model receives it*, after the
provider's own resize. OCR that looks at one line reads smaller text than a model that takes in a whole picture, so it
is given a view reduced to ``HANDICAP``. A colour counts when its patch is still there, 8 pixels across; a count when as
many patches of that colour, 10 pixels across, are still apart.

It cannot show whether a model reasons rightly about what it sees, whether it is led astray by what surrounds the
answer, or what each model's smallest legible text really is: the handicap is one assumed number for all of them.
"""

from __future__ import annotations

import io
import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.analysis.provider_view import provider_view
from headroom_nb.pictures import read_header, resize
from headroom_nb.records import ImagePart, TextPart

if TYPE_CHECKING:
    from PIL import Image

    from benchmarks.fidelity.facts import Box, Fact
    from headroom_nb.costs import ModelSpec
    from headroom_nb.ocr import Ocr
    from headroom_nb.records import Part, Size

HANDICAP = 0.75
"""Linear share of the view that OCR is given: text must be legible to it with this much in hand."""

PATCH, COUNTED = 8, 10
"""Smallest side of a coloured patch that can be seen, and of one that can be counted, in pixels of the view."""

VIEWS = 12
"""Views kept at a time; one of twelve megapixels takes 36 MB."""

_NEAR_COLOUR = 45.0
_GREY = (165, 168, 175)


class Judge:
    """Tells what share of an answer a payload still holds.

    Parameters
    ----------
    ocr
        Reads the views.
    """

    def __init__(self, ocr: Ocr) -> None:
        self._ocr = ocr
        self._views: dict[tuple[ImagePart, str], Image.Image] = {}
        self._judged: dict[tuple[object, ...], float] = {}

    def recovered(self, parts: tuple[Part, ...], fact: Fact, size: Size, model: ModelSpec, detail: str) -> float:
        """Return the share of a fact's answer, 0 to 1, that the parts hold; `size` is the original picture's."""
        key = (parts, fact, model.name, detail)
        if key not in self._judged:
            self._judged[key] = self._judge(parts, fact, size, model, detail)
        return self._judged[key]

    def _judge(self, parts: tuple[Part, ...], fact: Fact, size: Size, model: ModelSpec, detail: str) -> float:
        if not all(self._text_found(parts, text, box, size, model, detail) for text, box in fact.needs):
            return 0.0
        if fact.how == "text":
            found = [self._text_found(parts, answer, fact.box, size, model, detail) for answer in fact.answers]
            return sum(found) / len(found)
        images = [part for part in parts if isinstance(part, ImagePart)]
        return float(any(self._seen(part, fact, size, model, detail) for part in images))

    def _text_found(
        self, parts: tuple[Part, ...], text: str, box: Box | None, size: Size, model: ModelSpec, detail: str
    ) -> bool:
        wanted = squeeze(text)
        if any(isinstance(part, TextPart) and wanted in squeeze(part.text) for part in parts):
            return True
        return any(
            wanted in squeeze(self._read(resize(piece, _handicapped(piece.size))))
            for part in parts
            if isinstance(part, ImagePart)
            for piece in [self._piece(part, box, size, model, detail, around=1.5)]
            if piece is not None
        )

    def _seen(self, part: ImagePart, fact: Fact, size: Size, model: ModelSpec, detail: str) -> bool:
        from benchmarks.fidelity.facts import COLOURS

        piece = self._piece(part, fact.box, size, model, detail, around=0.0)
        if piece is None:
            return False
        word = fact.answers[0].split()[-1]
        sides = patches(piece, COLOURS.get(word, _GREY))
        if fact.how == "count":
            return sum(side >= COUNTED for side in sides) == int(fact.answers[0].split()[0])
        return any(side >= PATCH for side in sides)

    def _piece(
        self, part: ImagePart, box: Box | None, size: Size, model: ModelSpec, detail: str, *, around: float
    ) -> Image.Image | None:
        """Return the place of `box` in the model's view, with `around` heights about it; None where it was cut off."""
        view = self._view(part, model, detail)
        if box is None:
            return view
        left, top, right, bottom = part.box or (0, 0, *size)
        if box[0] < left or box[1] < top or box[2] > right or box[3] > bottom:
            return None
        across, down = view.width / (right - left), view.height / (bottom - top)
        reach = around * (box[3] - box[1])
        piece = (
            max(0, round((box[0] - left - reach) * across)),
            max(0, round((box[1] - top - reach) * down)),
            min(view.width, round((box[2] - left + reach) * across)),
            min(view.height, round((box[3] - top + reach) * down)),
        )
        return view.crop(piece) if piece[2] > piece[0] and piece[3] > piece[1] else None

    def _view(self, part: ImagePart, model: ModelSpec, detail: str) -> Image.Image:
        key = (part, f"{model.name} {detail}")
        if key not in self._views:
            if len(self._views) >= VIEWS:
                self._views.pop(next(iter(self._views)))
            self._views[key] = provider_view(part.data, model, part.detail or detail)
        return self._views[key]

    def _read(self, piece: Image.Image) -> str:
        """Return the text in a piece of a view, from top to bottom."""
        lines = sorted(self._ocr.read(piece).lines, key=lambda line: (round(line.bounds[1] / 10), line.bounds[0]))
        return "\n".join(line.text for line in lines)


def _handicapped(size: Size) -> Size:
    return max(8, round(size[0] * HANDICAP)), max(8, round(size[1] * HANDICAP))


def squeeze(text: str) -> str:
    """Return the letters and digits of a text alone, folded."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[\W_]|[\u0300-\u036f]", "", folded)


def patches(image: Image.Image, colour: tuple[int, int, int]) -> list[int]:
    """Return the shorter side, in pixels, of every connected patch of a colour."""
    import cv2

    far = np.linalg.norm(np.asarray(image, dtype=np.float32) - np.array(colour, dtype=np.float32), axis=-1)
    mask = (far < _NEAR_COLOUR).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    sides = [min(row[cv2.CC_STAT_WIDTH], row[cv2.CC_STAT_HEIGHT]) for row in stats[1:] if row[cv2.CC_STAT_AREA] >= 4]
    return [int(side) for side in sides]


def as_part(data: bytes, detail: str | None = None) -> ImagePart:
    """Return encoded bytes as a payload part."""
    header = read_header(data)
    return ImagePart(data, header.media_type, header.size, detail)


def to_bytes(image: Image.Image) -> bytes:
    """Return an image as PNG."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
