"""An image that is decoded when it is first looked at, and only once."""

from __future__ import annotations

import hashlib
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING

from headroom_nb.errors import HeadroomError, UnreadablePictureError, UnsupportedPictureError
from headroom_nb.pictures.header import PictureHeader, check_bytes, check_pixels, read_header
from headroom_nb.pictures.pixels import fit, in_greys, in_rgb, resize, to_plain, upright, upright_size, without_colour
from headroom_nb.pictures.plugins import DECODE_ERRORS, open_plugin, quiet, reason
from headroom_nb.resource_limits import Limits
from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from PIL import Image

    from headroom_nb.records import Box, Size


_DRAFTS = (8, 4, 2)
"""Parts of its size that a JPEG can be decoded at (ITU T.81: by leaving coefficients out)."""


class Picture:
    """One image; safe to share between threads.

    The images handed out are shared: copy before changing one.

    Attributes
    ----------
    data
        The file's bytes.
    header
        What its header says.
    """

    def __init__(self, data: bytes, header: PictureHeader) -> None:
        self.data = data
        self.header = header
        self._lock = RLock()
        self._rgb: Image.Image | None = None
        self._whole: Image.Image | None = None
        self._luma: Image.Image | None = None
        self._small: dict[Size, Image.Image] = {}
        self._drafts: dict[int, Image.Image] = {}

    def __repr__(self) -> str:
        width, height = self.size
        return f"<Picture {self.header.format} {width}×{height} px, {len(self.data):,} bytes>"

    @property
    def size(self) -> Size:
        """Upright ``(width, height)`` in pixels."""
        return self.header.size

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file's bytes, in hex: the key of every cache."""
        return hashlib.sha256(self.data).hexdigest()

    def rgb(self) -> Image.Image:
        """Return the whole image upright in RGB, alpha laid on a background that keeps it visible.

        Raises
        ------
        UnreadablePictureError
            The file is truncated or broken.
        """
        with self._lock:
            if self._rgb is None:
                self._rgb = in_rgb(self._decoded())
            return self._rgb

    def greys(self) -> Image.Image:
        """Return the whole image upright in 256 levels of grey; raises UnreadablePictureError.

        Of a JPEG the luma alone is decoded, always so: half the time and a quarter of the memory of its colours.
        """
        with self._lock:
            if self.header.format != "JPEG" or self.header.mode == "L":
                return in_greys(self._decoded())
            if self._luma is None:
                self._luma = in_greys(self._decode(self.size, "L"))
            return self._luma

    def piece(self, box: Box, size: Size) -> Image.Image:
        """Return the part in a box (left, top, right, bottom in pixels) in RGB at exactly ``size``.

        Raises
        ------
        UnreadablePictureError
            The file is truncated or broken.
        """
        with self._lock:
            part = self._decoded().crop(box)
        return in_rgb(resize(part, size))

    def small(self, max_side: int) -> Image.Image:
        """Return the image in RGB with its longer side at most ``max_side`` pixels; never larger than it is."""
        return self.resized(fit(self.size, max_side))

    def resized(self, size: Size) -> Image.Image:
        """Return the image in RGB at exactly ``size``.

        A JPEG is decoded at a half, a quarter or an eighth where that is still enough: always so, and not only where it
        was not decoded yet, as the pixels must not hang on what was looked at before. A grey image is resized in
        grey: the pixels are the same, for a third of the work.
        """
        with self._lock:
            if size == self.size:
                return self.rgb()
            if size not in self._small:
                checkpoint()
                self._small[size] = in_rgb(resize(self._source(size), size))
            return self._small[size]

    def _source(self, size: Size) -> Image.Image:
        """Return the image no smaller than ``size``: the whole, or a JPEG as far as it has to be decoded."""
        spare = min(has // wanted for has, wanted in zip(self.size, size, strict=True))
        scale = next((scale for scale in _DRAFTS if scale <= spare), 1)
        if scale == 1 or self.header.format != "JPEG":
            return self._decoded()
        if scale not in self._drafts:
            self._drafts[scale] = self._decode(size)
        return self._drafts[scale]

    def _decoded(self) -> Image.Image:
        """Return the whole image, in greys where it has no colours."""
        if self._whole is None:
            self._whole = self._decode(self.size)
        return self._whole

    def _decode(self, at_least: Size, mode: str | None = None) -> Image.Image:
        """Decode to upright RGB or grey, no smaller than ``at_least`` where the format can stop short.

        ``mode`` is what to decode to where the format has a choice; None is as it is stored.
        """
        checkpoint()
        header = self.header
        try:
            image = open_plugin(header.format, self.data)
            if image.size != upright_size(header.size, header.orientation):
                raise UnreadablePictureError(
                    f"This {header.format} file claims {header.size} pixels and holds {image.size}."
                )
            if at_least != header.size or mode is not None:
                image.draft(mode or image.mode, upright_size(at_least, header.orientation))
            with quiet():
                image.load()
        except HeadroomError:
            raise  # it is unreadable, or the work must end
        except DECODE_ERRORS as error:
            raise UnreadablePictureError(
                f"This {header.format} file is truncated or broken ({reason(error)})."
            ) from error
        return upright(without_colour(to_plain(image)), header.orientation)


def open_picture(data: bytes, limits: Limits | None = None, header: PictureHeader | None = None) -> Picture:
    """Return an image after a look at its header; nothing is decoded yet.

    Parameters
    ----------
    data
        The file's bytes.
    limits
        What is refused from the header; None takes those of the environment.
    header
        What the header says, where it has been read already.

    Raises
    ------
    PictureTooLargeError
        Over a limit.
    UnreadablePictureError
        Not an image, or its header is broken.
    UnsupportedPictureError
        An animation, a document of several pages, or a format that cannot be read here.
    """
    limits = Limits.from_environment() if limits is None else limits
    check_bytes(len(data), limits)
    header = read_header(data) if header is None else header
    check_pixels(header, limits)
    if header.frames > 1:
        what = "pages" if header.format == "TIFF" else "frames"
        raise UnsupportedPictureError(
            f"This {header.format} file has {header.frames} {what}; only still images are compressed."
        )
    return Picture(data, header)
