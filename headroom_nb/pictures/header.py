"""What an image's header says, and whether so big an image is allowed, without decoding a pixel.

PNG, JPEG, WebP and GIF are walked here, block by block: their libraries allocate canvases or inflate text blocks while
they open a file, and a header that lies must cost nothing. Other formats are opened by Pillow, which reads their
headers only; what in these could be endless is counted first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.errors import PictureTooLargeError, TooManyImagesError, UnreadablePictureError, UnsupportedPictureError
from headroom_nb.pictures import gif, jpeg, png, webp
from headroom_nb.pictures.pixels import upright_size
from headroom_nb.pictures.plugins import PLUGINS, open_stored, sniff
from headroom_nb.pictures.stored import BrokenFileError, StoredHeader
from headroom_nb.resource_limits import DEFAULTS, Limits, how_to_raise

if TYPE_CHECKING:
    from headroom_nb.records import Size

_PARSERS = {"PNG": png.parse, "JPEG": jpeg.parse, "WEBP": webp.parse, "GIF": gif.parse}


@dataclass(frozen=True)
class PictureHeader:
    """What is known of an image before it is decoded.

    Attributes
    ----------
    format
        ``"PNG"``, ``"JPEG"``, ``"WEBP"``, ``"GIF"``, ``"BMP"``, ``"TIFF"``, ``"AVIF"``, ``"JPEG2000"``, ``"PPM"`` or
        ``"HEIF"``.
    media_type
        Such as ``"image/png"``; from the bytes, not from what a message claims.
    size
        ``(width, height)`` in pixels as a person sees it, orientation applied.
    mode
        Pillow's name of the stored pixels (``"RGB"``, ``"P"``, ``"I;16"`` …).
    frames
        Frames of an animation or pages of a document; 1 for a still image.
    bytes
        Length of the file.
    orientation
        EXIF orientation, 1 to 8.
    mark
        The text by which our own output is recognised, or None.
    """

    format: str
    media_type: str
    size: Size
    mode: str
    frames: int
    bytes: int
    orientation: int
    mark: str | None

    @property
    def pixels(self) -> int:
        """Width times height."""
        return self.size[0] * self.size[1]

    @property
    def memory_pixels(self) -> int:
        """Pixels of an ordinary image that takes as much memory to decode."""
        return self.pixels * PLUGINS[self.format].weight


def read_header(data: bytes) -> PictureHeader:
    """Return what the header says; no pixel is decoded.

    Raises
    ------
    UnreadablePictureError
        The bytes are no image, or the header is broken.
    UnsupportedPictureError
        An image in a format that cannot be read here.
    """
    name = sniff(data)
    if name is None:
        raise UnreadablePictureError(_describe_unknown(data))
    plugin = PLUGINS[name]
    if not plugin.available():
        raise UnsupportedPictureError(f"{name} images cannot be read here; {plugin.install}.")
    try:
        stored = _PARSERS[name](data) if name in _PARSERS else open_stored(name, data)
    except BrokenFileError as error:
        raise UnreadablePictureError(f"This {name} file cannot be read: {error}.") from error
    if stored.size[0] < 1 or stored.size[1] < 1:
        raise UnreadablePictureError(f"This {name} file claims a size of {stored.size[0]}×{stored.size[1]} pixels.")
    return _upright(name, plugin.media_type, stored, len(data))


def _upright(name: str, media_type: str, stored: StoredHeader, length: int) -> PictureHeader:
    return PictureHeader(
        format=name,
        media_type=media_type,
        size=upright_size(stored.size, stored.orientation),
        mode=stored.mode,
        frames=stored.frames,
        bytes=length,
        orientation=stored.orientation,
        mark=stored.mark,
    )


def _describe_unknown(data: bytes) -> str:
    if not data:
        return "The image is empty (0 bytes)."
    start = data[:256].lstrip().lower()
    if start.startswith((b"<svg", b"<?xml", b"<!doctype svg")):
        return "SVG is a drawing, not an image; render it to PNG first."
    if start.startswith(b"%pdf"):
        return "PDF is a document, not an image; render its pages to PNG first."
    return f"These {len(data)} bytes are not an image in a format known here ({', '.join(PLUGINS)})."


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
