"""From any stored mode and orientation to upright RGB or plain grey, and to any size, with small text legible."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

if TYPE_CHECKING:
    from headroom_nb.records import Size


_SAMPLE = 64
"""Points a side that are looked at before the whole image is: almost every colour image shows a colour there."""

_ROWS = 256
"""Rows that are compared at a time."""

_WITH_ALPHA = ("RGBA", "LA", "PA", "RGBa", "La")


def to_rgb(image: Image.Image) -> Image.Image:
    """Return an RGB image that looks as the stored one does."""
    return in_rgb(to_plain(image))


def in_rgb(plain: Image.Image) -> Image.Image:
    """Return in RGB what :func:`to_plain` gave; the same object when it is."""
    return plain if plain.mode == "RGB" else plain.convert("RGB")


def in_greys(plain: Image.Image) -> Image.Image:
    """Return in 256 levels of grey what :func:`to_plain` gave; the same object when it is."""
    return plain if plain.mode == "L" else plain.convert("L")


def to_plain(image: Image.Image) -> Image.Image:
    """Return an image that looks as the stored one does: ``L`` where it is stored in greys alone, else RGB.

    Alpha and transparent palette entries are laid on a background that keeps the content visible
    (:func:`headroom_nb.pictures.alpha.flatten`); deep greys are brought to eight bits
    (:func:`headroom_nb.pictures.greys.to_eight_bits`). Deep greys and alpha that is not opaque need NumPy, which is
    loaded for them alone: it takes longer to load than most images to compress.
    """
    if image.mode.startswith(("I", "F")):
        from headroom_nb.pictures.greys import to_eight_bits

        return to_eight_bits(image)
    if image.mode in _WITH_ALPHA or "transparency" in image.info:
        from headroom_nb.pictures.alpha import flatten

        return flatten(image if image.mode == "RGBA" else image.convert("RGBA"))
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def without_colour(plain: Image.Image) -> Image.Image:
    """Return in ``L`` an RGB image that has no colours, else the same object: work in greys is a third as long.

    Scans, pages and photos without colours are often stored as if they had some.
    """
    if plain.mode != "RGB":
        return plain
    points = (min(_SAMPLE, plain.width), min(_SAMPLE, plain.height))
    if not _is_grey(plain.resize(points, Image.Resampling.NEAREST)):
        return plain
    rows = range(0, plain.height, _ROWS)
    grey = all(_is_grey(plain.crop((0, top, plain.width, min(plain.height, top + _ROWS)))) for top in rows)
    return plain.getchannel("R") if grey else plain


def _is_grey(image: Image.Image) -> bool:
    red, green, blue = image.split()
    return not (ImageChops.difference(red, green).getbbox() or ImageChops.difference(green, blue).getbbox())


def fit(size: Size, max_side: int) -> Size:
    """Return the largest size of the same shape whose longer side is at most ``max_side``; never larger than it was."""
    longest = max(size)
    if longest <= max_side:
        return size
    scale = max_side / longest
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def resize(image: Image.Image, size: Size) -> Image.Image:
    """Return the image at exactly ``size`` (Lanczos); the same object when it has that size already.

    Reductions by four and more first average whole pixels and leave Lanczos a factor of at least two: twice as fast and
    more, as much text is read in the result, and it is within 42 dB (PSNR) of Lanczos alone on pages of text.
    """
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


_TAG = 0x0112
_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def parse_orientation(exif: bytes) -> int:
    r"""Return the orientation (1 to 8) in an EXIF block; 1 where it is absent or broken.

    Parameters
    ----------
    exif
        The TIFF structure, with or without the ``Exif\0\0`` prefix. Only the first directory is looked at (EXIF 2.32,
        section 4.6.4).
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for index in range(count):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * index)
            if tag == _TAG:
                return value if kind == 3 and value in _TRANSPOSE else 1
    except struct.error:
        return 1
    return 1


def upright_size(size: Size, orientation: int) -> Size:
    """Return the size a person sees; also maps an upright size back to the stored one."""
    return (size[1], size[0]) if orientation >= 5 else size


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Return the image turned as the orientation tag asks."""
    method = _TRANSPOSE.get(orientation)
    return image if method is None else image.transpose(method)
