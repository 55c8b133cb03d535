"""A PDF read in a process of its own: what crashes or hangs there cannot take the notebook's kernel along.

Each question starts a process, which takes a few tenths of a second, may take so much memory and time and no more, and
answers with one line of JSON and the bytes of a file. A large file is not held there a second time: it is mapped into
memory from a temporary file without a name. Asked for by ``ocr="isolated"``, which isolates OCR likewise; and done in
any case with a file that may fill the memory.
"""

from __future__ import annotations

import json
import math
import mmap
import os
import stat
import subprocess
import sys
import tempfile
from dataclasses import asdict
from io import BytesIO
from typing import TYPE_CHECKING, Any

from headroom_nb.documents.contents import Placed, RawPage
from headroom_nb.documents.pdf import PdfFile, is_pdf, open_pdf
from headroom_nb.documents.time_limit import READING, DocumentTime, is_over
from headroom_nb.documents.unpacked import may_fill_the_memory
from headroom_nb.errors import DocumentError, WorkStoppedError
from headroom_nb.resource_limits import Limits
from headroom_nb.runtime.processes import PACKAGE, command
from headroom_nb.runtime.stopping import checkpoint, seconds_left, when_stopped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PIL import Image

STARTING = 30.0
"""Seconds that a process may take beside the work: it imports the package first, on a busy machine too."""

MAPPED = 16 * 2**20
"""Bytes from which a file is handed over as a file to be mapped, not through a pipe."""

MEMORY = 2 * 2**30
"""Bytes of address space beside those that the limits allow: the interpreter and its libraries map so much."""


class IsolatedPdf:
    """As :class:`headroom_nb.documents.pdf.PdfFile`, with every question answered by another process."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data = data
        self._limits = limits
        self._read: dict[int, RawPage | str] = {}
        self._unreadable: DocumentError | None = None
        facts, _ = self._ask("open")
        self.pages = int(facts["pages"])
        self.has_form = bool(facts["has_form"])

    def close(self) -> None:
        """Do nothing: no process outlives its answer."""

    def size(self, number: int) -> tuple[float, float]:
        """Return a page's size in points; raises DocumentError."""
        return self.read(number).size

    def read(self, number: int) -> RawPage:
        """Return what a page holds; all pages are read at the first question. Raises DocumentError."""
        if self._unreadable is not None:
            raise self._unreadable
        if not self._read:
            count = min(self.pages, self._limits.max_document_pages)
            try:
                most = min(count * self._limits.max_page_seconds, READING * self._limits.max_document_seconds)
                answer, _ = self._ask("read", count, seconds=most)
            except DocumentError as error:
                self._unreadable = error
                raise
            self._read = {index: _raw(page) for index, page in enumerate(answer["pages"], 1)}
        found = self._read.get(number, f"there is no page {number}")
        if isinstance(found, str):
            raise DocumentError(found)
        return found

    def render(self, number: int, longest: int) -> Image.Image:
        """Return a page as an RGB image; raises DocumentError."""
        from PIL import Image

        _, data = self._ask("render", number, longest, seconds=self._limits.max_page_seconds)
        with Image.open(BytesIO(data), formats=("PNG",)) as opened:
            image: Image.Image = opened.convert("RGB")
            return image

    def cut(self, numbers: Sequence[int]) -> bytes:
        """Return a new PDF of some pages; raises DocumentError."""
        return self._ask("cut", list(numbers), seconds=len(numbers) * self._limits.max_page_seconds)[1]

    def _ask(self, what: str, *arguments: Any, seconds: float = 0.0) -> tuple[dict[str, Any], bytes]:
        asked = json.dumps([what, arguments, asdict(self._limits)])
        left = seconds_left()
        seconds = seconds if left is None else min(seconds, left)
        most = None if math.isinf(seconds) else STARTING + seconds
        try:
            done = _answered(command(__name__, "answer", asked), self.data, most)
        except subprocess.TimeoutExpired:
            raise DocumentError(f"reading this PDF took longer than {most:g} seconds") from None
        except WorkStoppedError:
            raise
        except OSError as error:
            raise DocumentError(f"this PDF cannot be read in a separate process: {error}") from error
        line, _, data = done.stdout.partition(b"\n")
        if done.returncode or not line:
            raise DocumentError(f"the process that read this PDF crashed (status {done.returncode})")
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise DocumentError(found["error"])
        return found, data


def open_document(data: bytes, limits: Limits | None = None, *, isolated: bool = False) -> PdfFile | IsolatedPdf:
    """Return an open PDF, in this process or in one of its own, as one that may fill the memory always is.

    Raises
    ------
    DocumentError
        As :func:`headroom_nb.documents.pdf.open_pdf` does.
    """
    limits = Limits.from_environment() if limits is None else limits
    alone = isolated or (len(data) <= limits.max_document_bytes and is_pdf(data) and may_fill_the_memory(data))
    return IsolatedPdf(data, limits) if alone else open_pdf(data, limits)


def _answered(line: list[str], data: bytes, most: float | None) -> subprocess.CompletedProcess[bytes]:
    """Run a process on a file, through a pipe or, where it is large, through a temporary file that has no name."""
    if len(data) < MAPPED:
        return _run(line, subprocess.PIPE, data, most)
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return _run(line, file, None, most)


def _run(line: list[str], stdin: Any, data: bytes | None, most: float | None) -> subprocess.CompletedProcess[bytes]:
    """Run a process to its end; it is killed where that takes too long, or nobody waits for it any more."""
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        line, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=PACKAGE
    ) as process:
        try:
            with when_stopped(process.kill):
                answer, _ = process.communicate(data, timeout=most)
        except BaseException:  # an interrupt too
            process.kill()
            raise
    checkpoint()
    return subprocess.CompletedProcess(line, process.returncode, answer)


def answer(asked: str) -> None:
    """Answer one question about the PDF on standard input; runs in the other process."""
    what, arguments, limits = json.loads(asked)
    known = Limits(**limits)
    _bound_memory(known.max_memory_bytes + MEMORY)
    found: dict[str, Any] = {}
    data = b""
    try:
        opened = open_pdf(_handed_over(), known)
        if what == "open":
            found = {"pages": opened.pages, "has_form": opened.has_form}
        elif what == "read":
            found = {"pages": list(_pages(opened, arguments[0], known))}
        elif what == "render":
            out = BytesIO()
            opened.render(*arguments).save(out, "PNG", compress_level=1)
            data = out.getvalue()
        else:
            data = opened.cut(*arguments)
    except DocumentError as error:
        found = {"error": str(error)}
    sys.stdout.buffer.write(json.dumps(found).encode("ascii") + b"\n" + data)
    sys.stdout.buffer.flush()
    os._exit(0)  # a page that was given up may still be read


def _handed_over() -> bytes | mmap.mmap:
    """Return the file on standard input, mapped where it is a file."""
    given = sys.stdin.fileno()
    return (
        mmap.mmap(given, 0, access=mmap.ACCESS_COPY)
        if stat.S_ISREG(os.fstat(given).st_mode)
        else sys.stdin.buffer.read()
    )


def _pages(opened: PdfFile, count: int, limits: Limits) -> Iterator[dict[str, Any] | str]:
    """Return each page, or why it cannot be read, as of those that the document's time does not reach."""
    time = DocumentTime(limits)
    for number in range(1, count + 1):
        yield time.why if is_over(time.reading) else _page(opened, number)


def _page(opened: PdfFile, number: int) -> dict[str, Any] | str:
    try:
        page = opened.read(number)
    except DocumentError as error:
        return str(error)
    return {**asdict(page), "fonts": sorted(page.fonts)}


def _raw(page: dict[str, Any] | str) -> RawPage | str:
    if isinstance(page, str):
        return page
    boxes = {key: tuple(Placed(**box) for box in page[key]) for key in ("lines", "drawn")}
    return RawPage(**{**page, **boxes, "size": tuple(page["size"]), "fonts": frozenset(page["fonts"])})


def _bound_memory(most: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
