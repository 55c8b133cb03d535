"""Real questions with known answers, from folders that ``--data`` names.

A folder of answers holds ``answers.jsonl`` and ``images/``: one question a line, with ``image``, ``q``, ``kind`` and
``judge``. ``"text"`` questions have ``answers`` (any of them will do) or ``all_of``, and ``box``, the answer's place in
pixels; ``"eye"`` questions have ``min_side``, the smallest longer side of a view in which the answer can still be seen,
and ``text_ok``, a pattern that answers them in a transcript. A folder of cases holds ``cases.json``: ``file``,
``question``, ``share`` (the smallest linear share of the image that still answers) and ``text`` (patterns that answer).

Two judges: ``strict`` reads 75 % of the model's view around the answer's place; ``models`` reads all of it, as strong
models are seen to. In both, a number must stand alone.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from headroom_nb.analysis.provider_view import provider_view
from headroom_nb.pictures import open_picture, resize
from headroom_nb.records import ImagePart, TextPart

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from headroom_nb.costs import ModelSpec
    from headroom_nb.ocr import Ocr
    from headroom_nb.records import Part, Size

JUDGES = {"strict": 0.75, "models": 1.0}
"""Linear share of the model's view that each judge is given to read."""

REACH = 2.0
"""Looked at around an answer, in heights of its box."""

SAME_SIDE = 0.97
"""A view this share of the side asked for is large enough."""


@dataclass(frozen=True)
class Question:
    """One question of one image, and the row that says what answers it."""

    name: str
    data: bytes = field(repr=False)
    text: str
    kind: str
    row: dict[str, Any] = field(repr=False, hash=False)

    @property
    def even(self) -> bool:
        """Whether the sha256 of the image's name is even: the half that constants may be set on."""
        return int(sha256(self.name.encode()).hexdigest(), 16) % 2 == 0


def load(folder: Path) -> list[Question]:
    """Return the questions of a folder of answers or of cases."""
    if (folder / "answers.jsonl").exists():
        rows = [json.loads(line) for line in (folder / "answers.jsonl").read_text("utf-8").splitlines()]
        return [
            Question(row["image"], (folder / "images" / row["image"]).read_bytes(), row["q"], row["kind"], row)
            for row in rows
            if (folder / "images" / row["image"]).exists()
        ]
    rows = json.loads((folder / "cases.json").read_text("utf-8"))
    return [
        Question(row["file"], (folder / row["file"]).read_bytes(), row["question"], "case", {**row, "judge": "case"})
        for row in rows
    ]


class DataJudge:
    """Says what share of an answer is still there.

    Parameters
    ----------
    ocr
        Reads the views.
    """

    def __init__(self, ocr: Ocr) -> None:
        self._ocr = ocr
        self._read: dict[tuple[object, ...], str] = {}

    def kept(self, parts: tuple[Part, ...], question: Question, model: ModelSpec, judge: str) -> float:
        """Return the share of the answer, 0 to 1, that the parts hold."""
        size = open_picture(question.data).size
        texts = [part.text.split("\n", 1)[-1] for part in parts if isinstance(part, TextPart)]
        images = [part for part in parts if isinstance(part, ImagePart)]
        row = question.row
        if row["judge"] == "case":
            return float(
                any(part.box is not None or part.size[0] >= row["share"] * size[0] for part in images)
                or any(re.search(pattern, text) for pattern in row.get("text", ()) for text in texts)
            )
        if row["judge"] == "eye":
            return float(self._seen(images, texts, row, size, model))
        if row.get("all_of"):
            boxes = row.get("boxes") or [row["box"]] * len(row["all_of"])
            found = [
                self._says(answer, box, texts, images, size, model, judge)
                for answer, box in zip(row["all_of"], boxes, strict=False)
            ]
            return sum(found) / len(found)
        return float(
            any(self._says(answer, row["box"], texts, images, size, model, judge) for answer in row["answers"])
        )

    def _seen(
        self, images: list[ImagePart], texts: list[str], row: dict[str, Any], size: Size, model: ModelSpec
    ) -> bool:
        if row.get("text_ok") and any(re.search(row["text_ok"], text) for text in texts):
            return True
        needed = SAME_SIDE * min(row["min_side"], max(size))
        return any(_side(part, size, model) >= needed for part in images)

    def _says(
        self,
        answer: str,
        box: list[float] | None,
        texts: list[str],
        images: list[ImagePart],
        size: Size,
        model: ModelSpec,
        judge: str,
    ) -> bool:
        if any(stands_in(answer, text) for text in texts):
            return True
        return any(
            stands_in(answer, self._text(piece, JUDGES[judge]))
            for part in images
            for piece in [_piece(part, box, size, model)]
            if piece is not None
        )

    def _text(self, piece: Image.Image, share: float) -> str:
        small = resize(piece, (max(8, round(piece.width * share)), max(8, round(piece.height * share))))
        key = (small.size, small.tobytes())
        if key not in self._read:
            self._read[key] = " ".join(line.text for line in self._ocr.read(small).lines)
        return self._read[key]


@lru_cache(maxsize=64)
def _view(image: bytes, model: ModelSpec, detail: str) -> Image.Image:
    """Return what a model sees; policies often send the same, and both judges look at it."""
    return provider_view(image, model, detail)


def _side(part: ImagePart, size: Size, model: ModelSpec) -> float:
    """Return the longer side, in pixels, of a view of the whole image that would show as much as this part does."""
    view = _view(part.data, model, part.detail or "auto")
    left, _, right, _ = part.box or (0, 0, *size)
    return view.width / (right - left) * max(size)


def _piece(part: ImagePart, box: list[float] | None, size: Size, model: ModelSpec) -> Image.Image | None:
    """Return what the model sees around a box of the original; None where that was cut off."""
    view = _view(part.data, model, part.detail or "auto")
    if box is None:
        return view
    left, top, right, bottom = part.box or (0, 0, *size)
    if box[0] < left - 2 or box[1] < top - 2 or box[2] > right + 2 or box[3] > bottom + 2:
        return None
    across, down = view.width / (right - left), view.height / (bottom - top)
    reach = REACH * min(box[3] - box[1], box[2] - box[0])
    place = (
        max(0, round((box[0] - left - reach) * across)),
        max(0, round((box[1] - top - reach) * down)),
        min(view.width, round((box[2] - left + reach) * across)),
        min(view.height, round((box[3] - top + reach) * down)),
    )
    return view.crop(place) if place[2] - place[0] >= 4 and place[3] - place[1] >= 4 else None


_BETWEEN = r"[\s.,:;/'`’\-–—()$*|]{0,3}"


def stands_in(answer: str, text: str) -> bool:
    """Return whether an answer stands in a text: a number by itself, other text whatever its spaces and accents."""
    signs = [char for char in answer if char.isalnum()]
    numeric = sum(map(str.isdigit, signs)) >= 0.6 * len(signs) and not re.search(r"[A-Za-z]{3}", answer)
    if not numeric or not any(map(str.isdigit, signs)):
        return _squeezed(answer) in _squeezed(text)
    number = _BETWEEN.join(map(re.escape, signs))
    return re.search(rf"(?<!\d)(?<!\d[.,]){number}(?!\d)(?![.,]\d)", text, re.IGNORECASE) is not None


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]|[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text.casefold()))
