"""One conversation through ``history=``: screens as changes, then old images by the policy, and the report of both."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from headroom_nb.caching.originals import keep_original
from headroom_nb.costs.caching import cache_rule
from headroom_nb.history import plan
from headroom_nb.history.cache import Cache
from headroom_nb.history.older import Old, Texts, as_line, as_text, smaller
from headroom_nb.history.requests import is_cached, items_of
from headroom_nb.history.screens import BASES, Screens, is_whole
from headroom_nb.options.choice import read_history
from headroom_nb.records.history import HistoryReport

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.formats.walk import Message
    from headroom_nb.history.older import Read
    from headroom_nb.history.plan import Policy, Step
    from headroom_nb.options import Options
    from headroom_nb.pipeline.context import Tools
    from headroom_nb.records import ImageResult
    from headroom_nb.runtime.memory_limiter import MemoryLimiter

POLICIES: dict[str, Callable[[int], Policy]] = {"last": plan.last, "age": plan.age, "auto": lambda _: plan.auto}


class History:
    """Applies ``history=`` to conversations.

    Parameters
    ----------
    options
        The caller's; ``history`` names the policy.
    memory
        What images may take together while they are compared.
    """

    def __init__(self, options: Options, memory: MemoryLimiter) -> None:
        self._name = options.history
        self._kind, self._number = read_history(options.history)
        self._screens = Screens(options.limits, memory)
        self._texts = Texts()

    def replace(
        self,
        document: Any,
        messages: Sequence[Message],
        slots: Sequence[ImageSlot],
        images: Sequence[ImageResult],
        model: ModelSpec,
        tools: Tools,
        until: int | None = None,
    ) -> tuple[list[ImageResult], HistoryReport | None]:
        """Return the results of a conversation's images as the policy sends them, and what it did.

        Parameters
        ----------
        document, messages
            The conversation, and its messages as :func:`headroom_nb.formats.walk.read_messages` gives them.
        slots, images
            Its images, and the result of each by itself.
        model
            Whose bill it is.
        tools
            The OCR engine and the limits.
        until
            How many of the messages there are: an earlier request of the same conversation; None for all.
        """
        if self._kind == "keep" or not slots:
            return list(images), None
        places = {slot.path: place for place, slot in enumerate(slots)}
        items = items_of(messages[:until], places, model)
        if sum(item.image >= 0 for item in items) < len(slots):
            return list(images), None  # an image outside of messages: there are no requests to speak of
        request_of = [item.request for item in items if item.image >= 0]
        new = self._screens.replace(slots, images, model, self._reach(request_of))
        needs = [places.get(one.differs_from or one.duplicate_of or ("",), -1) for one in new]
        read = partial(self._texts.read, tools=tools)
        tiers = _Tiers(slots, new, images, needs, model, read, auto=self._kind == "auto")
        cache = Cache(cache_rule(model), on=is_cached(document, messages, model))
        run = plan.Run(
            items, tiers.tokens, [one.compressed_tokens for one in images], needs, _bases(new, images), cache
        )
        policy = POLICIES[self._kind](self._number)
        steps = plan.walked(run, policy, guarded=self._kind == "auto")
        sent = _with_what_they_rest_on([tiers.result(place, tier) for place, tier in enumerate(steps[-1].tiers)], needs)
        return sent, self._report(steps, sent, slots, cache, model)

    def _reach(self, request_of: Sequence[int]) -> list[int]:
        """Return the first image that each may refer to: one that the policy still sends whole by then."""
        if self._kind == "last":
            return [max(0, place - self._number + 1) for place in range(len(request_of))]
        if self._kind == "age":
            return [
                next(place for place, first in enumerate(request_of) if first >= request - self._number)
                for request in request_of
            ]
        return [0] * len(request_of)

    def _report(
        self,
        steps: Sequence[Step],
        sent: Sequence[ImageResult],
        slots: Sequence[ImageSlot],
        cache: Cache,
        model: ModelSpec,
    ) -> HistoryReport:
        now = steps[-1]
        pays = now.break_even(cache) if now.changed >= 0 else None
        return HistoryReport(
            policy=self._name,
            requests=len(steps),
            kinds=dict(Counter(one.done for one in sent if one.history)),
            breaks=None if now.changed < 0 else slots[now.changed].path,
            cached=cache.on,
            tokens=now.total,
            cached_tokens=now.cached,
            cost=sum(step.cost for step in steps),
            keep_cost=sum(step.keep_cost for step in steps),
            break_even=None if pays is None or pays == float("inf") else int(pays),
            usd_per_million_tokens=model.usd_per_million_tokens,
            ids={one.path: keep_original(one.original) for one in sent if one.history in _OLD},
        )


_OLD = {"smaller", "text", "line"}


class _Tiers:
    """The images of a conversation in every tier, each made when it is first asked for."""

    def __init__(
        self,
        slots: Sequence[ImageSlot],
        new: Sequence[ImageResult],
        alone: Sequence[ImageResult],
        needs: Sequence[int],
        model: ModelSpec,
        read: Read,
        *,
        auto: bool,
    ) -> None:
        self._new, self._alone = new, alone
        self._old = [
            Old(slot, image, place + 1, base + 1)
            for place, (slot, image, base) in enumerate(zip(slots, new, needs, strict=True))
        ]
        self._make = (
            (partial(as_text, model=model, read_text=read),)
            if auto
            else (partial(smaller, model=model), partial(as_line, model=model, read_text=read))
        )
        self._made: dict[tuple[int, int], ImageResult] = {}  # a cache of functools would hold this in a circle

    def tokens(self, place: int, tier: int) -> int:
        """Return the tokens of an image in a tier."""
        return self.result(place, tier).compressed_tokens

    def result(self, place: int, tier: int) -> ImageResult:
        """Return an image in a tier."""
        known = self._made.get((place, tier))
        if known is None:
            known = self._made[place, tier] = self._result(place, tier)
        return known

    def _result(self, place: int, tier: int) -> ImageResult:
        if tier == plan.ALONE:
            return self._alone[place]
        image = self._new[place]
        manual = image.decision is not None and image.decision.by == "user"
        if tier == 0 or manual or image.error is not None or not image.source or image.duplicate_of is not None:
            return image
        before = self.result(place, tier - 1)
        made = self._make[tier - 1](self._old[place])
        # each tier costs less than the one before: tokens tell the forms of an image apart
        return made if made.compressed_tokens < before.compressed_tokens else before


def _with_what_they_rest_on(sent: Sequence[ImageResult], needs: Sequence[int]) -> list[ImageResult]:
    """Return the results with the risk of those that show an earlier image which is not whole any more.

    A repeat, and the part that changed in a screen, leave the rest to be seen in the earlier image: where a line or a
    smaller view stands in its place, what that loses is lost for them too.
    """
    found: list[ImageResult] = []
    for image, base in zip(sent, needs, strict=True):
        before = found[base] if base >= 0 and image.history else None
        if before is not None and before.history in _OLD and (before.risk or 0.0) > (image.risk or 0.0):
            found.append(replace(image, risk=before.risk, free_tokens=0))
        else:
            found.append(image)
    return found


def _bases(new: Sequence[ImageResult], alone: Sequence[ImageResult]) -> list[int]:
    """Return per image the first one that later screens may still refer to once it was sent."""
    found, whole = [], []
    for place, (one, other) in enumerate(zip(new, alone, strict=True)):
        whole += [place] if one is other and is_whole(one) else []
        found.append(whole[-BASES] if len(whole) >= BASES else 0)
    return found
