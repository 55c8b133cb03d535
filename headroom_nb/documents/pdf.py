"""PDF files through PDFium: opened, read page by page, drawn, and cut into new files.

Nothing is rendered unless it is asked for. Every page is closed before the next one is opened, so that memory does not
grow with the number of pages.
"""

from __future__ import annotations

import ctypes
import hashlib
import io
import re
import time
import weakref
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from headroom_nb.documents import pdfium
from headroom_nb.documents.contents import read_page
from headroom_nb.errors import DocumentError
from headroom_nb.resource_limits import Limits, how_to_raise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from mmap import mmap

    from PIL import Image

    from headroom_nb.documents.contents import RawPage

Answer = TypeVar("Answer")

HEAD = 1024
"""Bytes at the start of a file in which ``%PDF-`` must stand, and at its end in which comments may follow ``%%EOF``."""

OPENING = 10.0
"""Seconds that opening a file may take beside those of a page: its table of objects is read, and rebuilt if broken."""

SOONER = 0.9
"""Share of a page's seconds after which drawing stops by itself, before the call is given up."""

LONGEST_LABEL = 20
"""Characters of what a file calls a page."""

_MARK = b"%headroom-nb pages "
_MARKED = re.compile(rb"%headroom-nb pages (\d{1,6}(?:[-,]\d{1,6}){0,600} of \d{1,6})\n?")
"""The mark of a file of ours and nothing else: what another text says is not repeated."""


def is_pdf(data: bytes | mmap) -> bool:
    """Return whether bytes begin as a PDF does."""
    return b"%PDF-" in data[:HEAD]


class PdfFile:
    """An open PDF. Safe to share between threads, which wait for one another.

    Attributes
    ----------
    data
        The file's bytes, or the file mapped into memory.
    pages
        Number of its pages.
    has_form
        Whether it has form fields.
    """

    def __init__(self, data: bytes | mmap, document: Any, limits: Limits) -> None:
        self.data = data
        self._document = document
        self._limits = limits
        self.pages = len(document)
        self.has_form = bool(document.get_formtype())
        if self.has_form:
            document.init_forms()
        # where it is never closed, as after an interrupt: the binding would close it in the middle of another call
        self._forgotten = weakref.finalize(self, pdfium.leave, document.close)
        self._forgotten.atexit = False

    def close(self) -> None:
        """Give its memory back."""
        self._forgotten.detach()
        pdfium.close(self._document.close)

    def discard(self) -> None:
        """Give its memory back, inside a call of PDFium."""
        self._forgotten.detach()
        self._document.close()

    @property
    def digest(self) -> str:
        """SHA-256 of the file's bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    def size(self, number: int) -> tuple[float, float]:
        """Return a page's size in points as a person sees it, without reading the page; raises DocumentError."""
        width, height = self._call(f"page {number}", lambda: self._document.get_page_size(number - 1))
        return abs(float(width)), abs(float(height))

    def read(self, number: int) -> RawPage:
        """Return what a page holds; raises DocumentError where it cannot be read, or not in time."""

        def held(page: Any) -> RawPage:
            return replace(read_page(page, number), label=self._document.get_page_label(number - 1)[:LONGEST_LABEL])

        return self._on_page(number, held)

    def render(self, number: int, longest: int) -> Image.Image:
        """Return a page as an RGB image whose longer side has so many pixels.

        Raises
        ------
        DocumentError
            The page cannot be drawn, or not within the seconds that the limits give a page.
        """

        def drawn(page: Any) -> Image.Image:
            width, height = page.get_size()
            scale = longest / max(width, height, 1)
            pixels = round(width * scale) * round(height * scale)
            if pixels > self._limits.max_image_pixels:
                raise DocumentError(f"page {number} would be {pixels:,} pixels; {how_to_raise('max_image_pixels')}")
            return _drawn(page, scale, self._limits.max_page_seconds, number)

        return self._on_page(number, drawn)

    def cut(self, numbers: Sequence[int]) -> bytes:
        """Return a new PDF of some pages, in this order; the same bytes each time. Raises DocumentError."""
        import pypdfium2

        def made() -> bytes:
            new = pypdfium2.PdfDocument.new()
            try:
                if self.has_form:
                    self._flatten(numbers)
                new.import_pages(self._document, [number - 1 for number in numbers])
                written = io.BytesIO()
                new.save(written)
                return written.getvalue()
            finally:
                new.close()

        cut = self._call("the pages", made, len(numbers))
        mark = _MARK + f"{as_ranges(numbers)} of {self.pages}\n".encode("ascii")
        return _without_time(cut, self.digest) + b"\n" + mark

    def _flatten(self, numbers: Sequence[int]) -> None:
        """Make what stands in form fields part of their pages: a form does not come along with single pages."""
        from pypdfium2 import raw

        for number in numbers:
            with _opened(self._document, number) as page:
                raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)

    def _on_page(self, number: int, work: Callable[[Any], Answer]) -> Answer:
        def opened() -> Answer:
            with _opened(self._document, number) as page:
                return work(page)

        return self._call(f"page {number}", opened)

    def _call(self, what: str, work: Callable[[], Answer], pages: int = 1) -> Answer:
        return pdfium.call(what, work, pages * self._limits.max_page_seconds)


def open_pdf(data: bytes | mmap, limits: Limits | None = None) -> PdfFile:
    """Return an open PDF, after a look at its header and its table of objects; its bytes are not copied.

    Parameters
    ----------
    data
        The file's bytes, or the file mapped into memory with ``ACCESS_COPY``.
    limits
        Bounds on bytes and seconds; those of the environment by default.

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
        raise DocumentError("this is not a PDF: it does not begin with %PDF-")
    if len(data) > limits.max_document_bytes:
        raise DocumentError(
            f"this PDF has {len(data):,} bytes; at most {limits.max_document_bytes:,} are read, "
            f"{how_to_raise('max_document_bytes')}"
        )

    def opened() -> PdfFile:
        try:
            document = pypdfium2.PdfDocument(data if isinstance(data, bytes) else _array(data))
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise DocumentError("this PDF is protected by a password; send a copy without one") from None
            raise DocumentError(f"this PDF cannot be read: {pdfium.reason(error)}") from None
        try:
            return PdfFile(data, document, limits)
        except BaseException:
            document.close()
            raise

    seconds = OPENING + limits.max_page_seconds
    file = pdfium.call("the file", opened, seconds, patience=seconds, discard=lambda late: late.discard())
    if not file.pages:
        file.close()
        raise DocumentError("this PDF has no pages")
    return file


def pages_of_ours(data: bytes) -> str:
    """Return which pages a file that :meth:`PdfFile.cut` made holds, such as ``"3-5 of 12"``; empty for others."""
    tail = data[-HEAD:]
    found = _MARKED.fullmatch(tail, max(0, tail.rfind(_MARK)))
    return "" if found is None else found[1].decode("ascii")


def as_ranges(numbers: Sequence[int]) -> str:
    """Return page numbers as a person writes them: ``"1-3,7"``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in runs)


def _array(data: mmap) -> ctypes.Array[ctypes.c_ubyte]:
    """Return a mapped file as PDFium takes it, without a copy."""
    return (ctypes.c_ubyte * len(data)).from_buffer(data)


@contextmanager
def _opened(document: Any, number: int) -> Iterator[Any]:
    page = document[number - 1]
    try:
        yield page
    finally:
        page.close()


def _drawn(page: Any, scale: float, seconds: float, number: int) -> Image.Image:
    """Return a page as an image, drawn in steps so that it can be given up."""
    import pypdfium2
    from pypdfium2 import raw

    width, height = (max(1, round(side * scale)) for side in page.get_size())
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGRx)
    deadline = time.thread_time() + SOONER * seconds
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        pause = raw.IFSDK_PAUSE(version=1)
        pause.NeedToPauseNow = type(pause.NeedToPauseNow)(lambda _: time.thread_time() > deadline)
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
