"""Whether two images are the same view in two files: nothing changed that a person could read or see.

A perceptual hash cannot tell: it is made to forget what a changed digit changes. So two images are compared in full,
tile by tile of 8×8 pixels, each channel: the largest difference in a tile must stay within :data:`SHARE` of the
brightness range in it, between :data:`LEVELS` and :data:`MOST_LEVELS`. One changed character differs by a quarter of
its own contrast and more, however faint it is printed. A sketch of block means, kept in memory, rules out nearly every
pair before anything is decoded again.

Measured on text of 8 to 14 pixels in five pairs of colours (``tests/pictures/test_likeness.py``): every changed digit,
point and letter keeps the images apart. The price is that only faithful copies count as the same: another PNG or
lossless WebP, other metadata, slight noise. A JPEG copy of a screenshot does not, below about quality 98.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    from PIL import Image

    from headroom_nb.pictures.picture import Picture
    from headroom_nb.records import Size

SHARE = 0.1
"""Most that a pixel may differ, as a share of the brightness range in its tile."""

LEVELS, MOST_LEVELS = 4, 12
"""What a pixel may differ by in any case, and what it never may, levels of 255."""

TILE = 8
_BLOCK, _COARSE_BLOCK = 4, 64
_BAND = 32 * TILE
"""Rows compared at a time, to bound memory; whole tiles."""


@dataclass(frozen=True)
class Sketch:
    """What an image is recognised by at first sight.

    Attributes
    ----------
    size
        In pixels.
    coarse, fine
        Mean brightness of every 64×64 and every 4×4 block.
    """

    size: Size
    coarse: npt.NDArray[np.uint8]
    fine: npt.NDArray[np.uint8]

    @property
    def bytes(self) -> int:
        """Size in memory, about."""
        return self.coarse.nbytes + self.fine.nbytes + 1000


def sketch(picture: Picture) -> Sketch:
    """Return an image's sketch; raises PictureError when it cannot be decoded."""
    grey = picture.greys()
    return Sketch(picture.size, np.asarray(grey.reduce(_COARSE_BLOCK)), np.asarray(grey.reduce(_BLOCK)))


def may_be_alike(first: Sketch, second: Sketch) -> bool:
    """Return whether two images could be the same view, by their sketches."""
    if first.size != second.size:
        return False
    return all(
        bool(np.all(np.maximum(one, other) - np.minimum(one, other) <= LEVELS + 1))
        for one, other in ((first.coarse, second.coarse), (first.fine, second.fine))
    )


def look_alike(first: Picture, second: Picture) -> bool:
    """Return whether two images are the same view; raises PictureError when one cannot be decoded."""
    if first.size != second.size:
        return False
    width, height = first.size
    bands = [(0, top, width, min(top + _BAND, height)) for top in range(0, height, _BAND)]
    return all(_band_alike(first.rgb().crop(box), second.rgb().crop(box)) for box in bands)


def _band_alike(first: Image.Image, second: Image.Image) -> bool:
    one, other = _channels(first), _channels(second)
    largest = _tiles(np.abs(one - other).max(axis=0)).max(axis=(1, 3))
    span = np.maximum(_range(one[0]), _range(other[0]))
    return bool(np.all(largest <= np.clip(SHARE * span, LEVELS, MOST_LEVELS)))


def _channels(image: Image.Image) -> npt.NDArray[np.int16]:
    """Return (3, height, width): brightness and two colour channels."""
    return np.moveaxis(np.asarray(image.convert("YCbCr")), 2, 0).astype(np.int16)


def _range(channel: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """Return the largest less the smallest value of each tile."""
    tiles = _tiles(channel)
    found: npt.NDArray[np.int16] = tiles.max(axis=(1, 3)) - tiles.min(axis=(1, 3))
    return found


def _tiles(channel: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """Return (rows, 8, columns, 8) tiles of a channel, its last row and column repeated to fill them."""
    height, width = channel.shape
    full = np.pad(channel, ((0, -height % TILE), (0, -width % TILE)), mode="edge")
    return full.reshape(full.shape[0] // TILE, TILE, full.shape[1] // TILE, TILE)
