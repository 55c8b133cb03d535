"""The smallest file that is true to the content: lossless for flat graphics, a fine JPEG for photographs.

Lossless means WebP: on screenshots, charts and pages it comes to a half to three quarters of the best PNG in less time,
and OpenAI, Anthropic, Google and Bedrock all take it. What came without loss never leaves as a JPEG, and a file with a
palette leaves with one: an image of 16 greys takes an eighth of the bytes that resizing it in full colour costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngInfo

from headroom_nb.pictures.marks import KEYWORD, check_mark, to_comment, to_xmp
from headroom_nb.runtime.stopping import WatchedFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.pictures.header import PictureHeader
    from headroom_nb.records import Size

_GRAPHIC = 0.6
"""From this share of equal neighbours on an image is a flat graphic and stays lossless."""

_PHOTOGRAPH = 0.45
"""Up to this share it is a photograph or a scan, and lossless is not tried."""

_SPARSE = 0.9
"""From this share on WebP's thorough method is as quick as its fast one, and its files are half as big."""

_LOSSLESS_WORTH = 2.0
"""Between the two, lossless may cost this many times the JPEG's bytes."""

_JPEG_QUALITY = 90
_SAMPLED_ROWS = 96
_PALETTE = 256
_WEBP_MAX_SIDE = 16383

_LOSSY = frozenset({"JPEG", "MPO", "JPEG2000", "HEIF", "HEIC", "AVIF"})
"""Formats of photographs: what came in one of these may leave as a JPEG."""

_FEW_COLOURS = {"1": (16, 4), "P": (256, 16)}
"""Colours of a palette to try for an image stored with one bit or a palette, until the file is not larger than it was.

Resizing a page of one bit in one bit would break its letters; four levels of grey keep them.
"""


@dataclass(frozen=True)
class EncodedPicture:
    """A file ready to be sent; ``size`` in pixels."""

    data: bytes
    media_type: str
    size: Size


def encode(
    image: Image.Image, *, mark: str | None, webp: bool = True, like: PictureHeader | None = None
) -> EncodedPicture:
    """Return the image as lossless WebP, PNG or JPEG; the same pixels always give the same bytes.

    Nothing but ``mark`` is written beside the pixels: no EXIF, no position, no profile.

    Parameters
    ----------
    image
        RGB.
    mark
        Short ASCII text to recognise the file by later, or None.
    webp
        Whether the receiver takes WebP; where it does not, lossless means PNG.
    like
        The file that this one replaces: a palette stays a palette, and JPEG is used only where it was lossy. None
        decides by the pixels alone.

    Raises
    ------
    ValueError
        The mark cannot be written (see :func:`headroom_nb.pictures.marks.check_mark`).
    """
    if mark is not None:
        check_mark(mark)
    if like is not None and like.mode in _FEW_COLOURS:
        return _with_palette(image, mark, like)
    flat = flat_share(image)
    if like is not None and like.format not in _LOSSY:
        return _as_small(image, flat, mark, like, webp=webp)
    if flat >= _GRAPHIC:
        return _lossless(image, flat, mark, webp=webp)
    lossy = _jpeg(image, mark)
    if flat <= _PHOTOGRAPH:
        return lossy
    lossless = _lossless(image, flat, mark, webp=webp)
    return lossless if len(lossless.data) <= _LOSSLESS_WORTH * len(lossy.data) else lossy


def flat_share(image: Image.Image) -> float:
    """Return the share of pixels that equal their left neighbour, on at most 96 rows spread over the height.

    Screenshots, drawings and rendered pages are above 0.6, most photographs below 0.2; scans and images that went
    through JPEG lie between.
    """
    if image.width < 2:
        return 1.0
    rows = image.resize((image.width, min(image.height, _SAMPLED_ROWS)), Image.Resampling.NEAREST)
    last = rows.width - 1
    change = ImageChops.difference(rows.crop((1, 0, last + 1, rows.height)), rows.crop((0, 0, last, rows.height)))
    red, green, blue = change.split()
    largest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return largest.histogram()[0] / (last * rows.height)


def _lossless(image: Image.Image, flat: float, mark: str | None, *, webp: bool) -> EncodedPicture:
    if not webp or max(image.size) > _WEBP_MAX_SIDE:
        return _png(image, mark)
    # The thorough method takes five times as long, save on sparse graphics and where a palette is enough.
    thorough = flat >= _SPARSE or image.getcolors(_PALETTE) is not None
    import_module("PIL.WebPImagePlugin")  # or an older Pillow would load every plug-in, which takes a tenth of a second
    data = _file(
        image,
        "webp",
        lossless=True,
        method=1 if thorough else 0,
        quality=0,
        xmp=b"" if mark is None else to_xmp(mark),
        exif=b"",
        icc_profile=b"",
    )
    return EncodedPicture(data, "image/webp", image.size)


def _as_small(image: Image.Image, flat: float, mark: str | None, like: PictureHeader, *, webp: bool) -> EncodedPicture:
    """Return a lossless file; where that outgrows the one it replaces, the first true one that does not."""
    return _within(like.bytes, _true_to(image, flat, mark, like, webp=webp))


def _true_to(
    image: Image.Image, flat: float, mark: str | None, like: PictureHeader, *, webp: bool
) -> Iterator[EncodedPicture]:
    """Yield files of the image, the truest first; each is only made when it is asked for."""
    yield _lossless(image, flat, mark, webp=webp)
    if flat >= _GRAPHIC:
        for colours in _FEW_COLOURS["P"]:
            yield _png(_in_palette(image, colours), mark)
    if like.format == "WEBP" and webp:
        yield _lossy_webp(image, mark)


def _within(size: int, files: Iterator[EncodedPicture]) -> EncodedPicture:
    """Return the first file of at most so many bytes, else the smallest of all."""
    found = []
    for each in files:
        if len(each.data) <= size:
            return each
        found.append(each)
    return min(found, key=lambda each: len(each.data))


def _with_palette(image: Image.Image, mark: str | None, like: PictureHeader) -> EncodedPicture:
    """Return a PNG with a palette, or of one bit where nothing but black and white is left."""
    known = image.getcolors(_PALETTE)
    if known is not None and {colour for _, colour in known} <= {(0, 0, 0), (255, 255, 255)}:
        return _png(image.convert("1", dither=Image.Dither.NONE), mark)
    if known is not None and like.mode == "P":
        return _png(_in_palette(image, len(known)), mark)
    fewer = _in_greys if like.mode == "1" else _in_palette
    return _within(like.bytes, (_png(fewer(image, colours), mark) for colours in _FEW_COLOURS[like.mode]))


def _in_palette(image: Image.Image, colours: int) -> Image.Image:
    return image.quantize(colours, dither=Image.Dither.NONE)


def _in_greys(image: Image.Image, levels: int) -> Image.Image:
    """Return a grey image with so many levels, evenly spread from black to white."""
    step = 255 / (levels - 1)
    indices = image.convert("L").point([round(value / step) for value in range(256)])
    indices.putpalette([round(level * step) for level in range(levels) for _ in range(3)])
    return indices


def _lossy_webp(image: Image.Image, mark: str | None) -> EncodedPicture:
    xmp = b"" if mark is None else to_xmp(mark)
    data = _file(image, "webp", quality=_JPEG_QUALITY, method=4, xmp=xmp, exif=b"", icc_profile=b"")
    return EncodedPicture(data, "image/webp", image.size)


def _png(image: Image.Image, mark: str | None) -> EncodedPicture:
    info = PngInfo()
    if mark is not None:
        info.add_text(KEYWORD, mark)
    data = _file(image, "png", compress_level=6, pnginfo=info, icc_profile=None, exif=b"")
    return EncodedPicture(data, "image/png", image.size)


def _jpeg(image: Image.Image, mark: str | None) -> EncodedPicture:
    data = _file(
        image,
        "jpg",
        quality=_JPEG_QUALITY,
        subsampling=0,
        comment=b"" if mark is None else to_comment(mark),
        exif=b"",
        icc_profile=None,
        dpi=(0, 0),
    )
    return EncodedPicture(data, "image/jpeg", image.size)


def _file(image: Image.Image, extension: str, **options: Any) -> bytes:
    """Return the image as a file; by its name Pillow loads one plug-in, by a format it would load five."""
    out = WatchedFile()
    out.name = f"picture.{extension}"
    image.save(out, **options)
    return out.getvalue()
