"""GIF blocks: screen and first frame's extent, and how many frames there are."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from headroom_nb.pictures.stored import BrokenFileError, StoredHeader

if TYPE_CHECKING:
    from headroom_nb.results import Size

_EXTENSION, _FRAME, _TRAILER = 0x21, 0x2C, 0x3B


def parse(data: bytes) -> StoredHeader:
    """Return the header of a GIF file (GIF89a specification).

    The size is that of the screen, grown to hold the first frame, as decoders do.
    """
    if len(data) < 13:
        raise BrokenFileError("the screen header is cut short")
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    size: Size = (width, height)
    position = 13 + _palette_bytes(flags)
    frames = 0
    while position < len(data) and data[position] != _TRAILER:
        if data[position] == _EXTENSION:
            position = _after_sub_blocks(data, position + 2)
        elif data[position] == _FRAME and position + 10 <= len(data):
            left, top, across, down, flags = struct.unpack_from("<HHHHB", data, position + 1)
            if not frames:
                size = max(width, left + across), max(height, top + down)
            frames += 1
            position = _after_sub_blocks(data, position + 11 + _palette_bytes(flags))
        else:
            break
    if not frames:
        raise BrokenFileError("it holds no frame")
    return StoredHeader(size, "P", frames)


def _palette_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_sub_blocks(data: bytes, position: int) -> int:
    end = len(data)
    while position < end and data[position]:
        position += data[position] + 1
    return position + 1
