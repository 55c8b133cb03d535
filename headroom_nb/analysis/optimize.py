"""Stage 1 on a message list: resize each inline image to the size that costs least, and report it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import find_model
from headroom_nb.costs.plan import DEFAULT_MIN_SCALE, FREE_SCALE, SizeOption, TilePlan, check_share, plan
from headroom_nb.errors import HeadroomError
from headroom_nb.records import ImagePart

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.pictures import RequestBudget
    from headroom_nb.records import BlockPath, Size

__all__ = [
    "DEFAULT_MIN_SCALE",
    "FREE_SCALE",
    "SizeOption",
    "TileOptResult",
    "TilePlan",
    "optimize_images_in_messages",
    "plan",
]

MARK = "resize"
"""By which an image that was resized here is recognised, and left alone the next time."""


@dataclass(frozen=True)
class TileOptResult:
    """The result of one image after stage 1.

    Attributes
    ----------
    path
        Where its block stands.
    original_tokens, tokens
        Before and after; ``original_tokens`` is None where the provider would have refused the image, both are None
        where the size could not be read.
    free_tokens, traded_tokens
        The saving, split: free shows the model the same within 2 % linear, traded gave pixels up.
    original_size, size
        Pixels before and after.
    kept
        Linear share of what the model would have seen that it still does, 0 to 1.
    same_view
        A smaller size that would save bytes only: the same bill and the same view; None without one. Not taken.
    exact
        Whether the token figures are exact.
    note
        Why the image was changed or left, or what to know of the figures.
    """

    path: BlockPath
    original_tokens: int | None
    tokens: int | None
    free_tokens: int = 0
    traded_tokens: int = 0
    original_size: Size | None = None
    size: Size | None = None
    kept: float = 1.0
    same_view: Size | None = None
    exact: bool = True
    note: str = ""

    @property
    def tokens_saved(self) -> int:
        """Tokens saved; 0 where the cost before is not known."""
        return 0 if self.original_tokens is None or self.tokens is None else self.original_tokens - self.tokens


def optimize_images_in_messages(
    messages: Any, provider: str, model: str | None = None, *, min_scale: float = FREE_SCALE
) -> tuple[Any, list[TileOptResult]]:
    """Return the messages with cheaper image sizes, and one result per image.

    The input is not changed. An image that cannot be read, that stands behind a URL or is over a limit
    (:class:`~headroom_nb.Limits` of the environment) is left as it is and its result says why.

    Parameters
    ----------
    messages
        A message list or request body in any known format.
    provider, model
        Whose bill it is; without a model, the provider's default.
    min_scale
        Smallest linear share of the model's view to keep. From 0.98 on only free savings are taken.

    Raises
    ------
    OptionError, UnknownModelError
        The arguments name nothing we know, or ``min_scale`` is no share above 0.
    """
    from headroom_nb.formats import find_images, replace_images
    from headroom_nb.pictures import RequestBudget
    from headroom_nb.resource_limits import Limits

    spec = find_model(model, provider)
    check_share(min_scale)
    results, changes = [], {}
    budget = RequestBudget(Limits.from_environment())
    for slot in find_images(messages):
        try:
            part, result = _one(slot, spec, min_scale, budget)
        except HeadroomError as error:
            part, result = None, TileOptResult(slot.path, None, None, exact=False, note=f"left as it was: {error}")
        results.append(result)
        if part is not None:
            changes[slot.path] = (part,)
    return (replace_images(messages, changes) if changes else messages), results


def _one(
    slot: ImageSlot, spec: ModelSpec, min_scale: float, budget: RequestBudget
) -> tuple[ImagePart | None, TileOptResult]:
    from headroom_nb.formats import refusal
    from headroom_nb.pictures import encode, open_picture, read_header

    if slot.reference is not None:
        note = "sent by reference: not fetched, so its size and cost are not known"
        return None, TileOptResult(slot.path, None, None, exact=False, note=note)
    budget.count()
    data = slot.load()
    header = read_header(data)
    budget.take(header.pixels)
    sizes = plan(header.size, spec, slot.detail, min_scale=min_scale)
    result = _result(slot.path, header.size, sizes)
    if result.size == header.size:
        return None, result
    if header.mark is not None:
        return None, _left(result, sizes, "already resized here; doing it again would lose detail")
    if header.frames > 1:
        return None, _left(result, sizes, f"animated ({header.frames} frames)")
    smaller = open_picture(data).resized(result.size or header.size)
    encoded = encode(smaller, mark=MARK, webp=spec.limits.takes("image/webp"))
    part = ImagePart(encoded.data, encoded.media_type, encoded.size)
    why_not = refusal(slot, (part,))
    return (part, result) if why_not is None else (None, _left(result, sizes, why_not))


def _result(path: BlockPath, size: Size, sizes: TilePlan) -> TileOptResult:
    """Return the result of taking the plan's traded size."""
    chosen = sizes.traded
    if sizes.original is None:
        note, exact = f"refused at {size[0]}×{size[1]} px; sent at the largest size that is accepted", True
    else:
        note, exact = sizes.original.note, sizes.original.exact
    return TileOptResult(
        path=path,
        original_tokens=None if sizes.original is None else sizes.original.tokens,
        tokens=chosen.tokens,
        free_tokens=sizes.free_tokens,
        traded_tokens=sizes.traded_tokens,
        original_size=size,
        size=chosen.size,
        kept=chosen.kept,
        same_view=None if sizes.same_view is None else sizes.same_view.size,
        exact=exact,
        note=note,
    )


def _left(result: TileOptResult, sizes: TilePlan, why: str) -> TileOptResult:
    """Return the result of an image that stays although a cheaper size exists."""
    tokens = None if sizes.original is None else sizes.original.tokens
    note = f"left as it was: {why}"
    return replace(
        result, tokens=tokens, free_tokens=0, traded_tokens=0, size=result.original_size, kept=1.0, note=note
    )
