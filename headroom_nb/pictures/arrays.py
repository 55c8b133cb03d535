"""Arrays of pixels as Pillow images: any layout and number type that can only mean one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL.Image import Image

_CHANNELS = (1, 3, 4)


def array_to_image(array: npt.NDArray[Any]) -> Image:
    """Return an array of pixels as an image.

    Parameters
    ----------
    array
        Height × width, with 1, 3 (RGB) or 4 (RGBA) channels last or first, and leading axes of length 1 (a batch of
        one). Numbers: ``bool``; integers from 0 to 255; ``uint16`` over the whole 16 bits, where any value is above
        255; floats from 0 to 1, or from 0 to 255 where any is above 1.

    Raises
    ------
    OptionError
        When the shape or the values are not those of one image.
    """
    from PIL import Image

    shape = " × ".join(map(str, array.shape))
    pixels = array
    while pixels.ndim > 3 and pixels.shape[0] == 1:
        pixels = pixels[0]
    if pixels.ndim == 4:
        raise OptionError(f"an array of {shape} holds {len(pixels)} images; pass list(array), or one of them")
    if pixels.ndim == 3 and pixels.shape[2] not in _CHANNELS and pixels.shape[0] in _CHANNELS:
        pixels = pixels.transpose(1, 2, 0)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if not pixels.size or pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] not in _CHANNELS):
        raise OptionError(
            f"an array of {shape} is not an image; use height × width, with 3 (RGB) or 4 (RGBA) channels last or first"
        )
    return Image.fromarray(_eight_bits(pixels))


def _eight_bits(pixels: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Return the pixels as ``uint8`` from 0 to 255, in one block of memory."""
    import numpy as np

    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels)
    if pixels.dtype == bool:
        return np.asarray(pixels * np.uint8(255), np.uint8)
    if pixels.dtype.kind not in "iuf":
        raise OptionError(
            f"an array of {pixels.dtype} is not an image; pass integers from 0 to 255 or floats from 0 to 1"
        )
    low, high = pixels.min(), pixels.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        raise OptionError(
            "an array with NaN or infinity is not an image; replace them first, with numpy.nan_to_num for one"
        )
    if pixels.dtype == np.uint16 and high > 255:
        return np.rint(pixels / 257.0).astype(np.uint8)
    if low < 0 or high > 255:
        raise OptionError(
            f"an image's values are from 0 to 255 (or floats from 0 to 1), not {low} to {high}: scale them"
        )
    scale = 255.0 if pixels.dtype.kind == "f" and high <= 1 else 1.0
    return np.rint(pixels * scale).astype(np.uint8)
