"""Little pictures that Python and TypeScript must read alike; run this module to write them for TypeScript."""

from __future__ import annotations

import base64
import json
import struct
from io import BytesIO
from pathlib import Path

from PIL import Image

from headroom_nb.errors import HeadroomError
from headroom_nb.pictures import read_header

FILE = Path(__file__).parents[2] / "labextension" / "src" / "pictures" / "samples.json"
TURNED = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHIHH", 1, 0x0112, 3, 1, 6, 0) + bytes(4)
TURNED_LITTLE = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHIHH", 1, 0x0112, 3, 1, 8, 0) + bytes(4)


def samples() -> dict[str, bytes]:
    """Return the pictures by name."""
    rgb = Image.new("RGB", (37, 21), (200, 30, 90))
    clear = Image.new("RGBA", (37, 21), (200, 30, 90, 40))
    files = {
        "png": _saved(rgb, "PNG"),
        "png turned": _saved(rgb, "PNG", exif=TURNED),
        "png grey": _saved(rgb.convert("L"), "PNG"),
        "jpeg": _saved(rgb, "JPEG"),
        "jpeg progressive": _saved(rgb, "JPEG", progressive=True),
        "jpeg cmyk": _saved(rgb.convert("CMYK"), "JPEG"),
        "jpeg turned": _saved(rgb, "JPEG", exif=TURNED),
        "jpeg turned, little-endian": _saved(rgb, "JPEG", exif=TURNED_LITTLE),
        "jpeg with a comment": _saved(rgb, "JPEG", comment=b"\xff\xd8 not a picture"),
        "gif": _saved(rgb, "GIF"),
        "gif animated": _saved(rgb, "GIF", save_all=True, append_images=[clear.convert("RGB").rotate(90)], duration=40),
        "webp lossy": _saved(rgb, "WEBP", quality=40),
        "webp lossless": _saved(rgb, "WEBP", lossless=True),
        "webp with alpha": _saved(clear, "WEBP", quality=40),
        "webp turned": _saved(rgb, "WEBP", quality=40, exif=TURNED),
        "bmp": _saved(rgb, "BMP"),
        "bmp from the top": _top_down(_saved(rgb, "BMP")),
    }
    whole = files["jpeg"]
    return files | {
        "png cut": files["png"][:20],
        "jpeg cut": whole[: whole.index(b"\xff\xc0") + 6],
        "jpeg without a frame": whole[: whole.index(b"\xff\xc0")] + b"\xff\xd9",
        "gif without a frame": files["gif"][:13],
        "webp without a bitmap": b"RIFF\x04\0\0\0WEBP",
        "png of no height": files["png"][:20] + bytes(4) + files["png"][24:],
        "no picture": b"no picture",
        "empty": b"",
    }


def table() -> list[dict[str, object]]:
    """Return what TypeScript is held to: the bytes, and the upright size or null where the file is refused."""
    return [
        {"name": name, "data": base64.b64encode(data).decode("ascii"), "size": _size(data)}
        for name, data in samples().items()
    ]


def _size(data: bytes) -> list[int] | None:
    try:
        return list(read_header(data).size)
    except HeadroomError:
        return None


def _saved(image: Image.Image, file_format: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


def _top_down(data: bytes) -> bytes:
    (height,) = struct.unpack_from("<i", data, 22)
    return data[:22] + struct.pack("<i", -height) + data[26:]


if __name__ == "__main__":
    FILE.write_text(json.dumps(table(), indent=1) + "\n", encoding="utf-8")
