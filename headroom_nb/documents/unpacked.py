"""How much a PDF may unpack to, found without PDFium: a small file can be made to fill the memory.

Two ways lead there: a stream that inflates a thousandfold, and forms (pieces of a page that are drawn by name) that
draw one another again and again. PDFium cannot be stopped once it has begun, so that such files are read in a process
of their own, with bounds. What cannot be told is taken to be such a file.
"""

from __future__ import annotations

import base64
import math
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST = 16 * 2**20
"""Bytes of content that one page may unpack to, with all that it draws by name."""

MOST_PIXELS = 64 * 2**20
"""Bytes that one image may unpack to."""

MOST_TOGETHER = 256 * 2**20
"""Bytes that all streams together may unpack to."""

MOST_DEPTH = 40
"""Forms in forms that PDFium follows."""

LONGEST_HEAD = 2**16
"""Bytes of a stream's dictionary."""

MOST_HEADS = 2**25
"""Bytes of all dictionaries together that are looked at: the word ``stream`` may stand in a file again and again."""

_STREAM = re.compile(rb"(?<!end)stream\r?\n?")
_NUMBER = re.compile(rb"(\d{1,9})\s+\d{1,5}\s+\Z")
_FORM = re.compile(rb"/Subtype\s*/Form\b|#")
_IMAGE = re.compile(rb"/Subtype\s*/Image\b")
_FILTERS = re.compile(rb"/(\w+Decode|Crypt|Fl|LZW|AHx|A85|RL|CCF|DCT)\b")
_PIXELS = {b"DCTDecode", b"JPXDecode", b"CCITTFaxDecode", b"JBIG2Decode", b"DCT", b"CCF"}
_OWN = re.compile(rb"/Resources\s*<<")
_NAMED = re.compile(rb"/XObject\s*<<([^<>]*)>>")
_REFERENCE = re.compile(rb"(\d{1,9})\s+\d{1,5}\s+R\b")
_DRAWS = re.compile(rb"Do(?<!\wDo)\b")  # begins with letters, which are found many times faster than an edge


@dataclass(frozen=True)
class _Stream:
    """A stream: its object, its length unpacked, how often it draws by name, and which objects (None: any)."""

    number: int
    length: float
    draws: int
    named: frozenset[int] | None
    form: bool


def may_fill_the_memory(data: bytes) -> bool:
    """Return whether reading a page of this PDF may take much more memory than the file."""
    if b"/Encrypt" in data:
        return True  # its streams cannot be looked at
    streams: list[_Stream] = []
    together = 0.0
    for stream in _streams(data):
        together += stream.length + 1
        if stream.length > MOST or together > MOST_TOGETHER:
            return True
        streams.append(stream)
    forms = [stream for stream in streams if stream.form]
    heaviest: dict[int, float] = {}
    for _ in range(MOST_DEPTH):
        found: dict[int, float] = {}
        for form in forms:
            found[form.number] = max(found.get(form.number, 0.0), _with_drawn(form, heaviest))
        if found == heaviest:
            break
        if max(found.values()) > MOST:
            return True
        heaviest = found
    return any(_with_drawn(stream, heaviest) > MOST for stream in streams)


def _with_drawn(stream: _Stream, heaviest: Mapping[int, float]) -> float:
    """Return the length of a stream with all that it draws, each time the longest that it may be."""
    if not stream.draws or not heaviest:
        return stream.length
    among = heaviest.values() if stream.named is None else [heaviest.get(number, 0.0) for number in stream.named]
    return stream.length + stream.draws * max(among, default=0.0)


def _streams(data: bytes) -> Iterator[_Stream]:
    """Yield the streams of a file, without images in formats of their own."""
    whole = memoryview(data)
    heads = 0
    for found in _STREAM.finditer(data):
        begins = data.rfind(b"obj", max(0, found.start() - LONGEST_HEAD), found.start())
        heads += found.start() - begins if begins >= 0 else LONGEST_HEAD
        if heads > MOST_HEADS:
            yield _Stream(-1, math.inf, 0, None, form=True)
            return
        head = data[begins : found.start()] if begins >= 0 else b"#"
        filters = _FILTERS.findall(head)
        if filters and filters[-1] in _PIXELS:
            continue
        number = _NUMBER.search(data, max(0, begins - 24), max(0, begins))
        end = data.find(b"endstream", found.end())
        packed = whole[found.end() : end if end >= 0 else len(data)]
        image = _IMAGE.search(head) is not None
        length, content = _unpacked(packed, filters, MOST_PIXELS if image else MOST)
        yield _Stream(
            int(number[1]) if number else -1,
            length * MOST / MOST_PIXELS if image else length,
            0 if image else len(_DRAWS.findall(content)),
            _named(head),
            form=_FORM.search(head) is not None,
        )


def _named(head: bytes) -> frozenset[int] | None:
    """Return the objects that a stream can draw, by its own dictionary; None where that does not say."""
    named = _NAMED.findall(head)
    if len(named) != 1 or head.count(b"/Resources") != 1 or not _OWN.search(head) or b"#" in head:
        return None
    return frozenset(int(number) for number in _REFERENCE.findall(named[0]))


def _unpacked(packed: memoryview, filters: list[bytes], most: int) -> tuple[float, bytes | memoryview]:
    """Return how long a stream is unpacked, and its content; infinity for more than the most, or where not known."""
    content: bytes | memoryview = packed
    for name in filters:
        try:
            if name in {b"FlateDecode", b"Fl"}:
                content = zlib.decompressobj().decompress(content, most + 1)
            elif name in {b"ASCII85Decode", b"A85"}:
                content = base64.a85decode(bytes(content).strip().removesuffix(b"~>"))
            else:
                return math.inf, b""
        except (zlib.error, ValueError):
            return len(content), b""  # PDFium reads no more of it
    return (math.inf if len(content) > most else len(content)), content
