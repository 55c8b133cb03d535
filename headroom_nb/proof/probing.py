"""Learning how an unknown model bills images, from the token counts of a few sizes.

A few probes say which kind of rule it is and bound its constants. Then the sizes on which the remaining rules disagree
most are counted, until one is left.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import ceil, isqrt, log2
from typing import TYPE_CHECKING, Any

from headroom_nb.costs.registry import bill
from headroom_nb.errors import HeadroomError, ImageRejectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from headroom_nb.records import Size

LARGEST = (8192, 4096, 2048)
"""Longest sides to probe, pixels: the first that is not refused as a square."""

SQUARES = (64, 256, 1024, 4096)
OBLONG = ((1024, 256), (256, 1024), (4096, 512), (512, 4096))

MOST_ROUNDS, POOL = 40, 30_000
"""Probes that choose among rules at most, and how many times a rule is applied to pick each of them."""

SPREAD = 60
"""Rules that a probe is picked by, where more are left."""

TILE = 512
"""Side of the tiles of OpenAI's older models, pixels."""

HELD_OUT = 12
"""Random sizes that a rule is checked on in the end."""

MOST_DIGITS = 4
"""Digits of a multiplier behind the point."""


@dataclass(frozen=True)
class Rule:
    """A rule of the table with its constants."""

    name: str
    constants: tuple[tuple[str, Any], ...]

    def tokens(self, size: Size) -> int | None:
        """Return what an image costs by this rule; None where it refuses it."""
        try:
            return bill(self.name, size, dict(self.constants)).tokens
        except HeadroomError:
            return None

    @property
    def roundness(self) -> tuple[int, ...]:
        """What orders rules that no probe tells apart: rounder constants first."""
        return tuple(_roundness(value) for _, value in self.constants if isinstance(value, int))


@dataclass
class Probes:
    """Counts sizes, each once."""

    measure: Callable[[Size], int | None]
    largest: int = LARGEST[-1]
    counted: dict[Size, int] = field(default_factory=dict)

    def __call__(self, width: int, height: int) -> int:  # noqa: D102 - the class says it
        size = (width, height)
        if size not in self.counted:
            tokens = self.measure(size)
            if tokens is None:
                raise ImageRejectedError(f"an image of {width}×{height} px was refused while the rule was learned")
            self.counted[size] = tokens
        return self.counted[size]


@dataclass(frozen=True)
class Found:
    """The rule that fits, how many others fit as well, and how it did on sizes it was not chosen by."""

    rule: Rule
    rivals: int
    checked: int
    agreed: int


def learn_rule(measure: Callable[[Size], int | None], seed: int = 7) -> tuple[Found | None, dict[Size, int]]:
    """Return the rule that fits the counts, None where no known kind does, and every count.

    Parameters
    ----------
    measure
        Returns the tokens of an image of a size in pixels; None where it is refused.
    seed
        Of the sizes that are drawn.

    Raises
    ------
    ImageRejectedError
        Even a square of 2,048 px is refused.
    """
    chance = random.Random(seed)  # noqa: S311 - sizes to try, no secrets
    probes = Probes(measure, next((side for side in LARGEST if measure((side, side)) is not None), LARGEST[-1]))
    rules = [rule for rule in _candidates(probes) if _fits(rule, probes)]
    for _ in range(MOST_ROUNDS):
        if len(rules) < 2:
            break
        size = _telling(rules, chance, probes.largest)
        if size is None:
            break
        counted = probes(*size)
        rules = [rule for rule in rules if rule.tokens(size) == counted]
    if not rules:
        return None, probes.counted
    best = min(rules, key=lambda rule: rule.roundness)
    known = set(probes.counted)
    fresh = [size for size in _sizes(chance, 2 * HELD_OUT, probes.largest) if size not in known][:HELD_OUT]
    agreed = sum(best.tokens(size) == probes(*size) for size in fresh)
    return Found(best, len(rules) - 1, len(fresh), agreed), probes.counted


def _candidates(probes: Probes) -> Iterator[Rule]:
    """Yield the rules that the first counts leave possible."""
    squares = [probes(side, side) for side in SQUARES if side <= probes.largest]
    oblong = [probes(*size) for size in OBLONG]
    if len({*squares, *oblong}) == 1:
        yield Rule("flat", (("tokens", squares[0]),))
        return
    if len(set(squares)) == 1:
        side = isqrt(squares[0])
        grids = [Rule("gemini-grid", (("budget", budget),)) for budget in range(side * side, (side + 1) ** 2)]
        if any(_fits(rule, probes) for rule in grids):
            yield from grids
            return
    step = _step(probes)
    if probes(4 * step, step) != probes(step, 4 * step):
        yield from _rows_with_ends(probes, step)
        return
    one, two = probes(step, step), probes(2 * step, step)
    if step == TILE and two != 2 * one:
        yield from _tiles(probes, 2 * one - two, two - one)
        return
    yield from _patches(probes, step)


def _step(probes: Probes) -> int:
    """Return the side of what is counted: the widest image that costs no more than the narrowest."""
    height = 512
    low, high = 8, 16
    narrow = probes(low, height)
    while high <= 2 * height and probes(high, height) == narrow:
        low, high = high, 2 * high
    while low + 1 < high:
        middle = (low + high) // 2
        if probes(middle, height) == narrow:
            low = middle
        else:
            high = middle
    return low


def _longest(probes: Probes, step: int, per_cell: Fraction, ends: int = 0) -> tuple[int, list[int | None]]:
    """Return how many cells a long thin image is shrunk to, and the longest sides that this may come from."""
    cells = int(Fraction(probes(probes.largest, step) - ends) / per_cell)
    if cells >= probes.largest // step:
        return cells, [None]
    return cells, list(range((cells - 1) * step + 1, cells * step + 1))


def _patches(probes: Probes, step: int) -> Iterator[Rule]:
    """Yield rules that count patches: OpenAI's with a multiplier, Anthropic's with a grid."""
    multiplier = _multiplier(probes, step)
    per_patch = Fraction(multiplier)
    across, sides = _longest(probes, step, per_patch)
    most = int(Fraction(probes(probes.largest, probes.largest)) / per_patch)
    uncapped = across * across
    side = isqrt(most)
    budgets: Iterable[int | None] = [None] if most >= uncapped else range(most, (side + 1) ** 2)
    for longest, budget in product(sides, budgets):
        named = {"patch": step, "multiplier": multiplier, "max_side": longest, "budget": budget}
        yield Rule("openai-patch", tuple((name, value) for name, value in named.items() if value is not None))
    if per_patch == 1 and (sides != [None] or budgets != [None]):
        edge = across * step
        for tokens in range(most, ceil(most * 1.15) + 2):
            yield Rule("anthropic-grid", (("max_edge", edge), ("max_tokens", tokens), ("patch", step)))


def _multiplier(probes: Probes, step: int) -> str:
    """Return the shortest decimal that counts of ever more patches allow."""
    low, high = Fraction(0), Fraction(10_000)
    for count in (1, 2, 3, 5, 8, 12, 16, 20, 24, 28, 32):
        side = count * step
        if side > probes.largest // 2:
            break
        tokens, patches = probes(side, side), count * count
        below, above = max(low, Fraction(tokens - 1, patches)), min(high, Fraction(tokens, patches))
        if below >= above:
            break  # a limit shrinks it from here on
        low, high = below, above
    for digits in range(MOST_DIGITS + 1):
        scale = 10**digits
        value = int(high * scale)
        if low < Fraction(value, scale) <= high:
            return f"{value / scale:.{digits}f}"
    return f"{float(high):.6f}"


def _rows_with_ends(probes: Probes, step: int) -> Iterator[Rule]:
    """Yield rules that count one token more for each row."""
    _, sides = _longest(probes, step, Fraction(1), ends=1)
    for longest in sides:
        yield Rule("mistral-grid", (("patch", step), ("merge", 1), ("max_side", longest or 2 * probes.largest)))


def _tiles(probes: Probes, base: int, tile: int) -> Iterator[Rule]:
    """Yield rules that count tiles of 512 px after two fits."""

    def count(width: int, height: int) -> int:
        return (probes(width, height) - base) // tile

    most = probes.largest
    across = count(most, 64)
    height = _first(512, most, lambda h: count(most, h) > across)
    longest = [across * 512] if height is None else _near(512.5 * most / height)
    tall = min(longest) // 2
    rows = count(tall, tall) ** 0.5
    wide = _first(tall, min(longest), lambda w: count(w, tall) > count(tall, tall))
    shorts = [round(rows) * 512] if wide is None else _near((ceil(rows) * 512 + 1) * tall / wide)
    for side, short in product(longest, shorts):
        yield Rule("openai-tile", (("base", base), ("tile", tile), ("max_side", side), ("short_side", short)))


def _near(value: float) -> list[int]:
    return list(range(round(value) - 3, round(value) + 4))


def _first(low: int, high: int, found: Callable[[int], bool]) -> int | None:
    """Return the first whole number at which a rising condition holds; None where it never does."""
    if not found(high):
        return None
    while low + 1 < high:
        middle = (low + high) // 2
        if found(middle):
            high = middle
        else:
            low = middle
    return high


def _fits(rule: Rule, probes: Probes) -> bool:
    return all(rule.tokens(size) == tokens for size, tokens in probes.counted.items())


def _sizes(chance: random.Random, count: int, largest: int) -> list[Size]:
    """Return sizes of all shapes; every second one is large, as limits are seen there alone."""
    least = (5.0, 10.0)
    exponents = [[chance.uniform(least[number % 2], log2(largest) - 0.5) for _ in range(2)] for number in range(count)]
    return [(round(2**width), round(2**height)) for width, height in exponents]


def _telling(rules: list[Rule], chance: random.Random, largest: int) -> Size | None:
    """Return the size on which the rules disagree most; None where they agree on all that were tried."""
    sample = rules[:: -(-len(rules) // SPREAD)]
    if rules[-1] not in sample:
        sample.append(rules[-1])
    best: tuple[int, Size | None] = (len(sample), None)
    for size in _sizes(chance, POOL // len(sample), largest):
        alike = max(Counter(rule.tokens(size) for rule in sample).values())
        if alike < best[0]:
            best = alike, size
        if alike <= len(sample) // 4 + 1:
            break
    return best[1]


def _roundness(value: int) -> int:
    """Return how little round a number is: its bits or digits behind the last that counts."""
    binary, decimal = value, value
    while binary and binary % 2 == 0:
        binary //= 2
    while decimal and decimal % 10 == 0:
        decimal //= 10
    return min(binary, decimal)
