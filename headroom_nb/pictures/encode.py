"""The smallest file that is true to the content: lossless for flat graphics, a fine JPEG for photographs.

Lossless means WebP: on screenshots, charts and pages it comes to a half to three quarters of the best PNG in less time,
and OpenAI, Anthropic, Google and Bedrock all take it.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngInfo

from headroom_nb.pictures.marks import KEYWORD, check_mark, to_comment, to_xmp

if TYPE_CHECKING:
    from headroom_nb.records import Size

_GRAPHIC = 0.6
"""From this share of equal neighbours on a picture is a flat graphic and stays lossless."""

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


@dataclass(frozen=True)
class EncodedPicture:
    """A file ready to be sent; ``size`` in pixels."""

    data: bytes
    media_type: str
    size: Size


def encode(image: Image.Image, *, mark: str | None, webp: bool = True) -> EncodedPicture:
    """Return the picture as lossless WebP, PNG or JPEG; the same pixels always give the same bytes.

    Nothing but ``mark`` is written beside the pixels: no EXIF, no position, no profile.

    Parameters
    ----------
    image
        RGB.
    mark
        Short ASCII text to recognise the file by later, or None.
    webp
        Whether the receiver takes WebP; where it does not, lossless means PNG.

    Raises
    ------
    ValueError
        The mark cannot be written (see :func:`headroom_nb.pictures.marks.check_mark`).
    """
    if mark is not None:
        check_mark(mark)
    flat = flat_share(image)
    if flat >= _GRAPHIC:
        return _lossless(image, flat, mark, webp=webp)
    lossy = _jpeg(image, mark)
    if flat <= _PHOTOGRAPH:
        return lossy
    lossless = _lossless(image, flat, mark, webp=webp)
    return lossless if len(lossless.data) <= _LOSSLESS_WORTH * len(lossy.data) else lossy


def flat_share(image: Image.Image) -> float:
    """Return the share of pixels that equal their left neighbour, on at most 96 rows spread over the height.

    Screenshots, drawings and rendered pages are above 0.6, most photographs below 0.2; scans and pictures that went
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
    out = BytesIO()
    out.name = f"picture.{extension}"
    image.save(out, **options)
    return out.getvalue()
