"""The EXIF orientation tag: read from the raw bytes, applied to pixels."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from headroom_nb.records import Size

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
