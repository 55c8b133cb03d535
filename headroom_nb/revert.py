"""Sending one image of a result as it came in, after all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headroom_nb.check_limits import check
from headroom_nb.formats import replace_images
from headroom_nb.results import Technique, format_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.results import BlockPath, CompressionResult, ImageResult


def revert(result: CompressionResult, path: BlockPath | str) -> CompressionResult:
    """Return a new result in which the image at a path is the original block; the given one stays as it is.

    Raises
    ------
    OptionError
        When there is no such image.
    """
    chosen = result.image_at(path)
    images = tuple(_as_it_came(image) if image is chosen else image for image in result.images)
    parts = {image.path: image.parts for image in images if image.parts}
    messages = replace_images(result.original, parts)
    limits = check(messages, result.model, provider=result.provider).violations

    def recompress(
        techniques: Mapping[BlockPath, Technique], questions: Mapping[BlockPath, str] | None = None, /
    ) -> CompressionResult:
        again = result.recompress(techniques, questions) if result.recompress is not None else result
        return again if chosen.path in {*techniques, *(questions or {})} else revert(again, chosen.path)

    return replace(
        result,
        messages=messages,
        images=images,
        warnings=tuple(f"{format_path(found.path)}: {found.message}" for found in limits),
        recompress=None if result.recompress is None else recompress,
    )


def _as_it_came(image: ImageResult) -> ImageResult:
    return replace(
        image,
        technique=Technique.PRESERVE,
        compressed_tokens=image.original_tokens,
        sizes=() if image.original_size is None else (image.original_size,),
        compressed_bytes=image.original_bytes,
        free_tokens=0,
        kept_pixels=1.0,
        exact=image.original_exact,
        parts=(),
        duplicate_of=None,
        note="sent as it came in: chosen by hand",
    )
