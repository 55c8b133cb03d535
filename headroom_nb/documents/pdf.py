"""PDF files through PDFium: the one module that touches it.

PDFium is not safe to use from several threads, so one lock guards every call. Nothing is rendered unless it is asked
for; every page is closed before the next one is opened, so that memory does not grow with the number of pages.
"""

from __future__ import annotations

import ctypes
import hashlib
import io
import math
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import DocumentError
from headroom_nb.resource_limits import Limits, how_to_raise
from headroom_nb.runtime.forks import fork_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from PIL import Image

MEDIA_TYPE = "application/pdf"

HEAD = 1024
"""Bytes at the start of a file in which ``%PDF-`` must stand, and at its end in which comments may follow ``%%EOF``."""

MAX_OBJECTS = 6_000
"""Objects of a page that are looked at: more than any page of text has."""

SAMPLED = 200
"""Objects and characters of a page whose fonts and mappings are looked at."""

POINTS_PER_INCH = 72

_BINDING = (ValueError, TypeError, IndexError, OSError, MemoryError, ArithmeticError, ctypes.ArgumentError)
"""What PDFium's binding raises beside its own error."""

_MARK = b"%headroom-nb pages "
_lock = fork_safe(RLock())


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
    """

    number: int
    size: tuple[float, float]
    text: str
    lines: tuple[Placed, ...]
    drawn: tuple[Placed, ...]
    fonts: frozenset[str]
    unmapped: float
    invisible: float


def is_pdf(data: bytes) -> bool:
    """Return whether bytes begin as a PDF does."""
    return b"%PDF-" in data[:HEAD]


class PdfFile:
    """An open PDF. Safe to share between threads, which wait for one another.

    Attributes
    ----------
    data
        The file's bytes.
    pages
        Number of its pages.
    has_form
        Whether it has form fields.
    """

    def __init__(self, data: bytes, document: Any, limits: Limits) -> None:
        self.data = data
        self._document = document
        self._limits = limits
        self.pages = len(document)
        self.has_form = bool(document.get_formtype())
        if self.has_form:
            document.init_forms()

    def close(self) -> None:
        """Give its memory back."""
        with _lock:
            self._document.close()

    @property
    def digest(self) -> str:
        """SHA-256 of the file's bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    def size(self, number: int) -> tuple[float, float]:
        """Return a page's size in points as a person sees it, without reading the page; raises DocumentError."""
        with _guarded(f"page {number}"):
            width, height = self._document.get_page_size(number - 1)
            return abs(float(width)), abs(float(height))

    def read(self, number: int) -> RawPage:
        """Return what a page holds; raises DocumentError where it cannot be read."""
        with _guarded(f"page {number}"), _opened(self._document, number) as page:
            return _read(page, number)

    def texts_in(self, number: int, boxes: Sequence[Placed]) -> list[str]:
        """Return the text inside each box of a page; raises DocumentError."""
        with _guarded(f"page {number}"), _opened(self._document, number) as page:
            view = _View(page)
            text = page.get_textpage()
            try:
                return [text.get_text_bounded(*view.back(box)) for box in boxes]
            finally:
                text.close()

    def render(self, number: int, longest: int) -> Image.Image:
        """Return a page as an RGB image whose longer side has so many pixels.

        Raises
        ------
        DocumentError
            The page cannot be drawn, or not within the seconds that the limits give a page.
        """
        with _guarded(f"page {number}"), _opened(self._document, number) as page:
            width, height = page.get_size()
            scale = longest / max(width, height, 1)
            pixels = round(width * scale) * round(height * scale)
            if pixels > self._limits.max_image_pixels:
                raise DocumentError(f"page {number} would be {pixels:,} pixels; {how_to_raise('max_image_pixels')}")
            return _drawn(page, scale, self._limits.max_page_seconds, number)

    def cut(self, numbers: Sequence[int]) -> bytes:
        """Return a new PDF of some pages, in this order; the same bytes each time. Raises DocumentError."""
        import pypdfium2

        with _guarded("the pages"):
            made = pypdfium2.PdfDocument.new()
            try:
                if self.has_form:
                    self._flatten(numbers)
                made.import_pages(self._document, [number - 1 for number in numbers])
                written = io.BytesIO()
                made.save(written)
            finally:
                made.close()
        mark = _MARK + f"{as_ranges(numbers)} of {self.pages}\n".encode("ascii")
        return _without_time(written.getvalue(), self.digest) + b"\n" + mark

    def _flatten(self, numbers: Sequence[int]) -> None:
        """Make what stands in form fields part of their pages: a form does not come along with single pages."""
        from pypdfium2 import raw

        for number in numbers:
            with _opened(self._document, number) as page:
                raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)


def open_pdf(data: bytes, limits: Limits | None = None) -> PdfFile:
    """Return an open PDF, after a look at its header and its table of objects.

    Raises
    ------
    DocumentError
        It is no PDF, it is over a limit, it asks for a password, or it is damaged beyond reading.
    """
    try:
        import pypdfium2
    except ImportError:
        raise DocumentError("PDFs are read by pypdfium2, which is not installed: pip install pypdfium2") from None
    limits = Limits.from_environment() if limits is None else limits
    if not is_pdf(data):
        raise DocumentError("it is no PDF: %PDF- does not stand at its start")
    if len(data) > limits.max_document_bytes:
        raise DocumentError(
            f"it is a PDF of {len(data):,} bytes; at most {limits.max_document_bytes:,} are read, "
            f"{how_to_raise('max_document_bytes')}"
        )
    with _guarded("the file"):
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise DocumentError("it is a PDF that asks for a password; send a copy without one") from None
            raise DocumentError(f"it is a PDF that cannot be read: {_reason(error)}") from None
        opened = PdfFile(data, document, limits)
    if not opened.pages:
        opened.close()
        raise DocumentError("it is a PDF without pages")
    return opened


def pages_of_ours(data: bytes) -> str:
    """Return which pages a file that :meth:`PdfFile.cut` made holds, such as ``"3-5 of 12"``; empty for others."""
    tail = data[-HEAD:]
    place = tail.rfind(_MARK)
    return "" if place < 0 else tail[place + len(_MARK) :].strip().decode("ascii", "replace")


def as_ranges(numbers: Sequence[int]) -> str:
    """Return page numbers as a person writes them: ``"1-3,7"``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in runs)


@contextmanager
def _guarded(what: str) -> Iterator[None]:
    """Hold the lock, and turn what PDFium's binding raises into a DocumentError."""
    import pypdfium2

    with _lock:
        try:
            yield
        except DocumentError:
            raise
        except (pypdfium2.PdfiumError, *_BINDING) as error:
            raise DocumentError(f"{what} of this PDF cannot be read: {_reason(error)}") from error


def _reason(error: BaseException) -> str:
    return re.sub(r"\s*\(PDFium: (.*)\)\.?", r": \1", str(error)).rstrip(".").lower() or type(error).__name__


@contextmanager
def _opened(document: Any, number: int) -> Iterator[Any]:
    page = document[number - 1]
    try:
        yield page
    finally:
        page.close()


class _View:
    """From a page's own coordinates to those of a person who looks at it, and back."""

    def __init__(self, page: Any) -> None:
        self.turn = page.get_rotation() % 360
        self.left, self.bottom, self.right, self.top = page.get_bbox()

    def placed(self, kind: str, left: float, bottom: float, right: float, top: float) -> Placed:
        x0, x1, y0, y1 = left - self.left, right - self.left, self.top - top, self.top - bottom
        width, height = self.right - self.left, self.top - self.bottom
        if self.turn == 90:
            x0, y0, x1, y1 = height - y1, x0, height - y0, x1
        elif self.turn == 180:
            x0, y0, x1, y1 = width - x1, height - y1, width - x0, height - y0
        elif self.turn == 270:
            x0, y0, x1, y1 = y0, width - x1, y1, width - x0
        return Placed(kind, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def back(self, box: Placed) -> tuple[float, float, float, float]:
        """Return left, bottom, right and top of a box in the page's own coordinates."""
        width, height = self.right - self.left, self.top - self.bottom
        x0, y0, x1, y1 = box.left, box.top, box.right, box.bottom
        if self.turn == 90:
            x0, y0, x1, y1 = y0, height - x1, y1, height - x0
        elif self.turn == 180:
            x0, y0, x1, y1 = width - x1, height - y1, width - x0, height - y0
        elif self.turn == 270:
            x0, y0, x1, y1 = width - y1, x0, width - y0, x1
        return self.left + x0, self.top - y1, self.left + x1, self.top - y0


def _read(page: Any, number: int) -> RawPage:
    from pypdfium2 import raw

    width, height = page.get_size()
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise DocumentError(f"page {number} of this PDF has no size")
    view = _View(page)
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
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


def _objects(page: Any, view: _View) -> tuple[list[Placed], set[str], list[int]]:
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


def _fields(page: Any, view: _View) -> Iterator[Placed]:
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


def _drawn(page: Any, scale: float, seconds: float, number: int) -> Image.Image:
    """Return a page as an image, drawn in steps so that it can be given up."""
    import pypdfium2
    from pypdfium2 import raw

    width, height = (max(1, round(side * scale)) for side in page.get_size())
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGRx)
    deadline = time.monotonic() + seconds
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        pause = raw.IFSDK_PAUSE(version=1)
        pause.NeedToPauseNow = type(pause.NeedToPauseNow)(lambda _: time.monotonic() > deadline)
        box = (bitmap, page, 0, 0, width, height, 0, raw.FPDF_ANNOT)
        state = raw.FPDF_RenderPageBitmap_Start(*box, pause)
        raw.FPDF_RenderPage_Close(page)
        if page.formenv is not None and state == raw.FPDF_RENDER_DONE:
            raw.FPDF_FFLDraw(page.formenv, *box)
        if state == raw.FPDF_RENDER_TOBECONTINUED:
            raise DocumentError(
                f"page {number} was not drawn in {seconds:g} seconds; {how_to_raise('max_page_seconds')}"
            )
        if state != raw.FPDF_RENDER_DONE:
            raise DocumentError(f"page {number} of this PDF cannot be drawn")
        image: Image.Image = bitmap.to_pil().convert("RGB")
        return image
    finally:
        bitmap.close()


def _without_time(data: bytes, digest: str) -> bytes:
    """Return a file without what PDFium writes anew each time: the time, and an identifier, now made of its source."""
    fixed = digest[:32].upper().encode("ascii")
    data = re.sub(rb"/CreationDate\(D:\d{14}[^)]{0,7}\)/Creator\(PDFium\)", _epoch, data, count=1)
    return re.sub(rb"/ID\s*\[\s*<[0-9A-Fa-f]{32}>\s*<[0-9A-Fa-f]{32}>\s*\]", b"/ID[<%s><%s>]" % (fixed, fixed), data)


def _epoch(found: re.Match[bytes]) -> bytes:
    """Return the same entry, as long as before, with a time that is always the same."""
    return re.sub(rb"D:\d{14}", b"D:19700101000000", found[0])
