"""The last word on every form: what it really costs once it is made, and what can stand where the image stands.

What replaces an image may not be larger in bytes without a saving worth it, nor break a limit that the image met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from headroom_nb.costs.pricing import price_parts
from headroom_nb.costs.provider_limits import base64_bytes
from headroom_nb.formats import refusal
from headroom_nb.records import ImagePart, Technique, TextPart

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.costs.pricing import Price
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.records import ImageResult, Part
    from headroom_nb.techniques.base import Job
    from headroom_nb.techniques.forms import Form


WORTH = 0.2
"""Share of an image's tokens that must be saved before its bytes may grow."""


def too_heavy(parts: Sequence[Part], before: int, tokens: tuple[int, int], model: ModelSpec) -> str:
    """Return why these parts may not replace an image, as a sentence; empty where they may.

    Parameters
    ----------
    parts
        What would stand in its place.
    before
        The image's bytes.
    tokens
        What it costs, and what the parts cost.
    model
        Whose limits hold.
    """
    sent = [len(part.data) for part in parts if isinstance(part, ImagePart)]
    limits = model.limits
    for size, limit in ((max, limits.max_image_bytes), (_largest_base64, limits.max_image_base64_bytes)):
        if sent and limit is not None and size([before]) <= limit < size(sent):
            return f"it would be of {max(sent):,} bytes, which {model.provider} does not accept"
    if sum(sent) > before and tokens[1] > (1 - WORTH) * tokens[0]:
        return f"it would grow from {before:,} to {sum(sent):,} bytes and save less than {WORTH:.0%} of its tokens"
    return ""


def _largest_base64(sizes: Iterable[int]) -> int:
    return base64_bytes(max(sizes))


def light_enough(images: Sequence[ImageResult], model: ModelSpec, document: Any) -> list[ImageResult]:
    """Return the results with the original wherever what replaces it would be too heavy.

    The limits of the whole request are looked at last, and only where a request that met them would break them: then
    the images that became most images, or grew most in bytes, stay as they were, earlier ones too.
    """
    kept = _few_enough([_checked(image, model) for image in images], model.limits.max_images)
    limit = model.limits.max_request_bytes
    if limit is None or sum(map(_growth, kept)) <= 0:
        return kept
    before = _length(document)
    spare = limit - before
    grown = sorted(range(len(kept)), key=lambda index: _growth(kept[index]), reverse=True)
    for index in grown if spare >= 0 else ():
        if sum(map(_growth, kept)) <= spare:
            break
        if _growth(kept[index]) > 0:
            kept[index] = as_it_was(kept[index], f"the request would pass the {limit:,} bytes that are accepted")
    return kept


def _few_enough(images: list[ImageResult], most: int | None) -> list[ImageResult]:
    """Return the results with the originals of those cut into most pieces, where all the pieces would be too many."""
    spare = max(most, len(images)) - sum(map(_count, images)) if most is not None else 0
    kept = images.copy()
    for index in sorted(range(len(images)), key=lambda index: _count(images[index]), reverse=True):
        if spare >= 0:
            break
        spare += _count(images[index]) - 1
        kept[index] = as_it_was(images[index], f"the request would pass the {most:,} images that are accepted")
    return kept


def _count(image: ImageResult) -> int:
    """Return how many images stand in the place of one."""
    return sum(isinstance(part, ImagePart) for part in image.parts) if image.parts else 1


def _checked(image: ImageResult, model: ModelSpec) -> ImageResult:
    if not image.parts or not image.source:
        return image
    tokens = image.original_tokens, image.compressed_tokens
    if image.saved_tokens <= 0:
        return image  # the provider refuses the original
    why = too_heavy(image.parts, image.original_bytes, tokens, model)
    return as_it_was(image, why) if why else image


def as_it_was(image: ImageResult, why: str) -> ImageResult:
    """Return the result of an image that is sent as it came after all."""
    return replace(
        image,
        technique=Technique.PRESERVE,
        compressed_tokens=image.original_tokens,
        compressed_bytes=image.original_bytes,
        sizes=() if image.original_size is None else (image.original_size,),
        free_tokens=0,
        kept_pixels=1.0,
        exact=image.original_exact,
        parts=(),
        note=f"Left as it was: {why}" + (f". Else: {image.note}" if image.note else ""),
    )


def _growth(image: ImageResult) -> int:
    """Return by how many bytes of the request an image's replacement is longer than it."""
    if not image.parts:
        return 0
    sent = sum(
        len(part.text.encode("utf-8", "replace")) if isinstance(part, TextPart) else base64_bytes(len(part.data))
        for part in image.parts
    )
    return sent - base64_bytes(image.original_bytes)


def _length(value: Any) -> int:
    """Return about how many bytes a document takes as JSON: those of its texts. What holds itself counts once."""
    total = 0
    inside: set[int] = set()
    left: list[tuple[Any, bool]] = [(value, True)]
    while left:
        each, is_new = left.pop()
        if not is_new:
            inside.discard(id(each))
        elif isinstance(each, str):
            total += len(each)
        elif isinstance(each, (bytes, bytearray)):
            total += base64_bytes(len(each))
        elif id(each) not in inside:
            own = vars(each) if hasattr(each, "__dict__") and not isinstance(each, Mapping) else each
            if callable(each) or not isinstance(own, (Mapping, list, tuple)):
                total += 4
                continue
            inside.add(id(each))
            left.append((each, False))
            if isinstance(own, Mapping):
                total += sum(len(str(key)) for key in own)
                own = own.values()
            left.extend((entry, True) for entry in own)
    return total


@dataclass(frozen=True)
class Made:
    """A form that was made: its parts, and their price."""

    form: Form
    parts: tuple[Part, ...]
    price: Price

    @property
    def bytes(self) -> int:
        """Encoded bytes of its images."""
        return sum(len(part.data) for part in self.parts if isinstance(part, ImagePart))


def make(form: Form, job: Job, slot: ImageSlot, before: Price) -> Made | str:
    """Return a form with its parts, or why it cannot be sent.

    Raises
    ------
    ImageRejectedError
        The provider would refuse one of its images.
    """
    if form.free and not form.sizes:
        return Made(form, (), before)
    parts = form.build()
    if not parts:
        return Made(form, (), before)
    why = refusal(slot, parts)
    if why is not None:
        return why
    price = price_parts(parts, job.model, job.detail)
    # an image that the provider refuses gives way to anything that costs no more
    bound = before.tokens if before.accepted else before.tokens + 1
    if price.tokens >= bound:
        return "does not cost less than the image as it is"
    if before.accepted:
        heavy = too_heavy(parts, len(job.picture.data), (before.tokens, price.tokens), job.model)
        if heavy:
            return heavy
    return Made(form, parts, price)
