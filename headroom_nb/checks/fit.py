"""Make a conversation acceptable to its provider: resize and re-encode what would be refused, and only that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from headroom_nb.checks.check import check, sent_image
from headroom_nb.costs import SentImage, base64_bytes
from headroom_nb.costs.plan import largest_accepted
from headroom_nb.errors import HeadroomError, ImageRejectedError, PictureError
from headroom_nb.formats import find_images, refusal, replace_images
from headroom_nb.formats.model_choice import choose_model
from headroom_nb.formats.replace import mended_labels
from headroom_nb.pictures import RequestBudget, encode, open_picture
from headroom_nb.records import CheckResult, ImagePart
from headroom_nb.resource_limits import Limits

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec, ProviderLimits
    from headroom_nb.pictures import Picture
    from headroom_nb.records import Size

MARK = "resize"

STEP = 0.8
"""Linear factor of one step towards a limit of bytes."""

_ANY_IMAGE = ImagePart(b"", "image/png", (1, 1))

SMALLEST_SIDE = 256
"""Long side in pixels under which bytes are not bought with pixels any more."""


@dataclass(frozen=True)
class _Inline:
    """An image whose bytes are in the document, as it stands and as it would go out; some may not be changed."""

    data: bytes
    sent: SentImage
    changeable: bool
    part: ImagePart | None = None

    @property
    def bytes(self) -> int:
        return base64_bytes(self.sent.bytes or 0)


def fit_limits(
    messages: Any,
    model: str | ModelSpec | None = None,
    *,
    provider: str | None = None,
    limits: Limits | None = None,
) -> tuple[Any, CheckResult]:
    """Return the conversation with every image that resizing can make acceptable, and the check of the result.

    The input is not changed; images within the limits stay byte for byte. What resizing cannot mend (too many images,
    a URL where none is taken, an animation, a broken or huge image) is left and stands in the check.

    Parameters
    ----------
    messages, model, provider
        As for :func:`headroom_nb.checks.check.check`.
    limits
        What the call may use up; None takes the defaults, with what the environment sets.

    Raises
    ------
    UnknownModelError, OptionError
        The model or provider is not in the table.
    """
    resources = Limits.given_or_default(limits)
    budget = RequestBudget(resources)
    spec, _ = choose_model(messages, model=model, provider=provider)
    slots = find_images(messages)
    inline = {}
    for slot in slots:
        try:
            sent = sent_image(slot)
            if sent.size is not None:
                budget.count()
                budget.take(sent.size[0] * sent.size[1])
        except HeadroomError:
            continue  # what is broken, the check of the result names
        if sent.size is not None and not sent.animated:
            inline[slot.path] = _Inline(slot.load(), sent, refusal(slot, (_ANY_IMAGE,)) is None)
    fitted = {path: _fit_one(image, spec, len(slots), resources) for path, image in inline.items()}
    _fit_together(fitted, spec, resources)
    changes: dict[Any, tuple[ImagePart, ...]] = {
        path: (image.part,) for path, image in fitted.items() if image.part is not None
    }
    changes |= mended_labels(slots, changes, everywhere=True)
    result = replace_images(messages, changes) if changes else messages
    return result, check(result, spec)


def _fit_one(image: _Inline, spec: ModelSpec, count: int, resources: Limits) -> _Inline:
    """Return the image within the limits that hold for it alone; as it is where it cannot be decoded."""
    limits = spec.limits
    size = image.sent.size or (1, 1)
    target = _accepted_size(size, image.sent.detail, spec, count)
    if target is None or not image.changeable:
        return image
    if target == size and limits.takes(image.sent.media_type or "") and _bytes_fit(image, limits):
        return image
    try:
        picture = open_picture(image.data, resources)
        made = _encoded(image, picture, target, spec)
        while not _bytes_fit(made, limits) and max(target) > SMALLEST_SIDE:
            target = _scaled(target)
            made = _encoded(image, picture, target, spec)
    except PictureError:
        return replace(image, changeable=False)
    return made


def _fit_together(images: dict[Any, _Inline], spec: ModelSpec, resources: Limits) -> None:
    """Shrink the heaviest image, step by step, until the request as a whole is within its limit."""
    most = spec.limits.max_request_bytes
    while most is not None and sum(image.bytes for image in images.values()) > most:
        large = {
            path: image
            for path, image in images.items()
            if image.changeable and max(image.sent.size or (1, 1)) > SMALLEST_SIDE
        }
        if not large:
            return
        path = max(large, key=lambda key: large[key].bytes)
        image = large[path]
        try:
            picture = open_picture(image.data, resources)
            images[path] = _encoded(image, picture, _scaled(image.sent.size or (1, 1)), spec)
        except PictureError:
            images[path] = replace(image, changeable=False)


def _accepted_size(size: Size, detail: str, spec: ModelSpec, count: int) -> Size | None:
    """Return the largest size of the same shape that is accepted among so many images; None where there is none."""
    limits = spec.limits
    many = limits.many_images is not None and count > limits.many_images
    side = limits.many_images_max_side if many else None
    if side is not None and max(size) > side:
        size = _to_side(size, side)
    try:
        return largest_accepted(size, spec, detail)
    except ImageRejectedError:
        return None


def _encoded(image: _Inline, picture: Picture, size: Size, spec: ModelSpec) -> _Inline:
    made = encode(
        picture.resized(size),
        mark=picture.header.mark or MARK,
        webp=spec.limits.takes("image/webp"),
        like=picture.header,
    )
    sent = replace(image.sent, size=made.size, bytes=len(made.data), media_type=made.media_type)
    return replace(image, sent=sent, part=ImagePart(made.data, made.media_type, made.size))


def _bytes_fit(image: _Inline, limits: ProviderLimits) -> bool:
    raw = image.sent.bytes or 0
    return raw <= (limits.max_image_bytes or raw) and image.bytes <= (limits.max_image_base64_bytes or image.bytes)


def _scaled(size: Size) -> Size:
    return _to_side(size, max(int(max(size) * STEP), 1))


def _to_side(size: Size, side: int) -> Size:
    """Return the size with this long side, the short side rounded down."""
    longest = max(size)
    return max(size[0] * side // longest, 1), max(size[1] * side // longest, 1)
