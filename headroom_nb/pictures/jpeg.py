"""JPEG segments: size, orientation and our comment, without touching the scan."""

from __future__ import annotations

from headroom_nb.pictures.marks import from_comment
from headroom_nb.pictures.orientation import parse_orientation
from headroom_nb.pictures.stored import BrokenFileError, StoredHeader

_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
_SCAN, _END, _EXIF, _COMMENT = 0xDA, 0xD9, 0xE1, 0xFE
_METADATA = frozenset(range(0xE1, 0xF0)) - {0xEE} | {_COMMENT}
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}


def parse(data: bytes) -> StoredHeader:
    """Return the header of a JPEG file (ITU T.81, annex B)."""
    position, orientation, mark = 2, 1, None
    size, mode = None, None
    while True:
        kind, start, end = _segment(data, position)
        if kind in (_SCAN, _END):
            break
        body = data[start:end]
        if kind in _FRAME:
            if len(body) < 6:
                raise BrokenFileError(f"the frame header at byte {position} is cut short")
            size = int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
            mode = _MODES.get(body[5])
            if mode is None:
                raise BrokenFileError(f"{body[5]} colour components are not a picture")
        elif kind == _EXIF and body.startswith(b"Exif\0\0"):
            orientation = parse_orientation(body)
        elif kind == _COMMENT and mark is None:
            mark = from_comment(body)
        position = end
    if size is None or mode is None:
        raise BrokenFileError("it has no frame header")
    return StoredHeader(size, mode, 1, orientation, mark)


def without_metadata(data: bytes) -> bytes:
    """Return the file without application and comment segments.

    JFIF's and Adobe's stay: they say how colours are stored.

    Raises
    ------
    BrokenFileError
        The segments cannot be followed up to the scan.
    """
    kept, position = [data[:2]], 2
    while True:
        kind, start, end = _segment(data, position)
        if kind == _SCAN:
            return b"".join([*kept, data[start - 4 :]])
        if kind == _END:
            raise BrokenFileError("it has no scan")
        if kind not in _METADATA:
            kept.append(data[start - 4 : end])
        position = end


def _segment(data: bytes, position: int) -> tuple[int, int, int]:
    """Return ``(marker, start, end)`` of the next segment's body; stray bytes before it are skipped, as decoders do."""
    while True:
        position = data.find(b"\xff", position)
        while 0 <= position < len(data) and data[position] == 0xFF:
            position += 1
        if position < 0 or position >= len(data):
            raise BrokenFileError("it ends before the picture begins (truncated?)")
        kind = data[position]
        if kind and kind not in _BARE:
            break
        position += 1
    start = position + 3
    end = position + 1 + int.from_bytes(data[position + 1 : start], "big")
    if kind == _END:
        return kind, position + 1, position + 1
    if end < start or end > len(data):
        raise BrokenFileError(f"the segment at byte {position - 1} reaches past the end (truncated?)")
    return kind, start, end
