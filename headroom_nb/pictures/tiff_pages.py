"""The pages of a TIFF file, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.errors import HeadroomError, PictureTooLargeError, UnreadablePictureError
from headroom_nb.pictures.pixels import in_rgb, to_plain
from headroom_nb.pictures.plugins import DECODE_ERRORS, open_plugin, quiet, reason
from headroom_nb.pictures.tiff import page_starts, with_first
from headroom_nb.resource_limits import Limits, how_to_raise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image


def pages_of_tiff(data: bytes, limits: Limits | None = None, *, only: int | None = None) -> Iterator[Image.Image]:
    """Yield every page in RGB.

    Parameters
    ----------
    data, limits
        The file, and what one of its pages may take.
    only
        Index of the one page to yield, from 0; the others are not decoded.

    Raises
    ------
    PictureTooLargeError
        A page has more pixels than an image may, or there are more pages than images of a request.
    UnreadablePictureError
        A page is truncated or broken.
    """
    limits = Limits.from_environment() if limits is None else limits
    try:
        starts = page_starts(data)
        if len(starts) > limits.max_images:
            raise PictureTooLargeError(f"The file has {len(starts):,} pages; {how_to_raise('max_images')}.")
        for number in range(len(starts)) if only is None else (only,):
            yield _page(with_first(data, starts[number]), number, limits)
    except HeadroomError:
        raise  # a page is too large, or the work must end
    except DECODE_ERRORS as error:
        raise UnreadablePictureError(f"This TIFF file is truncated or broken ({reason(error)}).") from error


def _page(data: bytes, number: int, limits: Limits) -> Image.Image:
    """Return the first page of a file, opened as the file of one image would be."""
    opened = open_plugin("TIFF", data)
    if opened.width * opened.height > limits.max_image_pixels:
        size = f"{opened.width:,}×{opened.height:,}"
        raise PictureTooLargeError(f"Page {number + 1} has {size} pixels; {how_to_raise('max_image_pixels')}.")
    with quiet():
        opened.load()
    return in_rgb(to_plain(opened))
