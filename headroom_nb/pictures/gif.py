"""GIF blocks: screen and first frame's extent, how many frames there are, and a copy without what can be a bomb."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from headroom_nb.pictures.stored import BrokenFileError, StoredHeader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.records import Size

_EXTENSION, _FRAME = 0x21, 0x2C
_HOW_TO_SHOW = b"\xf9"
"""The extension that says which colour is transparent."""

_FREE_BLOCKS = 10_000
"""Data blocks that a file of any length may have."""

_BYTES_PER_BLOCK = 100
"""Beyond them, blocks are this long on average; honest ones are 255 bytes long, save the last of each frame."""


def parse(data: bytes) -> StoredHeader:
    """Return the header of a GIF file (GIF89a specification).

    The size is that of the screen, grown to hold the first frame, as decoders do.
    """
    size, _ = _screen(data)
    frames = 0
    for kind, start, _ in _blocks(data):
        if kind == _FRAME:
            left, top, across, down = struct.unpack_from("<HHHH", data, start + 1)
            if not frames:
                size = max(size[0], left + across), max(size[1], top + down)
            frames += 1
    if not frames:
        raise BrokenFileError("it holds no frame")
    return StoredHeader(size, "P", frames)


def without_metadata(data: bytes) -> bytes:
    """Return the first frame alone, without comments and the like: old decoders copy a comment for each of its blocks.

    The same object comes back when there is nothing in front of the frame but what says how to show it.

    Raises
    ------
    BrokenFileError
        The file has no frame, or blocks without end.
    """
    kept, dropped = [data[: _screen(data)[1]]], False
    for kind, start, end in _blocks(data):
        if kind == _FRAME:
            return b"".join([*kept, data[start:]]) if dropped else data
        if data[start + 1 : start + 2] == _HOW_TO_SHOW:
            kept.append(data[start:end])
        else:
            dropped = True
    raise BrokenFileError("it holds no frame")


def _screen(data: bytes) -> tuple[Size, int]:
    """Return the screen's size, and where its head ends."""
    if len(data) < 13:
        raise BrokenFileError("the screen header is cut short")
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    return (width, height), 13 + _palette_bytes(flags)


def _blocks(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield ``(kind, start, end)`` of each extension and frame, up to the trailer or what is neither."""
    _, position = _screen(data)
    budget = iter(range(_FREE_BLOCKS + len(data) // _BYTES_PER_BLOCK))
    while position < len(data):
        kind, start = data[position], position
        if kind == _EXTENSION:
            position = _after_sub_blocks(data, start + 2, budget)
        elif kind == _FRAME and start + 10 <= len(data):
            position = _after_sub_blocks(data, start + 11 + _palette_bytes(data[start + 9]), budget)
        else:
            return
        yield kind, start, position


def _palette_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_sub_blocks(data: bytes, position: int, budget: Iterator[int]) -> int:
    for _ in budget:
        if position >= len(data) or not data[position]:
            return position + 1
        position += data[position] + 1
    raise BrokenFileError("it has countless data blocks of a few bytes")
