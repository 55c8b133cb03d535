"""JPEG segments: size, orientation and our comment, without touching the scan."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_nb.pictures.marks import from_comment
from headroom_nb.pictures.pixels import parse_orientation
from headroom_nb.pictures.stored import BrokenFileError, StoredHeader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.records import Size

_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])", re.DOTALL)
"""A marker that begins a segment: not a stuffed byte, a restart or a start of image."""

_SEQUENTIAL = frozenset((0xC0, 0xC1, 0xC9))
"""Frames of which decoders read one scan alone, where that holds all components; of others, scan after scan."""

_SCAN, _END, _EXIF, _COMMENT = 0xDA, 0xD9, 0xE1, 0xFE
_FIRST_WITH_LENGTH = 0xC0
"""Markers below are reserved; decoders that meet one look for the next at once."""

_METADATA = frozenset(range(0xE1, 0xF0)) - {0xEE} | {_COMMENT}
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}

MAX_SEGMENTS = 2_000
"""Segments before the scan that are walked; a file with a large colour profile and previews has a few hundred."""

MAX_SCANS = 100
"""Scans of one image; encoders write about ten."""

MAX_SCAN_PIXELS = 1_500_000_000
"""Pixels of all scans together: ten scans of the largest image, and as much again."""


def parse(data: bytes) -> StoredHeader:
    """Return the header of a JPEG file (ITU T.81, annex B)."""
    orientation, mark, size, mode, frame, scan = 1, None, None, None, 0, len(data)
    for kind, start, end in segments(data):
        body = data[start:end]
        if kind in _FRAME:
            if len(body) < 6:
                raise BrokenFileError(f"the frame header at byte {start} is cut short")
            size = int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
            frame, components = kind, body[5]
            mode = _MODES.get(components)
            if mode is None:
                raise BrokenFileError(f"{components} colour components are not an image")
        elif kind == _EXIF and body.startswith(b"Exif\0\0"):
            orientation = parse_orientation(body)
        elif kind == _COMMENT and mark is None:
            mark = from_comment(body)
        elif kind == _SCAN:
            scan = start
    if size is None or mode is None:
        raise BrokenFileError("it has no frame header")
    if frame not in _SEQUENTIAL or data[scan : scan + 1] != bytes((components,)):
        _check_scans(data, scan, size)
    return StoredHeader(size, mode, 1, orientation, mark)


def _check_scans(data: bytes, start: int, size: Size) -> None:
    """Refuse a file whose scans would take far longer to decode than its pixels: each goes over the whole image."""
    most = min(MAX_SCANS, max(1, MAX_SCAN_PIXELS // max(1, size[0] * size[1])))
    # whatever looks like one, in a comment or behind the end too: nearly every file has few enough
    further = data.count(b"\xff\xda", start)
    if further and 1 + further > most and 1 + _further_scans(data, start, most) > most:
        raise BrokenFileError(f"it has more than {most:,} scan{'s' * (most > 1)} of {size[0]}×{size[1]} pixels")


def _further_scans(data: bytes, position: int, most: int) -> int:
    """Return how many scans follow the first, counted as decoders find them, at most ``most``.

    Segments are stepped over as wholes: what looks like an end or a scan inside a comment is none.
    """
    scans = 0
    for _ in range(MAX_SEGMENTS):
        found = _MARKER.search(data, position)
        if found is None or found[1][0] == _END or scans >= most:
            return scans
        scans += found[1][0] == _SCAN
        position = found.end()
        if found[1][0] >= _FIRST_WITH_LENGTH:
            position += int.from_bytes(data[position : position + 2], "big")
    raise BrokenFileError(f"it has more than {MAX_SEGMENTS:,} segments among its scans")


def without_metadata(data: bytes) -> bytes:
    """Return the file without application and comment segments.

    JFIF's and Adobe's stay: they say how colours are stored. The same object comes back when there is nothing to drop.

    Raises
    ------
    BrokenFileError
        The segments cannot be followed up to the scan.
    """
    view = memoryview(data)
    kept = [view[:2]]
    for kind, start, end in segments(data):
        if kind == _SCAN:
            whole = sum(map(len, kept)) == start - 4
            return data if whole else b"".join([*kept, view[start - 4 :]])
        if kind not in _METADATA:
            kept.append(view[start - 4 : end])
    raise BrokenFileError("it has no scan")


def segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield ``(marker, start, end)`` of each segment's body, up to and with the scan's header.

    Stray bytes between segments are skipped, as decoders do.
    """
    position = 2
    for _ in range(MAX_SEGMENTS):
        found = _MARKER.search(data, position)
        if found is None:
            raise BrokenFileError("it ends before the image begins (truncated?)")
        kind, start = found[1][0], found.end() + 2
        if kind == _END:
            return
        end = start - 2 + int.from_bytes(data[start - 2 : start], "big")
        if end < start or end > len(data):
            raise BrokenFileError(f"the segment at byte {found.start()} reaches past the end (truncated?)")
        yield kind, start, end
        if kind == _SCAN:
            return
        position = end
    raise BrokenFileError(f"it has more than {MAX_SEGMENTS:,} segments")
