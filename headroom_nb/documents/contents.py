"""What a page of a PDF holds, as PDFium tells it: its text layer, and boxes of what else is drawn.

Called with the lock of :mod:`headroom_nb.documents.pdf` held.
"""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_OBJECTS = 6_000
"""Objects of a page that are looked at: more than any page of text has."""

MAX_CHARACTERS = 200_000
"""Characters of a page's text layer that are read: ten times those of a page of small print."""

SAMPLED = 200
"""Objects and characters of a page whose fonts and mappings are looked at."""


@dataclass(frozen=True)
class Placed:
    """A box on a page, in points from its upper left corner as a person sees it.

    ``kind`` is ``"text"``, ``"path"``, ``"drawing"`` (a path of many segments), ``"image"``, ``"shading"`` or
    ``"field"``.
    """

    kind: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Points."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Points."""
        return self.bottom - self.top


@dataclass(frozen=True)
class RawPage:
    """What a page holds, before anyone judges it.

    Attributes
    ----------
    number
        From 1.
    size
        Points (72 to the inch) as a person sees the page.
    text
        Its text layer in the order in which it is drawn; ``U+FFFE`` stands for a hyphen at the end of a line.
    lines
        Boxes of the runs of that text, in the same order.
    drawn
        Boxes of what else is drawn: images, paths, shadings, form fields.
    fonts
        Names of the fonts of some of its text.
    unmapped
        Share of its characters, of those that were sampled, that no table of the file maps to Unicode.
    invisible
        Share of its text objects, of those that were sampled, that are not painted: the text of an OCR engine.
    label
        What the file calls the page, such as ``"xii"``; empty where it says nothing.
    """

    number: int
    size: tuple[float, float]
    text: str
    lines: tuple[Placed, ...]
    drawn: tuple[Placed, ...]
    fonts: frozenset[str]
    unmapped: float
    invisible: float
    label: str = ""


class View:
    """From a page's own coordinates to those of a person who looks at it."""

    def __init__(self, page: Any) -> None:
        self.turn = page.get_rotation() % 360
        self.left, self.bottom, self.right, self.top = page.get_bbox()

    def placed(self, kind: str, left: float, bottom: float, right: float, top: float) -> Placed:
        """Return a box of the page's own coordinates as a person sees it."""
        x0, x1, y0, y1 = left - self.left, right - self.left, self.top - top, self.top - bottom
        width, height = self.right - self.left, self.top - self.bottom
        if self.turn == 90:
            x0, y0, x1, y1 = height - y1, x0, height - y0, x1
        elif self.turn == 180:
            x0, y0, x1, y1 = width - x1, height - y1, width - x0, height - y0
        elif self.turn == 270:
            x0, y0, x1, y1 = y0, width - x1, y1, width - x0
        return Placed(kind, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def read_page(page: Any, number: int) -> RawPage:
    """Return what an open page holds; raises DocumentError for one without a size, or with too much text."""
    from pypdfium2 import raw

    width, height = page.get_size()
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise DocumentError(f"page {number} of this PDF has no size")
    view = View(page)
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        if count > MAX_CHARACTERS:
            raise DocumentError(f"page {number} has {count:,} characters; at most {MAX_CHARACTERS:,} are read")
        text = text_page.get_text_range() if count else ""
        lines = tuple(
            view.placed("text", *text_page.get_rect(index))
            for index in range(min(text_page.count_rects(), MAX_OBJECTS))
        )
        step = max(1, count // SAMPLED)
        errors = [raw.FPDFText_HasUnicodeMapError(text_page, index) == 1 for index in range(0, count, step)]
    finally:
        text_page.close()
    drawn, fonts, modes = _objects(page, view)
    return RawPage(
        number=number,
        size=(width, height),
        text=text,
        lines=tuple(filter(_is_finite, lines)),
        drawn=tuple(filter(_is_finite, (*drawn, *_fields(page, view)))),
        fonts=frozenset(fonts),
        unmapped=sum(errors) / max(1, len(errors)),
        invisible=sum(mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE for mode in modes) / max(1, len(modes)),
    )


def _is_finite(box: Placed) -> bool:
    return all(map(math.isfinite, (box.left, box.top, box.right, box.bottom)))


Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1, 0, 0, 1, 0, 0)
BOX_SEGMENTS = 9
"""Segments of a path up to which it may be a box, or a box in a box."""

MAX_DEPTH = 4
"""Forms in forms that are looked into."""


@dataclass
class _Found:
    """What is drawn on a page: boxes in the page's own coordinates, and its text objects."""

    boxes: list[tuple[str, float, float, float, float]]
    texts: list[Any]
    left: int = MAX_OBJECTS


def _objects(page: Any, view: View) -> tuple[list[Placed], set[str], list[int]]:
    """Return what is drawn beside text, and the fonts and modes in which some of the text is painted."""
    from pypdfium2 import raw

    found = _Found([], [])
    _collect(found, raw.FPDFPage_CountObjects(page), lambda index: raw.FPDFPage_GetObject(page, index), _SAME, 0)
    fonts: set[str] = set()
    modes: list[int] = []
    for text in found.texts[:: max(1, len(found.texts) // SAMPLED)]:
        modes.append(raw.FPDFTextObj_GetTextRenderMode(text))
        fonts.add(_font_name(text))
    return [view.placed(*box) for box in found.boxes], fonts, modes


def _collect(found: _Found, count: int, get: Callable[[int], Any], matrix: Matrix, depth: int) -> None:
    """Add the objects of a page, or of a form on it, to what was found."""
    from pypdfium2 import raw

    kinds = {
        raw.FPDF_PAGEOBJ_PATH: "path",
        raw.FPDF_PAGEOBJ_IMAGE: "image",
        raw.FPDF_PAGEOBJ_SHADING: "shading",
    }
    edges = [ctypes.c_float() for _ in range(4)]
    for index in range(count):
        found.left -= 1
        if found.left < 0:
            return
        each = get(index)
        kind = raw.FPDFPageObj_GetType(each)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            found.texts.append(each)
        elif kind in kinds and raw.FPDFPageObj_GetBounds(each, *edges):
            many = kind == raw.FPDF_PAGEOBJ_PATH and raw.FPDFPath_CountSegments(each) > BOX_SEGMENTS
            found.boxes.append(("drawing" if many else kinds[kind], *_moved(matrix, *(edge.value for edge in edges))))
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
            own = raw.FS_MATRIX()
            placed = raw.FPDFPageObj_GetMatrix(each, own)
            inner = _times((own.a, own.b, own.c, own.d, own.e, own.f), matrix) if placed else matrix
            within = partial(raw.FPDFFormObj_GetObject, each)
            _collect(found, raw.FPDFFormObj_CountObjects(each), within, inner, depth + 1)


def _times(first: Matrix, then: Matrix) -> Matrix:
    """Return the matrix that does one after the other (ISO 32000-1, 8.3.4)."""
    a, b, c, d, e, f = first
    p, q, r, s, x, y = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + x, e * q + f * s + y


def _moved(matrix: Matrix, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
    a, b, c, d, e, f = matrix
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (left, right) for y in (bottom, top)]
    across, up = zip(*corners, strict=True)
    return min(across), min(up), max(across), max(up)


def _font_name(found: Any) -> str:
    from pypdfium2 import raw

    font = raw.FPDFTextObj_GetFont(found)
    buffer = ctypes.create_string_buffer(128)
    length = raw.FPDFFont_GetBaseFontName(font, buffer, 128) if font else 0
    return buffer.raw[: max(0, min(length, 128) - 1)].decode("latin-1")


def _fields(page: Any, view: View) -> Iterator[Placed]:
    """Yield form fields, and stamps and notes that are painted over the page."""
    from pypdfium2 import raw

    painted = {
        raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_INK, raw.FPDF_ANNOT_FREETEXT,
        raw.FPDF_ANNOT_SQUARE, raw.FPDF_ANNOT_CIRCLE, raw.FPDF_ANNOT_HIGHLIGHT, raw.FPDF_ANNOT_STRIKEOUT,
    }  # fmt: skip
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), MAX_OBJECTS)):
        note = raw.FPDFPage_GetAnnot(page, index)
        if not note:
            continue
        try:
            box = raw.FS_RECTF()
            if raw.FPDFAnnot_GetSubtype(note) in painted and raw.FPDFAnnot_GetRect(note, box):
                yield view.placed("field", box.left, box.bottom, box.right, box.top)
        finally:
            raw.FPDFPage_CloseAnnot(note)
