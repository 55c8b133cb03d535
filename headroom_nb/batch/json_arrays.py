"""The elements of a JSON array in a file of any size: where each begins and ends, without parsing the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 2**20
LONGEST_KEY = 64
_OUTSIDE = re.compile(rb'["{}\[\],]')
_INSIDE = re.compile(rb'["\\]')


@dataclass(frozen=True)
class ArrayPlace:
    """The bytes between the brackets of an array; ``key`` is empty for an array that is the whole file."""

    start: int
    stop: int
    key: str


def marks(file: BinaryIO, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
    """Yield the offset and the character of brackets, commas and quotes; what stands in strings is passed over."""
    at, inside, escaped = start, False, False
    while at < stop:
        file.seek(at)
        chunk = file.read(min(CHUNK, stop - at))
        if not chunk:
            return
        position, escaped = int(escaped), False
        while found := (_INSIDE if inside else _OUTSIDE).search(chunk, position):
            position = found.end()
            if found[0] == b"\\":
                escaped = position == len(chunk)
                position += 1
                continue
            if found[0] == b'"':
                inside = not inside
            yield at + found.start(), found[0]
        at += len(chunk)


def find_array(file: BinaryIO, size: int, keys: tuple[str, ...]) -> ArrayPlace | None:
    """Return the array that is the whole file, or the first under one of the keys of the object that is the whole file.

    None when there is none, or brackets are not closed.
    """
    depth, level, outer, key = 0, 0, b"", ""
    start = stop = quote = None
    text = (0, 0)
    for offset, mark in marks(file, 0, size):
        if mark == b'"':
            text, quote = (text, offset) if quote is None else ((quote + 1, offset), None)
        elif mark in b"[{":
            if depth == 0 and outer:
                return None
            outer = outer or mark
            if mark == b"[" and start is None and (depth == 0 or (depth == 1 and outer == b"{")):
                key = _text(file, *text) if depth else ""
                if depth == 0 or key in keys:
                    start, level = offset + 1, depth
            depth += 1
        elif mark in b"]}":
            depth -= 1
            if start is not None and stop is None and depth == level:
                stop = offset
    return None if start is None or stop is None or depth or quote is not None else ArrayPlace(start, stop, key)


def _text(file: BinaryIO, start: int, stop: int) -> str:
    file.seek(start)
    return file.read(min(stop - start, LONGEST_KEY)).decode("utf-8", "replace")


def elements(file: BinaryIO, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield where each element begins and ends, white space around it included, in the bytes between two brackets."""
    depth, begin, empty = 0, start, True
    for offset, mark in marks(file, start, stop):
        empty = False
        if mark in b"[{":
            depth += 1
        elif mark in b"]}":
            depth -= 1
        elif mark == b"," and depth == 0:
            yield begin, offset
            begin = offset + 1
    if not empty or _text(file, start, stop).strip():
        yield begin, stop
