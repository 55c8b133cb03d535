"""How big a picture may be, told from its header before anything is decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.errors import PictureTooLargeError

if TYPE_CHECKING:
    from headroom_nb.pictures.header import PictureHeader

MAX_PIXELS = 64_000_000
"""8000 × 8000, the largest picture any provider in the table takes; decoded it is 192 MB of RGB."""

MAX_BYTES = 64 * 2**20
"""More than any provider takes inline for one picture (10 MB at Anthropic, 20 MB in older OpenAI documents)."""

MAX_REQUEST_PIXELS = 2_000_000_000
"""All pictures of one request together: about half a minute of decoding on one core."""


def check_bytes(length: int, *, max_bytes: int = MAX_BYTES) -> None:
    """Raise PictureTooLargeError when a file is longer than ``max_bytes``."""
    if length > max_bytes:
        raise PictureTooLargeError(f"The picture is {length:,} bytes long; the limit is {max_bytes:,}.")


def check_pixels(header: PictureHeader, *, max_pixels: int = MAX_PIXELS) -> None:
    """Raise PictureTooLargeError when the header claims more than ``max_pixels``."""
    if header.pixels > max_pixels:
        width, height = header.size
        raise PictureTooLargeError(
            f"The picture claims {width}×{height} = {header.pixels:,} pixels; the limit is {max_pixels:,}. "
            "Nothing was decoded; raise max_pixels if the picture is meant."
        )


class RequestBudget:
    """The pixels that one request may decode, spent in order of appearance.

    A picture is judged by those before it alone, so a longer conversation never changes the verdict on an older part.
    """

    def __init__(self, max_pixels: int = MAX_REQUEST_PIXELS) -> None:
        self._left = self._total = max_pixels

    def take(self, pixels: int) -> None:
        """Spend a picture's pixels.

        Raises
        ------
        PictureTooLargeError
            Too few are left; nothing is spent.
        """
        if pixels > self._left:
            raise PictureTooLargeError(
                f"The pictures of this request come to more than {self._total:,} pixels together; "
                f"this one of {pixels:,} was left as it is."
            )
        self._left -= pixels
