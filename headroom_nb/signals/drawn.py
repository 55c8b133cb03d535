"""Whether an image was drawn by a program, as screens and charts are, rather than photographed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headroom_nb.pictures import Picture

VIEW = 256
"""Long side in pixels of the view that is looked at."""

LOOK = 1024
"""Long side in pixels of the view in which signals are measured."""

BITS = 4
"""Of each colour channel: shades closer than this are one colour."""

FLAT = 0.45
"""Least share of the commonest colour."""


def is_drawn(picture: Picture, *, measured: bool = False) -> bool:
    """Return whether one colour fills most of an image; raises PictureError where it cannot be decoded.

    Parameters
    ----------
    picture
        The image.
    measured
        Whether its signals were: the view they were measured in is decoded already, and nothing is decoded again.
    """
    from PIL import Image, ImageOps

    from headroom_nb.pictures.pixels import fit

    view = picture.small(LOOK if measured else VIEW)
    view = view.resize(fit(view.size, VIEW), Image.Resampling.BOX)
    view = ImageOps.posterize(view, BITS)
    counts = view.getcolors(view.width * view.height) or [(0, None)]
    return max(count for count, _ in counts) >= FLAT * view.width * view.height
