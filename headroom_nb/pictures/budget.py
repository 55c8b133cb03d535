"""How big an image may be, told from its header before anything is decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.errors import PictureTooLargeError, TooManyImagesError
from headroom_nb.resource_limits import DEFAULTS, Limits, how_to_raise

if TYPE_CHECKING:
    from headroom_nb.pictures.header import PictureHeader


def check_bytes(length: int, limits: Limits = DEFAULTS) -> None:
    """Raise PictureTooLargeError when a file is longer than an image may be."""
    if length > limits.max_image_bytes:
        raise PictureTooLargeError(
            f"The image is {length:,} bytes long; the limit is {limits.max_image_bytes:,}; "
            f"{how_to_raise('max_image_bytes')}."
        )


def check_encoded(raw: str | bytes | None, limits: Limits = DEFAULTS) -> None:
    """Raise PictureTooLargeError when base64 text or bytes are too long to hold an image that is allowed.

    Looks at the length alone, before anything is decoded; line breaks and the head of a data URL are allowed for.
    """
    if isinstance(raw, str):
        check_bytes(len(raw) * 3 // 4 - len(raw) // 32 - 1024, limits)
    elif raw is not None:
        check_bytes(len(raw), limits)


def check_pixels(header: PictureHeader, limits: Limits = DEFAULTS) -> None:
    """Raise PictureTooLargeError when the header claims more pixels than an image may have."""
    if header.pixels > limits.max_image_pixels:
        width, height = header.size
        raise PictureTooLargeError(
            f"The image claims {width}×{height} = {header.pixels:,} pixels; the limit is "
            f"{limits.max_image_pixels:,}. Nothing was decoded; {how_to_raise('max_image_pixels')}."
        )


class RequestBudget:
    """The images and pixels that one request may take, spent in order of appearance.

    An image is judged by those before it alone, so a longer conversation never changes the verdict on an older part.
    """

    def __init__(self, limits: Limits = DEFAULTS) -> None:
        self._limits = limits
        self._pixels = 0
        self._images = 0

    def count(self) -> None:
        """Count one more image; raises TooManyImagesError for one too many."""
        if self._images >= self._limits.max_images:
            raise TooManyImagesError(
                f"This request has more than {self._limits.max_images:,} images, and only those were looked at; "
                f"{how_to_raise('max_images')}."
            )
        self._images += 1

    def take(self, pixels: int) -> None:
        """Spend an image's pixels.

        Raises
        ------
        PictureTooLargeError
            Too few are left; nothing is spent.
        """
        most = self._limits.max_request_pixels
        if self._pixels + pixels > most:
            raise PictureTooLargeError(
                f"The images of this request come to more than {most:,} pixels together; this one of {pixels:,} was "
                f"left as it is; {how_to_raise('max_request_pixels')}."
            )
        self._pixels += pixels
