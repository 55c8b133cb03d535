"""The formats that are read, and Pillow's class for each.

The classes are called directly: ``Image.open`` tries every installed plug-in, warns about big images and unpacks
multi-image JPEG files, none of which is wanted here; limits are checked on our own header first.
"""

from __future__ import annotations

import importlib
import importlib.util
import struct
import warnings
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from PIL import Image, features

from headroom_nb.errors import HeadroomError
from headroom_nb.pictures import bmp, gif, jpeg, jpeg2000, png, ppm, tiff
from headroom_nb.pictures.pixels import parse_orientation
from headroom_nb.pictures.stored import BrokenFileError, StoredHeader
from headroom_nb.runtime.forks import fork_safe
from headroom_nb.runtime.stopping import WatchedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PIL.ImageFile import ImageFile

DECODE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
    BrokenFileError,
    Image.DecompressionBombError,
)
"""What Pillow's plug-ins raise on broken files."""

_WARNING_FILTERS = fork_safe(Lock())
_WITHOUT_METADATA: dict[str, Callable[[bytes], bytes]] = {
    "PNG": png.without_metadata,
    "JPEG": jpeg.without_metadata,
    "WEBP": bytes,
    "GIF": gif.without_metadata,
}
_LOOK_FIRST: dict[str, Callable[[bytes], None]] = {
    "BMP": bmp.check,
    "JPEG2000": jpeg2000.check,
    "PPM": ppm.check,
}
"""What is looked at before Pillow opens a file, for formats that have no parser here."""


@dataclass(frozen=True)
class Plugin:
    """Where Pillow's class for a format lives, and what makes it available.

    ``feature`` names the optional part of Pillow it needs; ``install`` says how to get it. ``weight`` is how many times
    the usual memory decoding takes.
    """

    media_type: str
    module: str
    name: str
    feature: str = ""
    install: str = ""
    weight: int = 1

    def available(self) -> bool:
        """Whether this installation can decode the format."""
        if not self.module.startswith("PIL."):
            return importlib.util.find_spec(self.module.partition(".")[0]) is not None
        with quiet():  # an old Pillow warns of features that came after it
            return not self.feature or bool(features.check(self.feature))


PLUGINS: dict[str, Plugin] = {
    "PNG": Plugin("image/png", "PIL.PngImagePlugin", "PngImageFile"),
    "JPEG": Plugin("image/jpeg", "PIL.JpegImagePlugin", "JpegImageFile"),
    "WEBP": Plugin("image/webp", "PIL.WebPImagePlugin", "WebPImageFile", "webp", "install a Pillow with WebP"),
    "GIF": Plugin("image/gif", "PIL.GifImagePlugin", "GifImageFile"),
    "BMP": Plugin("image/bmp", "PIL.BmpImagePlugin", "BmpImageFile"),
    "TIFF": Plugin("image/tiff", "PIL.TiffImagePlugin", "TiffImageFile"),
    "AVIF": Plugin("image/avif", "PIL.AvifImagePlugin", "AvifImageFile", "avif", "install a Pillow with AVIF"),
    "JPEG2000": Plugin("image/jp2", "PIL.Jpeg2KImagePlugin", "Jpeg2KImageFile", "jpg_2000", "install a full Pillow", 3),
    "PPM": Plugin("image/x-portable-anymap", "PIL.PpmImagePlugin", "PpmImageFile"),
    "HEIF": Plugin("image/heic", "pillow_heif", "HeifImageFile", "", "pip install pillow-heif"),
}

_PHOTOMETRIC, _SAMPLES, _YCBCR = 262, 277, 6
"""Tags of a TIFF: how its colours are stored, and values a pixel; and the number of YCbCr."""

_AVIF_BRANDS = (b"avif", b"avis")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx")


def sniff(data: bytes) -> str | None:
    """Return the format's name by the first bytes, or None."""
    start = data[:12]
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "WEBP"
    if start[4:8] == b"ftyp":
        return "AVIF" if _has_brand(data, _AVIF_BRANDS) else "HEIF" if _has_brand(data, _HEIF_BRANDS) else None
    if start[:1] == b"P" and start[1:2] in b"123456" and start[2:3].isspace():
        return "PPM"
    return next((name for magic, name in _MAGIC.items() if start.startswith(magic)), None)


_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"\xff\x4f\xff\x51": "JPEG2000",
    b"\0\0\0\x0cjP  ": "JPEG2000",
}


def _has_brand(data: bytes, brands: tuple[bytes, ...]) -> bool:
    length = min(int.from_bytes(data[:4], "big"), 256)
    return any(data[at : at + 4] in brands for at in (8, *range(16, length, 4)))


def open_plugin(name: str, data: bytes) -> ImageFile:
    """Return Pillow's image for the file, opened but not decoded.

    Raises
    ------
    BrokenFileError
        Pillow cannot open it.
    """
    plugin = PLUGINS[name]
    factory = getattr(importlib.import_module(plugin.module), plugin.name)
    try:
        if name in _WITHOUT_METADATA:
            image: ImageFile = factory(WatchedFile(_WITHOUT_METADATA[name](data)))
        else:
            with quiet():
                image = factory(WatchedFile(data))
                if name == "TIFF":
                    _three_bytes(image)
    except HeadroomError:
        raise  # the work must end
    except DECODE_ERRORS as error:
        raise BrokenFileError(reason(error)) from error
    return image


def _three_bytes(image: ImageFile) -> None:
    """Have uncompressed YCbCr read as what it is: Pillow 12.3 takes it for four bytes a pixel, and 13 does not."""
    tags = getattr(image, "tag_v2", {})
    if image.mode == "RGB" and (tags.get(_PHOTOMETRIC), tags.get(_SAMPLES)) == (_YCBCR, 3):
        tiles: list[Any] = list(image.tile)
        if all(codec == "raw" and args[0] == "RGBX" for codec, _, _, args in tiles):
            image._mode = "YCbCr"  # noqa: SLF001 - a mode has no public setter
            image.tile = [tile._replace(args=("YCbCr", *tile.args[1:])) for tile in tiles]


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Pillow's warnings about odd metadata to ourselves; one thread at a time, as Python's filters are global."""
    with _WARNING_FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def open_stored(name: str, data: bytes) -> StoredHeader:
    """Return the header as Pillow reads it, for formats that have no parser here."""
    if name in _LOOK_FIRST:
        _LOOK_FIRST[name](data)
    pages = tiff.count_pages(data) if name == "TIFF" else None
    image = open_plugin(name, data)
    if pages is not None:
        return StoredHeader(image.size, image.mode, pages)  # Pillow turns these itself
    try:
        with quiet():
            frames = getattr(image, "n_frames", 1)
    except HeadroomError:
        raise  # the work must end
    except DECODE_ERRORS as error:
        raise BrokenFileError(reason(error)) from error
    exif = image.info.get("exif")
    orientation = parse_orientation(exif) if isinstance(exif, bytes) else 1
    return StoredHeader(image.size, image.mode, frames, orientation)


def reason(error: BaseException) -> str:
    """Return Pillow's words for an error, or its type where it has none."""
    return str(error).strip().rstrip(".") or type(error).__name__
