"""What a provider refuses, found before sending: pixels, sides, counts, bytes and formats of a request's images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb import records
from headroom_nb.costs.models import find_model
from headroom_nb.costs.pricing import estimate
from headroom_nb.errors import ImageRejectedError, format_path
from headroom_nb.records import ImagePart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_nb.costs.spec import ModelSpec, ProviderLimits
    from headroom_nb.records import BlockPath, ImageResult, LimitUse, LimitViolation, Size


@dataclass(frozen=True)
class SentImage:
    """One image of a request as it would go out.

    Attributes
    ----------
    path
        Where its block stands.
    size
        Width and height in pixels; None where it is not known (a URL).
    bytes
        Encoded bytes, raw (not base64); None where they are not inline.
    media_type
        What the bytes are; None where it is not known.
    detail
        The level asked for.
    animated
        Whether it has more than one frame.
    reference
        Whether it stands behind a URL or a file id.
    """

    path: BlockPath
    size: Size | None
    bytes: int | None
    media_type: str | None
    detail: str = "auto"
    animated: bool = False
    reference: bool = False


def check_images(images: Sequence[SentImage], model: ModelSpec | str) -> list[LimitViolation]:
    """Return every limit of the model's provider that the images of one request break; empty when all is well.

    All images count: earlier turns and images inside tool results too.
    """
    spec = find_model(model) if isinstance(model, str) else model
    violations = list(_request(images, spec))
    for image in images:
        violations.extend(_one(image, spec, len(images)))
    return violations


def limit_uses(images: Sequence[SentImage], spec: ModelSpec) -> tuple[LimitUse, ...]:
    """Return every limit that the provider states, with the image or the request nearest to it."""
    limits, count = spec.limits, len(images)
    sides = [(max(image.size), image.path) for image in images if image.size is not None]
    raw = [(image.bytes, image.path) for image in images if image.bytes is not None]
    coded = [(base64_bytes(size), path) for size, path in raw]
    many = limits.many_images is not None and count > limits.many_images
    side = limits.many_images_max_side if many and limits.many_images_max_side else limits.max_side
    rows: tuple[tuple[str, int | None, str, list[tuple[int, BlockPath]]], ...] = (
        ("images in the request", limits.max_images, "images", [(count, ())]),
        (f"longest side{f' with more than {limits.many_images} images' if many else ''}", side, "px", sides),
        ("bytes of an image", limits.max_image_bytes, "bytes", raw),
        ("bytes of an image in base64", limits.max_image_base64_bytes, "bytes", coded),
        ("bytes of the request's images", limits.max_request_bytes, "bytes", [(sum(size for size, _ in coded), ())]),
    )
    nothing: tuple[int | None, BlockPath] = (None, ())
    return tuple(
        records.LimitUse(words, nearest[0], allowed, unit, nearest[1])
        for words, allowed, unit, known in rows
        if allowed is not None
        for nearest in [max(known, key=lambda each: each[0]) if known else nothing]
    )


def base64_bytes(raw: int) -> int:
    """Return how many bytes a number of raw bytes take in base64."""
    return -(-raw // 3) * 4


def _request(images: Sequence[SentImage], spec: ModelSpec) -> Iterator[LimitViolation]:
    limits = spec.limits
    if limits.max_images is not None and len(images) > limits.max_images:
        first = images[limits.max_images].path
        yield records.LimitViolation(
            first, f"{len(images)} images in one request; {spec.provider} accepts {limits.max_images}: send fewer"
        )
    total = sum(base64_bytes(image.bytes) for image in images if image.bytes is not None)
    if limits.max_request_bytes is not None and total > limits.max_request_bytes:
        yield records.LimitViolation(
            (),
            f"the images of the request take {_megabytes(total)} in base64; "
            f"{spec.provider} accepts {_megabytes(limits.max_request_bytes)} a request: send them smaller",
            fixable=True,
        )


def _one(image: SentImage, spec: ModelSpec, count: int) -> Iterator[LimitViolation]:
    limits = spec.limits
    if image.media_type is not None and not limits.takes(image.media_type):
        accepted = ", ".join(sorted(limits.media_types))
        yield records.LimitViolation(
            image.path, f"{image.media_type} is not accepted by {spec.provider}: use one of {accepted}", fixable=True
        )
    if image.reference and not limits.references:
        yield records.LimitViolation(
            image.path, f"behind a URL or file id; {spec.provider} accepts inline images: send its bytes"
        )
    if image.animated and limits.animated != "first frame":
        yield records.LimitViolation(
            image.path, f"an animated image; {spec.provider} accepts still images: send one frame"
        )
    if image.size is not None:
        yield from _sides(image.path, image.size, image.detail, spec, count)
    if image.bytes is not None:
        yield from _bytes(image.path, image.bytes, limits, spec.provider)


def _sides(path: BlockPath, size: Size, detail: str, spec: ModelSpec, count: int) -> Iterator[LimitViolation]:
    limits = spec.limits
    try:
        estimate(size, spec, detail)
    except ImageRejectedError as refusal:
        yield records.LimitViolation(path, str(refusal), fixable=True)
    longest = limits.many_images_max_side
    if limits.many_images is not None and longest is not None and count > limits.many_images and max(size) > longest:
        yield records.LimitViolation(
            path,
            f"{size[0]}×{size[1]} px among {count} images; with more than {limits.many_images} images "
            f"{spec.provider} accepts at most {longest:,} px a side: send it smaller or send fewer",
            fixable=True,
        )


def _bytes(path: BlockPath, raw: int, limits: ProviderLimits, provider: str) -> Iterator[LimitViolation]:
    for used, limit, unit in (
        (raw, limits.max_image_bytes, ""),
        (base64_bytes(raw), limits.max_image_base64_bytes, " in base64"),
    ):
        if limit is not None and used > limit:
            yield records.LimitViolation(
                path,
                f"{_megabytes(used)}{unit}; {provider} accepts {_megabytes(limit)} an image: send it smaller",
                fixable=True,
            )


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB"


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
