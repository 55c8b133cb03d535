"""Images of Pillow that stand among texts, as google-genai and Hugging Face take them: ``[image, "question"]``."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, is_image

if TYPE_CHECKING:
    from headroom_nb.records import ImagePart


def opened(data: bytes, like: Any = None) -> Any:
    """Return the bytes of an image file as an image of Pillow, or as a smolagents image where one stood there."""
    from PIL import Image

    image = Image.open(BytesIO(data))
    image.load()
    return type(like)(image) if is_wrapper(like) else image


def is_wrapper(image: Any) -> bool:
    """Return whether an image only holds another one, as those that smolagents hands to tools."""
    return callable(getattr(image, "to_raw", None)) and type(image).__module__.startswith("smolagents.")


def read(item: Any) -> Source | None:
    """Return the source of an image."""
    return Source(item) if is_image(item) else None


def write_image(item: Any, part: ImagePart) -> Any:
    """Return another image of Pillow."""
    return opened(part.data, item)


def write_text(item: Any, text: str) -> str:  # noqa: ARG001
    """Return the text, which stands there by itself."""
    return text


FORMAT = WireFormat("pillow", None, read, write_image, write_text)
