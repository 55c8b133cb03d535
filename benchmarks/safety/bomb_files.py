"""Files made to cost their reader dear: a thousand of them, of many kinds, from a seed."""

from __future__ import annotations

import base64
import io
import random
import struct
import zlib
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Bomb(NamedTuple):
    """A file, its kind, and what it stands in: raw bytes, or already text for a data URL."""

    kind: str
    data: bytes
    text: str | None = None

    def url(self) -> str:
        """Return the data URL that a message would hold."""
        return self.text or "data:image/png;base64," + base64.b64encode(self.data).decode("ascii")


def bombs(count: int = 1000, seed: int = 1) -> Iterator[Bomb]:
    """Yield ``count`` files, the kinds in turn, each with sizes and places of its own."""
    kinds = sorted(KINDS)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        made = KINDS[kind](random.Random(seed * 1_000_003 + number))
        yield Bomb(kind, b"", made) if isinstance(made, str) else Bomb(kind, made)


def _block(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(size: tuple[int, int], *extra: bytes, pixels: bytes = b"", depth: int = 1, colour: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0)
    return b"".join([SIGNATURE, _block(b"IHDR", header), *extra, _block(b"IDAT", pixels), _block(b"IEND", b"")])


@cache
def _zeros(megabytes: int) -> bytes:
    """Return a deflate stream of zeros, a thousandth of their length."""
    deflate = zlib.compressobj(9)
    return b"".join(deflate.compress(bytes(2**20)) for _ in range(megabytes)) + deflate.flush()


def _side(chance: random.Random, low: int = 20_000, high: int = 65_535) -> int:
    return chance.randint(low, high)


def _saved(file_format: str, size: tuple[int, int] = (12, 9), **options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, file_format, **options)
    return out.getvalue()


def png_idat(chance: random.Random) -> bytes:
    """Return zeros inflated a thousandfold into a picture of gigapixels."""
    return _png((_side(chance), _side(chance)), pixels=_zeros(chance.choice([64, 128, 256])))


def png_size(chance: random.Random) -> bytes:
    """Return a size of up to 2³¹ a side in sixty bytes."""
    return _png((chance.randint(2**24, 2**31 - 1), chance.randint(2**10, 2**31 - 1)), depth=8, colour=6)


def png_text(chance: random.Random) -> bytes:
    """Return compressed texts and profiles before the pixels of a huge picture."""
    kind, head = chance.choice([(b"zTXt", b"note\0\0"), (b"iTXt", b"note\0\1\0\0\0"), (b"iCCP", b"profile\0\0")])
    bomb = _block(kind, head + _zeros(chance.choice([16, 32])))
    return _png((_side(chance), _side(chance)), *[bomb] * chance.randint(2, 12))


def png_small_text(chance: random.Random) -> bytes:
    """Return the same texts in a picture of a few pixels that is cut short."""
    kind, head = chance.choice([(b"zTXt", b"note\0\0"), (b"iTXt", b"note\0\1\0\0\0"), (b"iCCP", b"profile\0\0")])
    return _png(
        (16, 16), *[_block(kind, head + _zeros(16))] * 4, pixels=zlib.compress(bytes(chance.randint(1, 12)))[:-6]
    )


def png_frames(chance: random.Random) -> bytes:
    """Return an animation of up to four thousand million frames."""
    frames = _block(b"acTL", struct.pack(">II", chance.randint(2, 2**32 - 1), 0))
    return _png((600, 400), frames, pixels=_zeros(1))


def png_blocks(chance: random.Random) -> bytes:
    """Return thousands of empty blocks in front of a huge picture."""
    return _png((_side(chance), _side(chance)), _block(b"tEXt", b"") * chance.randint(2_000, 40_000))


def jpeg_size(chance: random.Random) -> bytes:
    """Return a JPEG whose frame header lies."""
    data = bytearray(_saved("JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", _side(chance), _side(chance))
    return bytes(data)


def jpeg_scans(chance: random.Random) -> bytes:
    """Return a progressive JPEG of a size that is allowed, with hundreds of scans."""
    data = bytearray(_saved("JPEG", progressive=True))
    at = data.index(b"\xff\xc2")
    data[at + 5 : at + 9] = struct.pack(">HH", 7_900, 7_900)
    scan = data.index(b"\xff\xda", data.index(b"\xff\xda") + 2)
    end = data.index(b"\xff\xda", scan + 2)
    return bytes(data[:end] + data[scan:end] * chance.randint(150, 4_000) + data[end:])


def jpeg_segments(chance: random.Random) -> bytes:
    """Return a JPEG of nothing but empty comments."""
    return b"\xff\xd8" + b"\xff\xfe\0\x02" * chance.randint(2_000, 100_000) + b"\xff\xd9"


def gif_size(chance: random.Random) -> bytes:
    """Return a GIF whose screen, or whose first frame, is huge."""
    data = bytearray(_saved("GIF"))
    at = 6 if chance.random() < 0.5 else data.index(b"\x2c\0\0\0\0") + 5
    data[at : at + 4] = struct.pack("<HH", _side(chance), _side(chance))
    return bytes(data)


def gif_frames(chance: random.Random) -> bytes:
    """Return thousands of frames of a few bytes each."""
    frame = b"\x2c\0\0\0\0\x08\0\x08\0\0\x02\x02\x44\x01\0"
    return b"GIF89a\x40\x1f\x40\x1f\0\0\0" + frame * chance.randint(500, 3_000) + b"\x3b"


def gif_blocks(chance: random.Random) -> bytes:
    """Return a comment in blocks of one byte, without an end."""
    return b"GIF89a\x08\0\x08\0\0\0\0\x21\xfe" + b"\x01A" * chance.randint(5_000, 200_000)


def webp_size(chance: random.Random) -> bytes:
    """Return a WebP whose canvas is as big as the format allows."""
    data = bytearray(_saved("WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"))
    data[24:27], data[27:30] = (chance.randint(12_000, 2**24 - 1).to_bytes(3, "little") for _ in range(2))
    return bytes(data)


def webp_frames(chance: random.Random) -> bytes:
    """Return an animated WebP of thousands of frames."""
    canvas = b"\x02\0\0\0" + (7_999).to_bytes(3, "little") * 2
    frames = (b"ANMF" + struct.pack("<I", 16) + bytes(16)) * chance.randint(500, 4_000)
    body = b"WEBPVP8X" + struct.pack("<I", len(canvas)) + canvas + frames
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _tiff(*entries: tuple[int, int, int, int], following: int = 0) -> bytes:
    rows = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + rows + struct.pack("<I", following)


def tiff_size(chance: random.Random) -> bytes:
    """Return a TIFF of gigapixels."""
    sides = (256, 4, 1, _side(chance)), (257, 4, 1, _side(chance, high=2**31))
    return _tiff(*sides, (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8), (278, 4, 1, 1), (279, 4, 1, 9))


def tiff_strips(chance: random.Random) -> bytes:
    """Return strips that claim to hold gigabytes, of a size that is allowed."""
    sides = (256, 4, 1, 7_000), (257, 4, 1, 7_000)
    strip = (273, 4, 1, 8), (278, 4, 1, 2**31), (279, 4, 1, chance.randint(2**30, 2**32 - 1))
    return _tiff(*sides, (258, 3, 1, 8), (259, 3, 1, chance.choice([1, 5, 32773])), (262, 3, 1, 1), *strip)


def tiff_tags(chance: random.Random) -> bytes:
    """Return tags that all point at the same bytes, each claiming all of them."""
    length = chance.randint(20_000, 100_000)
    sides = (256, 4, 1, 64), (257, 4, 1, 64), (258, 3, 1, 8), (262, 3, 1, 1)
    tags = [(40_000 + number, 7, length, 8) for number in range(chance.randint(500, 1_500))]
    return _tiff(*sides, *tags) + bytes(length)


def tiff_pages(chance: random.Random) -> bytes:
    """Return a chain of thousands of pages."""
    pages = chance.randint(2_000, 40_000)
    first = _tiff((256, 4, 1, 64), (257, 4, 1, 64), (258, 3, 1, 8), (262, 3, 1, 1), following=70)
    page = struct.pack("<HHHII", 1, 256, 4, 1, 8)
    chain = b"".join(page + struct.pack("<I", 70 + 18 * (number + 1)) for number in range(pages))
    return first.ljust(70, b"\0") + chain


def bmp_header(chance: random.Random) -> bytes:
    """Return a BMP with a size, a height below nothing or a number of colours that cannot be."""
    width, height = _side(chance), chance.choice([1, -1]) * _side(chance)
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, chance.choice([0, 1]), 0, 1, 1, 2**31 - 1, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(head), 0, 0, 54) + head + bytes(99)


def ico_header(chance: random.Random) -> bytes:
    """Return an icon that promises sixty thousand pictures."""
    return struct.pack("<HHH", 0, 1, 65_535) + bytes(chance.randrange(256) for _ in range(64))


def jp2_size(chance: random.Random) -> bytes:
    """Return a JPEG 2000 file of gigapixels."""
    data = bytearray(_saved("JPEG2000"))
    struct.pack_into(">II", data, data.index(b"ihdr") + 4, _side(chance), _side(chance))
    struct.pack_into(">II", data, data.index(b"\xff\x51") + 6, _side(chance), _side(chance))
    return bytes(data)


def ppm_size(chance: random.Random) -> bytes:
    """Return a PPM whose first line lies."""
    return b"P6\n%d %d\n255\n" % (_side(chance, high=10**9), _side(chance, high=10**9)) + bytes(64)


def nested_base64(chance: random.Random) -> str:
    """Return base64 in base64, several times over."""
    data = png_size(chance) * 40
    for _ in range(chance.randint(2, 6)):
        data = base64.b64encode(data)
    return "data:image/png;base64," + data.decode("ascii")


def svg_laughs(chance: random.Random) -> str:
    """Return a drawing whose entities multiply."""
    entities = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, chance.randint(9, 30)))
    text = f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY e0 "ha">{entities}]><svg><text>&e9;</text></svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode("ascii")


def truncated(chance: random.Random) -> bytes:
    """Return a picture of any format, cut in its header or its pixels."""
    data = _saved(chance.choice(["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "JPEG2000", "PPM"]), (200, 150))
    return data[: chance.randint(1, len(data) * 3 // 4)]


KINDS: dict[str, Callable[[random.Random], bytes | str]] = {
    make.__name__: make
    for make in (
        *(png_idat, png_size, png_text, png_small_text, png_frames, png_blocks),
        *(jpeg_size, jpeg_scans, jpeg_segments),
        *(gif_size, gif_frames, gif_blocks, webp_size, webp_frames),
        *(tiff_size, tiff_strips, tiff_tags, tiff_pages),
        *(bmp_header, ico_header, jp2_size, ppm_size, nested_base64, svg_laughs, truncated),
    )
}
