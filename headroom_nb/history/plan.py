"""When old images are rewritten: policies over the requests of a conversation, and what each request cost. Pure.

An image has a *tier*: 0 (or :data:`ALONE`) as it was sent when it was new, and higher ones for fewer tokens. A change
of tier changes the bytes of every later request from there on: the provider's cache then serves only what stands
before. So the requests are gone through in order, and tiers change only in a request in which that is expected to pay:
over that request and as many more as there have been. As nothing is looked at but what stood in each request, a longer
conversation finds for its earlier requests what they were sent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, inf
from typing import TYPE_CHECKING

from headroom_nb.history.cache import Sent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_nb.history.cache import Cache
    from headroom_nb.history.requests import Item

    Tiers = tuple[int, ...]
    Policy = Callable[["Run", int, Tiers], Sequence[Tiers]]

MOST_DEARER = 0.008
"""Share of the cost of ``keep`` that ``auto`` may have spent on top of it, at any request: less than the one percent it
promises, as counts of text are estimates."""

ALONE = -1
"""The tier of an image that is sent as if it stood alone, though what changed in it could be sent."""

NEWEST = 2
"""Images that ``auto`` always leaves as they are."""


@dataclass(frozen=True)
class Step:
    """One request.

    Attributes
    ----------
    tiers
        Of each image that stands in it.
    total, cached
        Its tokens, and those of them that the cache serves.
    cost, keep_cost
        In tokens of full price; and what it would have cost had nothing ever been rewritten or left out.
    changed
        The first image that the request before sent otherwise; -1 where it begins as that did.
    stay
        The cost and the tokens of the request had no tier changed in it.
    """

    tiers: Tiers
    total: int
    cached: int
    cost: float
    keep_cost: float
    changed: int = -1
    stay: tuple[float, int] = (0.0, 0)

    def break_even(self, cache: Cache) -> float:
        """Return after how many more requests what was rewritten has paid: 0 for at once, infinity for never."""
        extra = self.cost - self.stay[0]
        saved = cache.again(self.stay[1]) - cache.again(self.total)
        return 0.0 if extra <= 0 else ceil(extra / saved) if saved > 0 else inf


@dataclass(frozen=True)
class Run:
    """A conversation as a plan sees it.

    Attributes
    ----------
    items
        What is billed, in order.
    tokens
        Returns the tokens of an image in a tier.
    keep
        Tokens of each image where nothing is done to conversations.
    needs
        The earlier image without which an image in tier 0 cannot be seen; -1 for none.
    bases
        Per image the first one that a later image may still refer to once this one was sent.
    cache
        The provider's.
    """

    items: Sequence[Item]
    tokens: Callable[[int, int], int]
    keep: Sequence[int]
    needs: Sequence[int]
    bases: Sequence[int]
    cache: Cache

    @property
    def requests(self) -> int:
        """How many requests there are."""
        return self.items[-1].request + 1 if self.items else 1

    @cached_property
    def request_of(self) -> tuple[int, ...]:
        """The request in which each image was first sent."""
        return tuple(item.request for item in self.items if item.image >= 0)


def walked(run: Run, policy: Policy, *, guarded: bool = False) -> list[Step]:
    """Go through the requests; in each, take the cheapest of what a policy offers, as expected over those to come.

    As many requests are expected to come as there have been.

    Parameters
    ----------
    run
        The conversation.
    policy
        Given the run, the request and the tiers as they are, returns tiers to consider; a single one is taken.
    guarded
        Take no tiers that bring the cost so far above that of leaving everything as it was.
    """
    walk = _Walk(run)
    for request in range(run.requests):
        walk.go_on(request)
        stay = walk.step(walk.tiers)
        offers = [walk.step(tiers) for tiers in policy(run, request, walk.tiers)]
        if guarded:
            most = walk.spent_keeping * (1 + MOST_DEARER) - walk.spent
            offers = [step for place, step in enumerate(offers) if not place or step.cost <= most]
        best = min(offers, key=lambda step: step.cost + (request + 1) * run.cache.again(step.total))
        walk.take(replace(best, stay=(stay.cost, stay.total)))
    return walk.steps


class _Walk:
    """Where a walk through the requests stands."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.steps: list[Step] = []
        self.tiers: Tiers = ()
        self.spent = self.spent_keeping = 0.0
        self._sent: list[Sent] = []
        self._kept: list[Sent] = []
        self._place = self._total = self._keep_total = 0
        self._shared = 0
        self._starts: list[int] = []  # tokens before each image

    def go_on(self, request: int) -> None:
        """Take in what is new in a request, as it is when it is new."""
        items, run = self.run.items, self.run
        self._shared, kept = self._total, self._keep_total
        end = next((place for place in range(self._place, len(items)) if items[place].request > request), len(items))
        new = items[self._place : end]
        self._place = end
        tier = self._tier_of_new(new)
        for item in new:
            if item.image >= 0:
                self._starts.append(self._total)
                self.tiers = (*self.tiers, tier)
            self._total += item.tokens if item.image < 0 else run.tokens(item.image, tier)
            self._keep_total += item.tokens if item.image < 0 else run.keep[item.image]
        alone = tuple(run.keep[: len(self.tiers)])
        read = run.cache.read(self._kept, alone, self._place, kept)
        self._kept.append(Sent(alone, self._place, self._keep_total))
        self._keep_cost = self.run.cache.cost(read, self._keep_total)
        self.spent_keeping += self._keep_cost

    def _tier_of_new(self, new: Sequence[Item]) -> int:
        """Return the tier of images that are new: alone where the request would else become too short to be cached."""
        run, total, kept = self.run, self._total, self._keep_total
        for item in new:
            total += item.tokens if item.image < 0 else run.tokens(item.image, 0)
            kept += item.tokens if item.image < 0 else run.keep[item.image]
        return ALONE if run.cache.on and total < run.cache.rule.minimum <= kept else 0

    def step(self, tiers: Tiers) -> Step:
        """Return the request with other tiers."""
        known = len(self.steps[-1].tiers) if self.steps else 0
        total, shared, changed = self._total, self._shared, -1
        for image, (old, new) in enumerate(zip(self.tiers, tiers, strict=True)):
            more = self.run.tokens(image, new) - self.run.tokens(image, old) if old != new else 0
            if more:  # the forms of an image that cost the same are one
                total += more
                if changed < 0 and image < known:
                    changed, shared = image, self._starts[image]
        read = self.run.cache.read(self._sent, self._images(tiers), self._place, shared)
        return Step(tiers, total, read, self.run.cache.cost(read, total), self._keep_cost, changed)

    def _images(self, tiers: Tiers) -> tuple[int, ...]:
        return tuple(self.run.tokens(image, tier) for image, tier in enumerate(tiers))

    def take(self, step: Step) -> None:
        """Send the request so."""
        moved = 0
        for image, (old, new) in enumerate(zip(self.tiers, step.tiers, strict=True)):
            self._starts[image] += moved
            moved += self.run.tokens(image, new) - self.run.tokens(image, old) if old != new else 0
        self._total, self.tiers = step.total, step.tiers
        self._sent.append(Sent(self._images(step.tiers), self._place, step.total))
        self.steps.append(step)
        self.spent += step.cost


def last(number: int) -> Policy:
    """Return the policy that leaves the newest images whole, sends as many before them smaller, and the rest as a line.

    Where a cache makes rewriting cost more than it saves, up to twice as many images stay whole.
    """

    def offer(run: Run, request: int, now: Tiers) -> Sequence[Tiers]:  # noqa: ARG001 - one shape for all policies
        newer = range(len(now) - 1, -1, -1)
        return _offered(run, now, [min(2, count // number) for count in newer], overdue=_whole(now) > 2 * number)

    return offer


def age(number: int) -> Policy:
    """Return the policy that leaves images whole for so many requests, then smaller for as many, and then as a line.

    Where a cache makes rewriting cost more than it saves, they stay whole for up to twice as many.
    """

    def offer(run: Run, request: int, now: Tiers) -> Sequence[Tiers]:
        ages = [request - run.request_of[image] for image in range(len(now))]
        aim = [0 if since <= number else 1 if since <= 2 * number else 2 for since in ages]
        overdue = any(tier <= 0 and since > 2 * number for tier, since in zip(now, ages, strict=True))
        return _offered(run, now, aim, overdue=overdue)

    return offer


def _offered(run: Run, now: Tiers, aim: Sequence[int], *, overdue: bool) -> list[Tiers]:
    """Return the tiers as they are and as they should be; those alone where that can wait no longer."""
    wanted = _moved(run, now, aim)
    return [wanted] if overdue else [now, wanted]


def _whole(tiers: Tiers) -> int:
    return sum(tier <= 0 for tier in tiers)


def auto(run: Run, request: int, now: Tiers) -> Sequence[Tiers]:  # noqa: ARG001 - one shape for all policies
    """Offer the tiers as they are, and with the images from some old one on, up to the newest, in fewer tokens."""
    end = min(len(now) - NEWEST, run.bases[len(now) - 1]) if now else 0
    offers = [now]
    back = 1
    while end > 0:
        start = max(0, end - back)
        tiers = _moved(run, now, [int(start <= place < end) for place in range(len(now))])
        if tiers not in offers:
            offers.append(tiers)
        if not start:
            break
        back += max(1, back // 2)
    return offers


def _moved(run: Run, now: Tiers, aim: Sequence[int]) -> Tiers:
    """Return tiers as they should be: never back, and whole where an image that stays whole is to be seen with it."""
    tiers = [max(wanted, old) if wanted else old for wanted, old in zip(aim, now, strict=True)]
    for place in range(len(tiers) - 1, -1, -1):
        needed = run.needs[place]
        if tiers[place] == 0 and needed >= 0:
            tiers[needed] = now[needed]
    return tuple(tiers)
