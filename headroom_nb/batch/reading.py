"""The items of a span, one at a time, read lazily: an item longer than the bound is named and never held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from headroom_nb.batch.json_arrays import elements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.batch.records import Span

BOM = b"\xef\xbb\xbf"
BLOCK = 2**20


@dataclass(frozen=True)
class RawItem:
    """One item as it stands in its file; ``data`` is None when it is over the bound.

    ``line`` counts from the beginning of the span; ``start`` and ``stop`` are bytes of the file.
    """

    line: int
    start: int
    stop: int
    data: bytes | None


class SpanReader:
    """Reads the items of a span of lines, of elements or of a document; blank lines are none.

    Parameters
    ----------
    file
        The open source.
    span
        Where to read.
    most
        Bytes that an item may have.

    Attributes
    ----------
    lines
        Lines or elements passed so far, blank ones too.
    """

    def __init__(self, file: BinaryIO, span: Span, most: int) -> None:
        self.lines = 0
        self._file = file
        self._span = span
        self._most = most

    def __iter__(self) -> Iterator[RawItem]:
        return self._lines() if self._span.shape == "lines" else self._elements()

    def _elements(self) -> Iterator[RawItem]:
        start, stop = self._span.start, self._span.stop
        places = elements(self._file, start, stop) if self._span.shape == "elements" else [(start, stop)]
        for begin, end in places:
            data = None
            if end - begin <= self._most:
                self._file.seek(begin)
                data = self._file.read(end - begin).removeprefix(BOM if begin == 0 else b"").strip()
            self.lines += 1
            yield RawItem(self.lines - 1, begin, end, data)

    def _lines(self) -> Iterator[RawItem]:
        at = self._skip_to_line(self._span.start)
        while at < self._span.stop:
            data = self._file.readline(self._most + 2)
            if not data:
                return
            stop = at + len(data)
            held = data.endswith(b"\n") or len(data) < self._most + 2
            if not held:
                stop += self._pass_line(None)
            data = data.removeprefix(BOM if at == 0 else b"").strip()
            self.lines += 1
            if data:
                yield RawItem(self.lines - 1, at, stop, data if held else None)
            at = stop

    def _skip_to_line(self, start: int) -> int:
        """Go to the first line that begins at ``start`` or after it, and return where that is."""
        self._file.seek(max(0, start - 1))
        return start - 1 + self._pass_line(self._span.stop - start + 1) if start else 0

    def _pass_line(self, most: int | None) -> int:
        """Read to the end of the line, or until ``most`` bytes are passed; return how many there were."""
        passed = 0
        while most is None or passed < most:
            block = self._file.readline(BLOCK)
            passed += len(block)
            if block.endswith(b"\n") or not block:
                break
        return passed


def line_number(file: BinaryIO, at: int) -> int:
    """Return the number, from 1, of the line that begins at a byte."""
    file.seek(0)
    number, left = 1, at
    while left > 0 and (block := file.read(min(BLOCK, left))):
        number += block.count(b"\n")
        left -= len(block)
    return number
