"""The image as the model receives it, after the provider's own resize."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.costs import ModelSpec, estimate, find_model
from headroom_nb.pictures import Picture, file_or_pixels, open_picture, resize
from headroom_nb.pictures.pixels import to_rgb

if TYPE_CHECKING:
    from PIL.Image import Image

    from headroom_nb.records import Size


def view_size(size: Size, model: ModelSpec | str, detail: str = "auto") -> Size:
    """Return the size in pixels at which a model sees an image of `size`.

    For Gemini 3 this is the grid of 48-pixel cells it cuts the image into: the image is fitted to whole cells, so a
    small one is enlarged without gaining anything. For a flat rate with no published resize it is the size itself.

    Raises
    ------
    ImageRejectedError
        When the provider would refuse the image.
    """
    return estimate(size, model, detail).sent_size


def provider_view(image: Any, model: ModelSpec | str, detail: str = "auto") -> Image:
    """Return the image as `model` receives it at a detail level.

    Parameters
    ----------
    image
        An image of any kind that :func:`headroom_nb.user_message` takes.
    model
        Name or row of the model table.
    detail
        Detail level asked for, in the package's words.

    Returns
    -------
    PIL.Image.Image
        RGB, upright, at the size the provider's rule gives. The provider's own filter is not published; ours is the one
        used for every resize here.

    Raises
    ------
    ImageRejectedError
        When the provider would refuse the image.
    UnknownModelError
        When the model is not in the table.
    OptionError
        When it is no image of these kinds, or there is no such detail level.
    PictureError
        When a file is not an image.
    FileAccessError
        When a file cannot be read.
    """
    spec = model if isinstance(model, ModelSpec) else find_model(model)
    picture = _as_rgb(image)
    size = view_size((picture.width, picture.height), spec, detail)
    return picture if size == picture.size else resize(picture, size)


def _as_rgb(image: Any) -> Image:
    found = image if isinstance(image, Picture) else file_or_pixels(image)
    if isinstance(found, bytes):
        found = open_picture(found)
    if isinstance(found, Picture):
        return found.rgb()
    from PIL import ImageOps

    return to_rgb(ImageOps.exif_transpose(found))
