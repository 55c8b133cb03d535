"""The elements of a JSON array in a file of any size: where each begins and ends, without parsing the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 2**20
LONGEST_KEY = 64
QUOTE = ord('"')
# a string that is not closed in this chunk matches too, so that nothing is ever tried twice
_OUTSIDE = re.compile(rb'[{}\[\],]|"[^"\\]*(?:\\.[^"\\]*)*("?)', re.DOTALL)
_INSIDE = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*("?)', re.DOTALL)


@dataclass(frozen=True)
class ArrayPlace:
    """The bytes between the brackets of an array; ``key`` is empty for an array that is the whole file."""

    start: int
    stop: int
    key: str


def marks(file: BinaryIO, start: int, stop: int) -> Iterator[tuple[int, bytes, int]]:
    """Yield where each bracket, comma and string begins, its first character, and where it ends."""
    at = start
    opened: int | None = None
    while at < stop:
        file.seek(at)
        chunk = file.read(min(CHUNK, stop - at))
        if not chunk:
            return
        position = 0
        while found := (_OUTSIDE if opened is None else _INSIDE).search(chunk, position):
            position = found.end()
            if opened is None and chunk[found.start()] != QUOTE:
                yield at + found.start(), found[0], at + position
                continue
            opened = at + found.start() if opened is None else opened
            if not found[1]:
                break
            yield opened, b'"', at + position
            opened = None
        # what is left of a string that goes on is at most a lone backslash, which is read again with what it escapes
        left = int(opened is not None and position < len(chunk) and len(chunk) > 1)
        at += len(chunk) - left


def find_array(file: BinaryIO, size: int, keys: tuple[str, ...]) -> ArrayPlace | None:
    """Return the array that is the whole file, or the first under one of the keys of the object that is the whole file.

    None when there is none, or brackets are not closed.
    """
    depth, level, outer, key = 0, 0, b"", ""
    start = stop = None
    text = (0, 0)
    for offset, mark, end in marks(file, 0, size):
        if mark == b'"':
            text = (offset + 1, end - 1)
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
    return None if start is None or stop is None or depth else ArrayPlace(start, stop, key)


def _text(file: BinaryIO, start: int, stop: int) -> str:
    file.seek(start)
    return file.read(min(stop - start, LONGEST_KEY)).decode("utf-8", "replace")


def elements(file: BinaryIO, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield where each element begins and ends, white space around it included, in the bytes between two brackets."""
    depth, begin, empty = 0, start, True
    for offset, mark, _ in marks(file, start, stop):
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
