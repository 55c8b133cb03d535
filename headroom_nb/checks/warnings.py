"""Which of the provider's limits a compressed conversation still breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.costs import SentImage, check_images
from headroom_nb.records import ImagePart, format_path

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec
    from headroom_nb.records import ImageResult


def limit_warnings(images: tuple[ImageResult, ...], model: ModelSpec) -> tuple[str, ...]:
    """Return which of the provider's limits a result still breaks, each with the block's path."""
    sent: list[SentImage] = []
    for image in images:
        if image.parts:
            sent.extend(
                SentImage(image.path, part.size, len(part.data), part.media_type)
                for part in image.parts
                if isinstance(part, ImagePart)
            )
        elif image.original_size is not None:
            sent.append(SentImage(image.path, image.original_size, image.original_bytes, image.media_type or ""))
    return tuple(f"{format_path(found.path)}: {found.message}" for found in check_images(sent, model))
