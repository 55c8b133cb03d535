"""Whether a file could be one of ours: a mark alone is no proof, as anybody can write one.

No key is used: it would make the same input give other bytes on another machine. So this tells our own files from those
that carry a mark in some other file, and not from files that somebody made with this package's encoder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.pictures import jpeg, png, webp
from headroom_nb.pictures.marks import to_comment, to_xmp
from headroom_nb.pictures.stored import BrokenFileError

if TYPE_CHECKING:
    from headroom_nb.pictures.header import PictureHeader

_PNG = ([b"IHDR", b"tEXt"], [b"IHDR", b"tEXt", b"PLTE"])
"""Blocks of our PNG files before their pixels."""

_JPEG = [0xE0, 0xFE, 0xDB, 0xDB, 0xC0, 0xC4, 0xC4, 0xC4, 0xC4, 0xDA]
"""Segments of our JPEG files up to their scan."""

_JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"
_QUALITY_90 = bytes((0, 3, 2, 2, 3, 2, 2, 3)), bytes((1, 3, 4, 4, 5))
"""How the two quantisation tables of libjpeg's quality 90 begin (ITU T.81, annex K, scaled)."""


def could_be_ours(data: bytes, header: PictureHeader) -> bool:
    """Return whether a file carries a mark of ours and is built, block for block, as our encoder builds files."""
    if header.mark is None:
        return False
    try:
        return {"PNG": _png, "WEBP": _webp, "JPEG": _jpeg}[header.format](data, header.mark)
    except (KeyError, BrokenFileError):
        return False


def _png(data: bytes, _: str) -> bool:
    kinds = [kind for kind, _, _ in png.blocks(data)]
    first = kinds.index(b"IDAT") if b"IDAT" in kinds else 0
    return kinds[:first] in _PNG and kinds[first:] == [*[b"IDAT"] * (len(kinds) - first - 1), b"IEND"]


def _webp(data: bytes, mark: str) -> bool:
    found = [(kind, data[start:end]) for kind, start, end in webp.chunks(data)]
    kinds = [kind for kind, _ in found]
    return kinds in ([b"VP8X", b"VP8L", b"XMP "], [b"VP8X", b"VP8 ", b"XMP "]) and found[2][1] == to_xmp(mark)


def _jpeg(data: bytes, mark: str) -> bool:
    found = [(kind, data[start:end]) for kind, start, end in jpeg.segments(data)]
    if [kind for kind, _ in found] != _JPEG:
        return False
    (_, jfif), (_, comment), (_, light), (_, colour) = found[:4]
    return (
        (jfif, comment) == (_JFIF, to_comment(mark))
        and light.startswith(_QUALITY_90[0])
        and colour.startswith(_QUALITY_90[1])
    )
