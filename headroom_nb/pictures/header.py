"""What an image's header says, read without decoding a pixel.

PNG, JPEG, WebP and GIF are walked here, block by block: their libraries allocate canvases or inflate text blocks while
they open a file, and a header that lies must cost nothing. Other formats are opened by Pillow, which reads their
headers only; what in these could be endless is counted first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.errors import UnreadablePictureError, UnsupportedPictureError
from headroom_nb.pictures import gif, jpeg, png, webp
from headroom_nb.pictures.pixels import upright_size
from headroom_nb.pictures.plugins import PLUGINS, open_stored, sniff
from headroom_nb.pictures.stored import BrokenFileError, StoredHeader

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
