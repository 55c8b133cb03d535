"""JPEG 2000 boxes and markers, counted before Pillow opens a file: it walks all of them, some with their contents."""

from __future__ import annotations

import struct

from headroom_nb.pictures.stored import BrokenFileError

MAX_BOXES = 1_000
"""Boxes in front of the one that holds the header; files have two or three."""

LONGEST_HEADER = 2**21
"""Bytes of the header's box: a colour profile is the longest thing in it."""

MAX_MARKERS = 2_000
"""Markers in front of the first tile; files have about ten."""

_CODESTREAM = b"\xff\x4f\xff\x51"
_FIRST_TILE, _END = 0x90, 0xD9


def check(data: bytes) -> None:
    """Raise BrokenFileError for a file of endless boxes or markers (ISO 15444-1, annexes A and I)."""
    if not data.startswith(_CODESTREAM):
        _check_boxes(data)
    start = data.find(_CODESTREAM)
    if start >= 0:
        _check_markers(data, start + 2)


def _check_boxes(data: bytes) -> None:
    position = 0
    for _ in range(MAX_BOXES):
        if position + 16 > len(data):
            return
        length, kind = struct.unpack_from(">I4s", data, position)
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, position + 8)
        if kind == b"jp2h":
            if length > LONGEST_HEADER:
                raise BrokenFileError(f"its header has {length:,} bytes")
            return
        if length < 8:
            return  # to the end of the file, or broken: Pillow says so
        position += length
    raise BrokenFileError(f"it has more than {MAX_BOXES:,} boxes in front of its header")


def _check_markers(data: bytes, position: int) -> None:
    for _ in range(MAX_MARKERS):
        if position + 4 > len(data):
            return
        kind, length = struct.unpack_from(">xBH", data, position)
        if kind in (_FIRST_TILE, _END) or length < 2:
            return
        position += 2 + length
    raise BrokenFileError(f"it has more than {MAX_MARKERS:,} markers in front of its first tile")
