"""Pictures made on the spot, and the bytes of files that lie."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw


def saved(image: Image.Image, file_format: str = "PNG", **options) -> bytes:
    out = BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


def gradient(size: tuple[int, int]) -> Image.Image:
    """Smooth colours, all four corners different."""
    width, height = size
    x = np.linspace(0, 255, width, dtype=np.float32)[None, :].repeat(height, 0)
    y = np.linspace(0, 255, height, dtype=np.float32)[:, None].repeat(width, 1)
    return Image.fromarray(np.stack([x, y, (x + y) / 2], axis=-1).astype(np.uint8), "RGB")


def photograph(size: tuple[int, int], seed: int = 7) -> Image.Image:
    """Smooth shapes with sensor noise."""
    noise = np.random.default_rng(seed).normal(0, 6, (size[1], size[0], 3))
    return Image.fromarray(np.clip(np.asarray(gradient(size)) + noise, 0, 255).astype(np.uint8), "RGB")


def screenshot(size: tuple[int, int]) -> Image.Image:
    """Flat panels with rows of small text."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, size[0] // 5, size[1]), fill="#eceff1")
    for row in range(8, size[1] - 10, 16):
        draw.text((size[0] // 5 + 8, row), f"{row:04d} the quick brown fox jumps over 1234567890", fill="#212121")
    return image


def png_block(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def blank_png(size: tuple[int, int], *extra: bytes, rows: int | None = None) -> bytes:
    """A bilevel PNG of zeros, deflated as far as it goes; ``extra`` blocks stand before the pixels."""
    width, height = size
    row = b"\0" * (1 + (width + 7) // 8)
    deflate = zlib.compressobj(9)
    pixels = b"".join(deflate.compress(row) for _ in range(height if rows is None else rows)) + deflate.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"".join(
        [b"\x89PNG\r\n\x1a\n", png_block(b"IHDR", header), *extra, png_block(b"IDAT", pixels), png_block(b"IEND", b"")]
    )


def claimed(file_format: str, size: tuple[int, int]) -> bytes:
    """A small file of the format whose header claims ``size``."""
    width, height = size
    if file_format == "PNG":
        return blank_png(size, rows=1)
    if file_format == "BMP":
        return (
            b"BM"
            + struct.pack("<IHHIIiiHHIIiiII", 154, 0, 0, 54, 40, width, height, 1, 24, 0, 100, 1, 1, 0, 0)
            + bytes(100)
        )
    if file_format == "WEBP":
        data = bytearray(
            saved(Image.new("RGBA", (4, 4), (1, 2, 3, 9)), "WEBP", quality=50, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0")
        )
        data[24:27], data[27:30] = (width - 1).to_bytes(3, "little"), (height - 1).to_bytes(3, "little")
        return bytes(data)
    data = bytearray(saved(Image.new("RGB", (8, 8)), file_format))
    if file_format == "JPEG":
        frame = data.index(b"\xff\xc0")
        data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    elif file_format == "GIF":
        data[6:10] = struct.pack("<HH", width, height)
    elif file_format == "TIFF":
        start = struct.unpack_from("<I", data, 4)[0]
        for entry in range(struct.unpack_from("<H", data, start)[0]):
            at = start + 2 + 12 * entry
            tag = struct.unpack_from("<H", data, at)[0]
            if tag in (256, 257):
                struct.pack_into("<HHII", data, at, tag, 4, 1, width if tag == 256 else height)
    elif file_format == "JPEG2000":
        at = data.index(b"ihdr") + 4
        struct.pack_into(">II", data, at, height, width)
        siz = data.index(b"\xff\x51") + 6
        struct.pack_into(">II", data, siz, width, height)
    return bytes(data)
