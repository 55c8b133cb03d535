"""PNG blocks: the header without inflating anything, and a copy without the blocks that can be bombs."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from headroom_nb.pictures.marks import from_png_text
from headroom_nb.pictures.pixels import parse_orientation
from headroom_nb.pictures.stored import MAX_BLOCKS, BrokenFileError, StoredHeader

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MODES = {0: "L", 2: "RGB", 3: "P", 4: "LA", 6: "RGBA"}
_UNWANTED = (b"zTXt", b"iTXt", b"tEXt", b"iCCP", b"eXIf", b"acTL", b"fcTL", b"fdAT")


def blocks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield ``(kind, start, end)`` of each block's body, up to the end of the file.

    Raises
    ------
    BrokenFileError
        A block reaches past the end of the file, or there are too many.
    """
    position = len(SIGNATURE)
    for _ in range(MAX_BLOCKS):
        if position + 8 > len(data):
            return
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 8 + length
        if end > len(data):
            raise BrokenFileError(f"block {kind!r} at byte {position} reaches past the end (truncated?)")
        yield kind, position + 8, end
        if kind == b"IEND":
            return
        position = end + 4
    raise BrokenFileError(f"it has more than {MAX_BLOCKS:,} blocks")


def parse(data: bytes) -> StoredHeader:
    """Return the header of a PNG file (PNG specification 3, sections 5 and 11)."""
    width, height, depth, colour = _image_header(data)
    frames, orientation, mark = 1, 1, None
    try:
        for kind, start, end in blocks(data):
            if kind == b"acTL" and end - start == 8:
                frames = max(1, int.from_bytes(data[start : start + 4], "big"))
            elif kind == b"eXIf":
                orientation = parse_orientation(data[start:end])
            elif kind == b"tEXt" and mark is None:
                mark = from_png_text(data[start:end])
    except BrokenFileError:
        pass  # the size is known; a cut file is refused when it is decoded
    mode = _MODES.get(colour)
    if mode is None:
        raise BrokenFileError(f"colour type {colour} does not exist")
    if mode == "L" and depth in (1, 16):
        mode = {1: "1", 16: "I;16"}[depth]
    return StoredHeader((width, height), mode, frames, orientation, mark)


def without_metadata(data: bytes) -> bytes:
    """Return the file without its text, profile, EXIF and animation blocks.

    Decoders inflate texts while they open the file, up to tens of megabytes for a few kilobytes, and warn about odd
    metadata; none of it changes a pixel here. The same object comes back when there is nothing to drop.

    Raises
    ------
    BrokenFileError
        A block reaches past the end of the file.
    """
    drop = [(start - 8, end + 4) for kind, start, end in blocks(data) if kind in _UNWANTED]
    if not drop:
        return data
    kept, position = [], 0
    for start, end in drop:
        kept.append(data[position:start])
        position = end
    return b"".join([*kept, data[position:]])


def _image_header(data: bytes) -> tuple[int, int, int, int]:
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise BrokenFileError("the header block is missing or cut short")
    width, height, depth, colour = struct.unpack_from(">IIBB", data, 16)
    return width, height, depth, colour
