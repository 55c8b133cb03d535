"""GIF blocks: screen and first frame's extent, and how many frames there are."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from headroom_nb.pictures.stored import BrokenFileError, StoredHeader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.results import Size

_EXTENSION, _FRAME, _TRAILER = 0x21, 0x2C, 0x3B
_FREE_BLOCKS = 10_000
"""Data blocks that a file of any length may have."""

_BYTES_PER_BLOCK = 100
"""Beyond them, blocks are this long on average; honest ones are 255 bytes long, save the last of each frame."""


def parse(data: bytes) -> StoredHeader:
    """Return the header of a GIF file (GIF89a specification).

    The size is that of the screen, grown to hold the first frame, as decoders do.
    """
    if len(data) < 13:
        raise BrokenFileError("the screen header is cut short")
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    size: Size = (width, height)
    position = 13 + _palette_bytes(flags)
    frames, budget = 0, iter(range(_FREE_BLOCKS + len(data) // _BYTES_PER_BLOCK))
    while position < len(data) and data[position] != _TRAILER:
        if data[position] == _EXTENSION:
            position = _after_sub_blocks(data, position + 2, budget)
        elif data[position] == _FRAME and position + 10 <= len(data):
            left, top, across, down, flags = struct.unpack_from("<HHHHB", data, position + 1)
            if not frames:
                size = max(width, left + across), max(height, top + down)
            frames += 1
            position = _after_sub_blocks(data, position + 11 + _palette_bytes(flags), budget)
        else:
            break
    if not frames:
        raise BrokenFileError("it holds no frame")
    return StoredHeader(size, "P", frames)


def _palette_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_sub_blocks(data: bytes, position: int, budget: Iterator[int]) -> int:
    for _ in budget:
        if position >= len(data) or not data[position]:
            return position + 1
        position += data[position] + 1
    raise BrokenFileError("it has countless data blocks of a few bytes")
