"""After compression: what the provider would still refuse is resized, and its result says so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headroom_nb.checks.fit import fit_limits
from headroom_nb.costs.pricing import price_parts
from headroom_nb.errors import HeadroomError
from headroom_nb.formats import find_images
from headroom_nb.pictures import read_header
from headroom_nb.records import ImagePart, format_path

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats import ImageSlot
    from headroom_nb.records import CompressionResult, ImageResult, Part
    from headroom_nb.resource_limits import Limits


def enforce_limits(result: CompressionResult, model: ModelSpec, limits: Limits) -> CompressionResult:
    """Return the result within the provider's limits, as far as resizing goes; ``warnings`` holds the rest.

    Whether an image has to shrink depends on the whole request (how many images it has, for one). So an earlier turn
    may come out different once later ones are added, and a cached prefix with it.
    """
    fitted, check = fit_limits(result.messages, model, limits=limits)
    of_documents = {
        part.data for document in result.documents for part in document.parts if isinstance(part, ImagePart)
    }
    slots = [
        pair
        for pair in zip(find_images(result.messages), find_images(fitted), strict=True)
        if not (of_documents and pair[0].reference is None and _holds(pair[0], of_documents))
    ]
    every = iter(slots)
    images = []
    for image in result.images:
        count = sum(isinstance(part, ImagePart) for part in image.parts) if image.parts else 1
        pairs = [next(every) for _ in range(count)]
        changed = any(old.block is not new.block for old, new in pairs)
        images.append(_account(image, [new for _, new in pairs], model) if changed else image)
    return replace(
        result,
        messages=fitted,
        images=tuple(images),
        warnings=tuple(f"{format_path(found.path)}: {found.message}" for found in check.violations),
    )


def _holds(slot: ImageSlot, files: set[bytes]) -> bool:
    """Return whether a slot's image is one of these files."""
    try:
        return slot.load() in files
    except HeadroomError:
        return False


def _account(image: ImageResult, slots: list[ImageSlot], model: ModelSpec) -> ImageResult:
    """Return the result of an image of which something was resized."""
    sent: list[ImagePart | None] = [part for part in image.parts if isinstance(part, ImagePart)] or [None]
    made = [_part(slot, part) for slot, part in zip(slots, sent, strict=True)]
    texts = [part for part in image.parts if not isinstance(part, ImagePart)]
    parts: tuple[Part, ...] = (*texts, *made)
    sizes = tuple(part.size for part in made)
    share = sum(w * h for w, h in sizes) / max(1, sum(w * h for w, h in image.sizes))
    try:
        price = price_parts(parts, model, slots[0].detail)
    except HeadroomError as error:
        return replace(image, note=f"{image.note}; {error}".removeprefix("; "))
    return replace(
        image,
        compressed_tokens=min(price.tokens, image.compressed_tokens),
        compressed_bytes=sum(len(part.data) for part in made),
        sizes=sizes,
        kept_pixels=image.kept_pixels * min(1.0, share),
        exact=image.original_exact and price.exact,
        parts=parts,
        note=f"{image.note}; resized to the provider's limits".removeprefix("; "),
    )


def _part(slot: ImageSlot, before: ImagePart | None) -> ImagePart:
    """Return what stands in a slot now; it shows what ``before`` did, or the original where that is None."""
    data = slot.load()
    header = read_header(data)
    detail = None if slot.detail == "auto" else slot.detail
    made = ImagePart(data, header.media_type, header.size, detail)
    return made if before is None else replace(made, box=before.box, role=before.role)
