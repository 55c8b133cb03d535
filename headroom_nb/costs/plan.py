"""The cheapest size to send an image in, by arithmetic on the model's billing rule alone.

Two kinds of saving are kept apart. *Free*: the model sees the same or within 2 % linear. *Traded*: pixels the model
would have seen are given up, down to a share the caller sets. Sizes keep the aspect ratio to the pixel and are never
enlarged. Every such size that could win is priced, so the result is the optimum and not a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

from headroom_nb.costs import billed, estimate, find_model
from headroom_nb.costs.pricing import terms
from headroom_nb.costs.registry import BILLED_BY_ASPECT, GROWS_WITH_VIEW, REFUSES_BY_SHAPE
from headroom_nb.errors import ImageRejectedError, OptionError

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec
    from headroom_nb.costs.billed import Billed
    from headroom_nb.records import Size, TokenEstimate

FREE_SCALE = 0.98
"""Linear share of the view above which a saving counts as free."""

DEFAULT_MIN_SCALE = 0.75
"""Linear share of the view that a traded saving keeps unless the caller says otherwise."""

MOST_SIZES = 8_000
"""Long sides that are tried: all of them up to an image 8,000 pixels long, and of a longer one those near its view,
above which every size is seen, and billed, as the image itself is."""


@dataclass(frozen=True)
class SizeOption:
    """A size to send.

    Attributes
    ----------
    size
        Width and height to send, pixels.
    tokens
        What it costs.
    sent_size
        What the model then sees after the provider's own resize, pixels.
    kept
        Linear share of what the model would have seen, 0 to 1.
    """

    size: Size
    tokens: int
    sent_size: Size
    kept: float


@dataclass(frozen=True)
class TilePlan:
    """What sizes can save on one image.

    Attributes
    ----------
    original
        The cost as it is; None where the provider would refuse it.
    free
        The cheapest size within 2 % of the same view; the image's own size where none is cheaper. Where the original
        is refused: the largest size that is accepted.
    traded
        The cheapest size that keeps ``min_scale`` of the view; equal to ``free`` where nothing more can be had.
    same_view
        A smaller size for which the bill and the view stay the same, so that only bytes are saved; None without one.
    """

    original: TokenEstimate | None
    free: SizeOption
    traded: SizeOption
    same_view: SizeOption | None

    @property
    def free_tokens(self) -> int:
        """Tokens saved for nothing; 0 where the original would have been refused."""
        return 0 if self.original is None else self.original.tokens - self.free.tokens

    @property
    def traded_tokens(self) -> int:
        """Tokens saved beyond the free ones by giving pixels up."""
        return self.free.tokens - self.traded.tokens


def plan(size: Size, model: ModelSpec | str, detail: str = "auto", *, min_scale: float = DEFAULT_MIN_SCALE) -> TilePlan:
    """Return the cheapest sizes for one image on one model.

    Parameters
    ----------
    size
        Upright width and height, pixels.
    model, detail
        Whose bill it is, and at which level.
    min_scale
        Smallest linear share of the view that a traded size must keep, above 0 and at most 1.

    Raises
    ------
    ImageRejectedError
        The model refuses this shape in every size.
    OptionError
        A share outside 0 to 1, a bad size or an unknown level.
    """
    check_share(min_scale)
    spec = find_model(model) if isinstance(model, str) else model
    return _plan(tuple(size), spec, detail, float(min_scale))


def check_share(min_scale: float) -> None:
    """Raise OptionError unless this is a share above 0 and at most 1."""
    if isinstance(min_scale, bool) or not isinstance(min_scale, (int, float)) or not 0 < min_scale <= 1:
        raise OptionError(f"min_scale is a share above 0 and at most 1, not {min_scale!r}")


@lru_cache(maxsize=4096)
def _plan(size: Size, spec: ModelSpec, detail: str, min_scale: float) -> TilePlan:
    if _accepted(size, spec, detail):
        original = estimate(size, spec, detail)
        start = SizeOption(size, original.tokens, original.sent_size, 1.0)
        free = _cheapest(start, spec, detail, FREE_SCALE)
    else:
        original, free = None, _largest_accepted(size, spec, detail)
        start = free
    traded = free if original and min_scale >= FREE_SCALE else _cheapest(start, spec, detail, min_scale)
    return TilePlan(
        original=original,
        free=free,
        traded=traded if traded.tokens < free.tokens else free,
        same_view=_same_view(start, spec, detail),
    )


def _cheapest(start: SizeOption, spec: ModelSpec, detail: str, min_scale: float) -> SizeOption:
    """Return the cheapest size of the same shape that keeps a share of the view; the start where none is cheaper.

    Sizes are tried from small to large. Where tokens grow with the view, none can cost less than the smallest view
    allowed: where that is the price as it is, or once it is met and passed again, the rest need not be tried.
    """
    rule = terms(spec, detail)[0]
    if rule in BILLED_BY_ASPECT:
        return start
    reference = seen_of(start)
    smallest = tuple(max(ceil(side * min_scale - 1e-9), 1) for side in reference)
    least = billed((smallest[0], smallest[1]), spec, detail).tokens if rule in GROWS_WITH_VIEW else 0
    if start.tokens == least:
        return start
    best = start
    for longest in range(max(smallest), min(max(start.size), max(smallest) + MOST_SIZES) + 1):
        for candidate in shaped(start.size, longest):
            try:
                tokens, sent = billed(candidate, spec, detail)
            except ImageRejectedError:
                continue  # a pixel's rounding can push a very long shape over a limit of shape
            seen = min(sent[0], candidate[0]), min(sent[1], candidate[1])
            kept = min(seen[0] / reference[0], seen[1] / reference[1], 1.0)
            option = SizeOption(candidate, tokens, sent, kept)
            if kept >= min_scale and _better(option, best):
                best = option
            if tokens > least == best.tokens:
                return best
    return best


def shaped(size: Size, longest: int) -> tuple[Size, ...]:
    """Return the sizes with this long side whose short side is the exact one rounded down and up."""
    width, height = size
    across, along = min(size), max(size)
    down, up = across * longest // along, -(-across * longest // along)
    shorts = (max(down, 1),) if down in (0, up) else (down, up)
    return tuple((longest, side) if width >= height else (side, longest) for side in shorts)


def _better(one: SizeOption, other: SizeOption) -> bool:
    """Fewer tokens first, then the larger view, then the larger image."""
    return (-one.tokens, one.kept, one.size) > (-other.tokens, other.kept, other.size)


def tokens_by_size(size: Size, model: ModelSpec | str, detail: str = "auto") -> list[tuple[int, int]]:
    """Return the steps of the bill as an image of this shape grows: ``(long side in pixels, tokens from there on)``.

    Sizes the provider refuses are left out; the last step holds up to the image's own size or the largest accepted.
    Of an image longer than :data:`MOST_SIZES` pixels, steps are found to within a few of them.
    """
    spec = find_model(model) if isinstance(model, str) else model
    steps: list[tuple[int, int]] = []
    most = max(largest_accepted(size, spec, detail))
    for longest in range(1, most + 1, -(-most // MOST_SIZES)):
        candidate = shaped(size, longest)[0]
        if not _accepted(candidate, spec, detail):
            continue
        tokens = billed(candidate, spec, detail).tokens
        if not steps or steps[-1][1] != tokens:
            steps.append((longest, tokens))
    return steps


def largest_accepted(size: Size, spec: ModelSpec, detail: str = "auto") -> Size:
    """Return the largest size of the same shape that the provider accepts.

    Raises
    ------
    ImageRejectedError
        The model refuses this shape in every size.
    """
    return size if _accepted(size, spec, detail) else _largest_accepted(size, spec, detail).size


def seen_of(option: SizeOption) -> Size:
    """Return the view in pixels that carry information: enlarging adds none."""
    return min(option.sent_size[0], option.size[0]), min(option.sent_size[1], option.size[1])


def _largest_accepted(size: Size, spec: ModelSpec, detail: str) -> SizeOption:
    """Return the largest accepted size; refusals only grow with the size, so bisection finds it."""
    limit = spec.limits.max_side
    if terms(spec, detail)[0] in REFUSES_BY_SHAPE and (limit is None or max(size) <= limit):
        billed(size, spec, detail)  # raises: no size of this shape would be accepted
    low, high = 1, max(size)
    while low < high:
        middle = (low + high + 1) // 2
        if _accepted(shaped(size, middle)[0], spec, detail):
            low = middle
        else:
            high = middle - 1
    best = shaped(size, low)[0]
    tokens, sent = billed(best, spec, detail)
    return SizeOption(best, tokens, sent, 1.0)


def _accepted(size: Size, spec: ModelSpec, detail: str) -> bool:
    try:
        billed(size, spec, detail)
    except ImageRejectedError:
        return False
    return True


def try_billed(size: Size, spec: ModelSpec, detail: str) -> Billed | None:
    """Return tokens and seen size; None where the provider refuses it."""
    try:
        return billed(size, spec, detail)
    except ImageRejectedError:
        return None


def _same_view(start: SizeOption, spec: ModelSpec, detail: str) -> SizeOption | None:
    sent = start.sent_size
    if sent == start.size or sent[0] > start.size[0] or sent[1] > start.size[1]:
        return None
    again = billed(sent, spec, detail)
    return SizeOption(sent, again.tokens, sent, 1.0) if again == (start.tokens, sent) else None
