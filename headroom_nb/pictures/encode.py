"""The smallest file that is true to the content: lossless for flat graphics, a fine JPEG for photographs."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL.PngImagePlugin import PngInfo

from headroom_nb.pictures.marks import KEYWORD, check_mark, to_comment

if TYPE_CHECKING:
    from PIL import Image

    from headroom_nb.results import Size

_FLAT_SHARE = 0.35
"""Share of pixels equal to their left neighbour above which a picture is a flat graphic."""

_JPEG_QUALITY = 90
_SAMPLED_ROWS = 96


@dataclass(frozen=True)
class EncodedPicture:
    """A file ready to be sent; ``size`` in pixels."""

    data: bytes
    media_type: str
    size: Size


def encode(image: Image.Image, *, mark: str | None) -> EncodedPicture:
    """Return the picture as PNG, lossless WebP or JPEG; the same pixels always give the same bytes.

    Nothing but ``mark`` is written beside the pixels: no EXIF, no position, no profile. Every provider in the table
    takes the three formats.

    Parameters
    ----------
    image
        RGB.
    mark
        Short ASCII text to recognise the file by later, or None.
    """
    if mark is not None:
        check_mark(mark)
    if not is_flat(image):
        return _jpeg(image, mark)
    return _png(image, mark)


def is_flat(image: Image.Image) -> bool:
    """Whether the picture is a flat graphic (screenshot, drawing, rendered page) rather than a photograph.

    Measured on at most 96 rows spread over the height.
    """
    if image.width < 2:
        return True
    pixels = np.asarray(image)[:: max(1, image.height // _SAMPLED_ROWS)]
    same = (pixels[:, 1:] == pixels[:, :-1]).all(axis=-1)
    return bool(same.mean() >= _FLAT_SHARE)


def _png(image: Image.Image, mark: str | None) -> EncodedPicture:
    info = PngInfo()
    if mark is not None:
        info.add_text(KEYWORD, mark)
    out = BytesIO()
    image.save(out, "PNG", compress_level=6, pnginfo=info)
    return EncodedPicture(out.getvalue(), "image/png", image.size)


def _jpeg(image: Image.Image, mark: str | None) -> EncodedPicture:
    out = BytesIO()
    comment = b"" if mark is None else to_comment(mark)
    image.save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0, comment=comment)
    return EncodedPicture(out.getvalue(), "image/jpeg", image.size)
