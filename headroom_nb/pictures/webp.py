"""WebP chunks: canvas, alpha, frames, orientation and our mark, without creating a decoder."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from headroom_nb.pictures.marks import from_xmp
from headroom_nb.pictures.pixels import parse_orientation
from headroom_nb.pictures.stored import MAX_BLOCKS, BrokenFileError, StoredHeader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.records import Size

_ALPHA, _ANIMATION = 0x10, 0x02


def parse(data: bytes) -> StoredHeader:
    """Return the header of a WebP file (RFC 9649)."""
    size, mode, animated, frames, orientation, mark = None, "RGB", False, 0, 1, None
    for kind, start, end in chunks(data):
        body = data[start : min(end, start + 16)]
        if kind == b"VP8X" and len(body) >= 10:
            size = int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
            mode = "RGBA" if body[0] & _ALPHA else "RGB"
            animated = bool(body[0] & _ANIMATION)
        elif kind in (b"VP8 ", b"VP8L"):
            bitmap, bitmap_mode = _lossy(body) if kind == b"VP8 " else _lossless(body)
            if size is None:
                size, mode = bitmap, bitmap_mode
        elif kind == b"ANMF":
            frames += 1
        elif kind == b"EXIF":
            orientation = parse_orientation(data[start:end])
        elif kind == b"XMP ":
            mark = from_xmp(data[start:end])
    if size is None:
        raise BrokenFileError("it has no bitmap chunk")
    return StoredHeader(size, mode, max(1, frames) if animated else 1, orientation, mark)


def chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield ``(kind, start, end)`` of each chunk's body; raises BrokenFileError for too many."""
    position = 12
    for _ in range(MAX_BLOCKS):
        if position + 8 > len(data):
            return
        kind, length = struct.unpack_from("<4sI", data, position)
        yield kind, position + 8, min(position + 8 + length, len(data))
        position += 8 + length + (length & 1)
    raise BrokenFileError(f"it has more than {MAX_BLOCKS:,} chunks")


def _lossy(body: bytes) -> tuple[Size, str]:
    if len(body) < 10 or body[3:6] != b"\x9d\x01\x2a":
        raise BrokenFileError("its bitmap header is broken or cut short")
    width, height = struct.unpack_from("<HH", body, 6)
    return (width & 0x3FFF, height & 0x3FFF), "RGB"


def _lossless(body: bytes) -> tuple[Size, str]:
    if len(body) < 5 or body[0] != 0x2F:
        raise BrokenFileError("its bitmap header is broken or cut short")
    bits = int.from_bytes(body[1:5], "little")
    return ((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1), "RGBA" if bits >> 28 & 1 else "RGB"
