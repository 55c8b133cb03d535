"""A user message with images from whatever a notebook holds: files, bytes, PIL images, arrays, figures."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import BytesIO
from os import PathLike
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.formats import anthropic, bedrock, google, ollama, openai_chat, openai_responses
from headroom_nb.formats.slots import public_part
from headroom_nb.records import ImagePart
from headroom_nb.runtime.files import read_file

if TYPE_CHECKING:
    from headroom_nb.formats.base import WireFormat

SENT_AS_IS = ("image/png", "image/jpeg", "image/webp", "image/gif")
"""Media types that every provider takes; files of other types are encoded anew."""


@dataclass(frozen=True)
class _Shape:
    """How a provider's message is put together: an empty image block, where blocks go, and what comes first."""

    wire: WireFormat
    image: dict[str, Any]
    key: str
    text_first: bool


_SHAPES = {
    "openai": _Shape(openai_chat.FORMAT, {"type": "image_url", "image_url": {}}, "content", text_first=True),
    "openai_responses": _Shape(
        openai_responses.FORMAT, {"type": "input_image", "detail": "auto"}, "content", text_first=True
    ),
    "anthropic": _Shape(anthropic.FORMAT, {"type": "image"}, "content", text_first=False),
    "google": _Shape(google.FORMAT, {}, "parts", text_first=False),
    "bedrock": _Shape(bedrock.FORMAT, {"image": {}}, "content", text_first=False),
}
"""Anthropic, Google and Amazon recommend images before the text; OpenAI's guide writes the text first."""

PROVIDERS = (*_SHAPES, "ollama")


def user_message(text: str, *images: Any, provider: str = "openai", detail: str | None = None) -> dict[str, Any]:
    """Return one user message in a provider's format.

    Parameters
    ----------
    text
        The question; empty for none.
    images
        Each a path, the bytes of a picture file, a PIL image, a numpy array (height × width, or × 1, 3 or 4 channels;
        ``uint8``, ``bool``, or floats from 0 to 1), a matplotlib figure, or an object that IPython can show as PNG.
        Files that the providers take are sent byte for byte.
    provider
        ``"openai"`` (Chat Completions), ``"openai_responses"``, ``"anthropic"``, ``"google"``, ``"bedrock"`` or
        ``"ollama"``.
    detail
        Detail level to ask for, such as ``"low"``; None says nothing.

    Raises
    ------
    OptionError
        When the provider, the detail level or the kind of an image is not one we know.
    PictureError
        When a file is not a picture.
    FileAccessError
        When a file cannot be read.
    """
    if not isinstance(text, str):
        raise OptionError(f"a message's text is text, not {type(text).__name__}")
    if not isinstance(provider, str) or provider not in PROVIDERS:
        raise OptionError(f"provider={provider!r} is not known; use one of {', '.join(PROVIDERS)}")
    wire = ollama.FORMAT if provider == "ollama" else _SHAPES[provider].wire
    if detail is not None and (not isinstance(detail, str) or detail not in wire.details):
        known = ", ".join(wire.details) or "none; leave it out"
        raise OptionError(f"detail={detail!r} cannot be asked of {provider}; it takes: {known}")
    parts = [_part(image, detail) for image in images]
    if provider == "ollama":
        written = {"images": [ollama.write_image("", part) for part in parts]} if parts else {}
        return {"role": "user", "content": text, **written}
    shape = _SHAPES[provider]
    blocks = [shape.wire.write_image(shape.image, part) for part in parts]
    texts = [shape.wire.write_text({}, text)] if text and shape.wire.write_text else []
    return {"role": "user", shape.key: [*texts, *blocks] if shape.text_first else [*blocks, *texts]}


def _part(image: Any, detail: str | None) -> ImagePart:
    """Return an image of any kind as a file to send."""
    data = _file_bytes(image)
    if data is None:
        return _encoded(_to_pil(image), detail)
    from headroom_nb.pictures import open_picture, read_header

    header = read_header(data)
    if header.media_type not in SENT_AS_IS:
        return _encoded(open_picture(data).rgb(), detail)
    return ImagePart(data, header.media_type, header.size, detail)


def _file_bytes(image: Any) -> bytes | None:
    """Return the bytes of what is a file already, or shows itself as one; None for pixels."""
    if isinstance(image, (bytes, bytearray, memoryview)):
        return bytes(image)
    if isinstance(image, str) and image.lower().startswith(("http://", "https://", "data:")):
        address = public_part(image.partition(",")[0] if image[:5].lower() == "data:" else image)
        raise OptionError(f"{address!r} is a URL, which is not fetched here; pass a path or the bytes")
    if isinstance(image, (str, PathLike)):
        return read_file(image)
    if _is_a(image, "matplotlib.figure", "Figure"):
        out = BytesIO()
        image.savefig(out, format="png", bbox_inches="tight")
        return out.getvalue()
    if _is_a(image, "PIL.Image", "Image") or _is_a(image, "numpy", "ndarray"):
        return None
    shown = getattr(image, "_repr_png_", None)
    png = shown() if callable(shown) else None
    if isinstance(png, bytes):
        return png
    raise OptionError(
        f"an image cannot be made of {type(image).__name__}; pass a path, bytes, a PIL image, a numpy array or a figure"
    )


def _is_a(value: Any, module: str, name: str) -> bool:
    """Return whether a value is of an optional library's class, without importing the library."""
    loaded = sys.modules.get(module)
    kind = getattr(loaded, name, None)
    return isinstance(kind, type) and isinstance(value, kind)


def _to_pil(image: Any) -> Any:
    return image if _is_a(image, "PIL.Image", "Image") else _array_to_pil(image)


def _array_to_pil(array: Any) -> Any:
    """Return an array of pixels as a PIL image."""
    import numpy as np
    from PIL import Image

    shape = " × ".join(map(str, array.shape))
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if not array.size or array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise OptionError(f"an array of {shape} is no picture; use height × width, or × 3 (RGB) or × 4 (RGBA)")
    if array.dtype == bool:
        array = array.astype(np.uint8) * np.uint8(255)
    elif np.issubdtype(array.dtype, np.floating):
        if not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
            raise OptionError("an array of floats must hold values from 0 to 1; scale it first")
        array = np.rint(array * 255).astype(np.uint8)
    elif array.dtype != np.uint8:
        raise OptionError(f"an array of {array.dtype} must be scaled to uint8, or to floats from 0 to 1")
    return Image.fromarray(array)


def _encoded(image: Any, detail: str | None) -> ImagePart:
    """Return a PIL image as a file: upright, in RGB, without its metadata."""
    from PIL import ImageOps

    from headroom_nb.pictures import encode
    from headroom_nb.pictures.modes import to_rgb

    encoded = encode(to_rgb(ImageOps.exif_transpose(image)), mark=None)
    return ImagePart(encoded.data, encoded.media_type, encoded.size, detail)
