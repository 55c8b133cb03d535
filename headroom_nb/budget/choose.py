"""One form for each image, least risk together within so many tokens: the multiple-choice knapsack problem.

The linear relaxation, solved on the convex hulls of the forms, gives a price for a token and a bound. Forms that the
bound rules out are dropped; the few that are left are gone through exactly. The method is that of D. Pisinger,
"A minimal algorithm for the multiple-choice knapsack problem", European Journal of Operational Research 83 (1995).
"""

from __future__ import annotations

from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

RISK_UNIT = 10_000
"""Risks are compared in ten thousandths, as results show them."""

WIDTHS, MOST_WIDTHS = (16,), (8, 64, 1024, 16_384)
"""Partial choices that are followed at the same time, few at first: what they find makes the next round shorter ..."""

FEW = 64
"""... and images up to which all the rounds are done; among more, the choice may only be near the least risk."""


class Chosen(NamedTuple):
    """The forms that were chosen.

    Attributes
    ----------
    places
        For each image, which of its forms.
    tokens, risk
        Their sums.
    fits
        Whether the tokens are within the budget; else these are the fewest there are.
    bound
        Most by which the risk could be above the least possible; 0.0 where it is the least.
    """

    places: tuple[int, ...]
    tokens: int
    risk: float
    fits: bool
    bound: float = 0.0


class _Point(NamedTuple):
    """A form: its tokens, what is to be small (the risk, and of equal risks the tokens), and where it stands."""

    tokens: int
    value: int
    place: int


class _State(NamedTuple):
    """A choice for the first images: tokens, value, what it costs above the relaxation, and its points as a chain."""

    tokens: int
    value: int
    above: int
    chain: tuple  # type: ignore[type-arg]


def choose_forms(images: Sequence[Sequence[tuple[int, float]]], budget: int) -> Chosen:
    """Return the forms of least total risk whose tokens are within a budget; of equal risk, those of fewest tokens.

    Parameters
    ----------
    images
        For each image its forms, each its tokens and its risk (0 to 1); of equal ones the first is taken.
    budget
        Tokens that all may cost together. Where they cannot be met, the forms of fewest tokens are chosen.

    Examples
    --------
    >>> forms = [(1000, 0.0), (400, 0.01), (100, 0.2)]
    >>> choose_forms([forms, forms], 1400).places
    (0, 1)
    >>> choose_forms([forms, forms], 150).fits
    False
    """
    # a token weighs less than any risk: value orders by risk first, and the whole problem has one number to minimise
    weight = 1 + sum(max(tokens for tokens, _ in forms) for forms in images)
    classes = [_useful(forms, weight) for forms in images]
    fewest = [points[0] for points in classes]
    over = sum(point.tokens for point in fewest) - budget
    if over >= 0:
        return _sums(images, fewest, fits=not over)
    best, bound = [points[-1] for points in classes], 0
    if sum(point.tokens for point in best) > budget:
        best, bound = _search(classes, budget)
    return _sums(images, best, fits=True, bound=bound // weight / RISK_UNIT)


def _sums(
    images: Sequence[Sequence[tuple[int, float]]], points: Sequence[_Point], *, fits: bool, bound: float = 0.0
) -> Chosen:
    places = tuple(point.place for point in points)
    taken = [forms[place] for forms, place in zip(images, places, strict=True)]
    return Chosen(places, sum(tokens for tokens, _ in taken), sum(risk for _, risk in taken), fits, bound)


def _useful(forms: Sequence[tuple[int, float]], weight: int) -> list[_Point]:
    """Return the forms that no other beats in both, from few tokens and much risk to many tokens and little."""
    kept: list[_Point] = []
    least: float = float("inf")
    for tokens, value, place in sorted(
        [(tokens, round(risk * RISK_UNIT) * weight + tokens, place) for place, (tokens, risk) in enumerate(forms)]
    ):
        if value < least:
            kept.append(_Point(tokens, value, place))
            least = value
    return kept


def _hull(points: Sequence[_Point]) -> list[_Point]:
    """Return the points of the lower convex hull: each further token buys less than the one before."""
    kept: list[_Point] = []
    for point in points:
        while len(kept) > 1:
            (first, high, _), (middle, value, _) = kept[-2:]
            if (high - value) * (point.tokens - middle) > (value - point.value) * (middle - first):
                break
            kept.pop()
        kept.append(point)
    return kept


def _search(classes: Sequence[Sequence[_Point]], budget: int) -> tuple[list[_Point], int]:
    """Return the best choice that was found, and by how much its value could be above the least."""
    best, gain, cost = _greedy(classes, budget)
    # at a price of gain/cost a token, no choice within the budget is below the floor; in whole numbers, times cost
    reduced = [[cost * value + gain * tokens for tokens, value, _ in points] for points in classes]
    least = [min(costs) for costs in reduced]
    floor = sum(least) - gain * budget
    value = sum(point.value for point in best)
    dropped: int | None = None
    for width in MOST_WIDTHS if len(classes) <= FEW else WIDTHS:
        room = cost * value - floor  # what a choice may cost above the floor to be better than the best known
        kept = [
            [(point, each - low) for point, each in zip(points, costs, strict=True) if each - low < room]
            for points, costs, low in zip(classes, reduced, least, strict=True)
        ]
        found, dropped = _through(kept, budget, room, width) if all(kept) else (None, None)
        reached = value if found is None else sum(point.value for point in found)
        if found is not None and reached < value:
            best, value = found, reached
        if dropped is None or floor + dropped >= cost * value:
            return best, 0
    return best, value - -(-(floor + (dropped or 0)) // cost)


def _greedy(classes: Sequence[Sequence[_Point]], budget: int) -> tuple[list[_Point], int, int]:
    """Return a choice within the budget, and the step of the hulls at which the tokens ran out: its gain and tokens."""
    steps = []
    for index, points in enumerate(classes):
        for less, more in pairwise(_hull(points)):
            gain, tokens = less.value - more.value, more.tokens - less.tokens
            steps.append((-gain / tokens, index, more.tokens, more, gain, tokens))
    steps.sort()
    taken = [points[0] for points in classes]
    left = budget - sum(point.tokens for point in taken)
    broke: tuple[int, int] | None = None
    for _, index, _, more, gain, tokens in steps:
        needed = more.tokens - taken[index].tokens
        if needed <= left:
            left -= needed
            taken[index] = more
        elif broke is None:
            broke = gain, tokens
    return taken, *(broke or (0, 1))


def _through(
    classes: Sequence[Sequence[tuple[_Point, int]]], budget: int, room: int, width: int
) -> tuple[list[_Point] | None, int | None]:
    """Go through what is left, image by image.

    Returns
    -------
    The best choice, None for none below ``room``; and the least that a choice which was not followed would cost above
    the floor, None where all were.
    """
    order = sorted(range(len(classes)), key=lambda index: (len(classes[index]) > 1, _second(classes[index])))
    fewest = [0]
    for index in reversed(order):
        fewest.append(fewest[-1] + min(point.tokens for point, _ in classes[index]))
    states, dropped = [_State(0, 0, 0, ())], None
    for index in order:
        fewest.pop()
        most = budget - fewest[-1]
        made = [
            _State(tokens + point.tokens, value + point.value, above + extra, (chain, index, point))
            for tokens, value, above, chain in states
            for point, extra in classes[index]
            if above + extra < room and tokens + point.tokens <= most
        ]
        if len(classes[index]) > 1:
            made = _not_beaten(made)
            if len(made) > width:
                made.sort(key=attrgetter("above"))
                dropped = min(made[width].above, room if dropped is None else dropped)
                del made[width:]
        states = made
    if not states:
        return None, dropped
    chain = min(states, key=lambda state: state.value).chain
    found: dict[int, _Point] = {}
    while chain:
        chain, index, point = chain
        found[index] = point
    return [found[index] for index in range(len(classes))], dropped


def _second(points: Sequence[tuple[_Point, int]]) -> int:
    """Return what the second best of some points costs more than the best."""
    return sorted(extra for _, extra in points)[1] if len(points) > 1 else 0


def _not_beaten(states: list[_State]) -> list[_State]:
    """Return the states that no other beats in tokens and value."""
    kept: list[_State] = []
    for state in sorted(states, key=attrgetter("tokens", "value")):
        if not kept or state.value < kept[-1].value:
            kept.append(state)
    return kept
