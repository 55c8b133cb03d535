"""A provider's prompt cache, simulated: what each request of a conversation reads, writes and pays for in full.

Pure, and exact in tokens: a block of a prompt is a digest of its content and its tokens, and is cached whole or not at
all. A part of a changed block is never counted as cached, so real caches read at least as much where they match by
prefix.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

from headroom_nb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headroom_nb.costs.caching import CacheRule

Block = tuple[Hashable, int]
"""A digest of the content of a block, and its tokens."""


@dataclass(frozen=True)
class Turn:
    """One request.

    Attributes
    ----------
    blocks
        The whole prompt in order, earlier turns and the model's answers in it included.
    output
        Tokens of the answer to it.
    at
        Seconds since the conversation began; None for right after the request before.
    marks
        Indices of the blocks after which the cache is written, where the provider lets one choose; None for after the
        last block, which is what automatic caching does.
    """

    blocks: Sequence[Block]
    output: int = 0
    at: float | None = None
    marks: tuple[int, ...] | None = None


@dataclass(frozen=True)
class TurnCost:
    """Tokens of one request by what they are billed as: read from the cache, written to it, in full; and its answer."""

    read: int
    written: int
    full: int
    output: int = 0

    @property
    def prompt(self) -> int:
        """Tokens of the whole prompt."""
        return self.read + self.written + self.full


@dataclass(frozen=True)
class RunCost:
    """What the requests of a conversation are billed."""

    turns: tuple[TurnCost, ...]
    rule: CacheRule

    @property
    def read(self) -> int:
        """Tokens read from the cache."""
        return sum(turn.read for turn in self.turns)

    @property
    def written(self) -> int:
        """Tokens written to the cache."""
        return sum(turn.written for turn in self.turns)

    @property
    def full(self) -> int:
        """Tokens billed at the input price."""
        return sum(turn.full for turn in self.turns)

    @property
    def prompt(self) -> int:
        """Tokens of all prompts; what they cost without a cache."""
        return sum(turn.prompt for turn in self.turns)

    @property
    def output(self) -> int:
        """Tokens of all answers."""
        return sum(turn.output for turn in self.turns)

    @property
    def billed(self) -> Fraction:
        """Tokens at the input price that would cost the same as all prompts do with the cache."""
        return self.full + self.rule.write * self.written + self.rule.read * self.read

    def usd(self, per_million: float, output_per_million: float = 0.0) -> float:
        """Return the dollars of the run with the cache, at an input and an output price per million tokens."""
        return float(self.billed * _exact(per_million) + self.output * _exact(output_per_million)) / 1e6

    def usd_without_cache(self, per_million: float, output_per_million: float = 0.0) -> float:
        """Return the dollars of the same run where nothing is cached."""
        return float(self.prompt * _exact(per_million) + self.output * _exact(output_per_million)) / 1e6


class CacheSimulator:
    """The cache of one provider while a conversation goes on.

    Parameters
    ----------
    rule
        From :func:`headroom_nb.costs.caching.cache_rule`.
    """

    def __init__(self, rule: CacheRule) -> None:
        self.rule = rule
        self._now = 0.0
        self._next: dict[tuple[int, Block], int] = {}  # a tree of all prompts: a node is a beginning of one
        self._used: dict[int, float] = {}  # when a cached beginning was written, or last read

    def copy(self) -> CacheSimulator:
        """Return a cache in the same state, to try a future on."""
        other = CacheSimulator(self.rule)
        other._now, other._next, other._used = self._now, self._next, dict(self._used)
        return other

    def send(self, turn: Turn) -> TurnCost:
        """Return what a request is billed, and remember it.

        Raises
        ------
        OptionError
            The request has more breakpoints than the provider takes, one where no block is, a negative count of tokens,
            or is earlier than the one before.
        """
        if turn.at is not None:
            if turn.at < self._now:
                raise OptionError(f"a turn at {turn.at:g} s comes after one at {self._now:g} s; give them in order")
            self._now = turn.at
        sums = list(accumulate(tokens for _, tokens in turn.blocks))
        if any(tokens < 0 for _, tokens in turn.blocks):
            raise OptionError("a block has a negative count of tokens")
        if self.rule.how == "none" or not sums:
            return TurnCost(0, 0, sums[-1] if sums else 0, turn.output)
        nodes = self._walk(turn.blocks)
        if self.rule.match == "prefix":
            read, end = self._by_prefix(nodes, sums)
        else:
            read, end = self._by_breakpoint(nodes, sums, turn.marks)
        return TurnCost(read, end - read, sums[-1] - end, turn.output)

    def _walk(self, blocks: Sequence[Block]) -> list[int]:
        nodes, node = [], 0
        for block in blocks:
            node = self._next.setdefault((node, block), len(self._next) + 1)
            nodes.append(node)
        return nodes

    def _live(self, node: int) -> bool:
        used = self._used.get(node)
        return used is not None and self._now - used <= self.rule.seconds

    def _by_prefix(self, nodes: Sequence[int], sums: Sequence[int]) -> tuple[int, int]:
        """Return how many tokens are read, and up to where the prompt is cached from now on."""
        shared = next((sums[place] for place in reversed(range(len(nodes))) if self._live(nodes[place])), 0)
        read, end = self._counted(shared), self._counted(sums[-1])
        if end:
            self._used.update(dict.fromkeys(nodes, self._now))
        return read, end

    def _counted(self, tokens: int) -> int:
        whole = tokens - tokens % self.rule.step
        return whole if whole >= self.rule.minimum else 0

    def _by_breakpoint(
        self, nodes: Sequence[int], sums: Sequence[int], marks: tuple[int, ...] | None
    ) -> tuple[int, int]:
        """Return how many tokens are read, and up to where the prompt is cached from now on."""
        chosen = (len(nodes) - 1,) if marks is None else tuple(sorted(set(marks)))
        if self.rule.breakpoints is not None and len(chosen) > self.rule.breakpoints:
            raise OptionError(f"{len(chosen)} cache breakpoints; the provider takes {self.rule.breakpoints}")
        if chosen and not 0 <= chosen[0] <= chosen[-1] < len(nodes):
            raise OptionError(f"a cache breakpoint after block {chosen[-1]}; the prompt has {len(nodes)} blocks")
        ends = [mark for mark in chosen if sums[mark] >= self.rule.minimum]
        found = [self._found(nodes, mark) for mark in ends]
        hit = max((place for place in found if place is not None), default=None)
        for place in (*ends, *(() if hit is None else (hit,))):
            self._used[nodes[place]] = self._now
        read = 0 if hit is None else sums[hit]
        return read, max([read, *(sums[mark] for mark in ends)])

    def _found(self, nodes: Sequence[int], mark: int) -> int | None:
        """Return the last block at or before a breakpoint up to which the prompt is cached; None for none."""
        first = 0 if self.rule.lookback is None else max(0, mark - self.rule.lookback + 1)
        return next((place for place in range(mark, first - 1, -1) if self._live(nodes[place])), None)


def price_run(turns: Iterable[Turn | Sequence[Block]], rule: CacheRule) -> RunCost:
    """Return what a conversation is billed, request by request; ``.usd(price)`` gives the dollars.

    Parameters
    ----------
    turns
        Its requests in order; a list of blocks stands for a turn without an answer.
    rule
        The provider's cache.

    Raises
    ------
    OptionError
        As :meth:`CacheSimulator.send`.

    Examples
    --------
    >>> from headroom_nb.costs import find_model
    >>> from headroom_nb.costs.caching import cache_rule
    >>> page, question, answer, more = ("page", 2000), ("what is it?", 10), ("a receipt", 5), ("the total?", 10)
    >>> run = price_run([[page, question], [page, question, answer, more]], cache_rule(find_model("claude-opus-4-8")))
    >>> [(turn.read, turn.written, turn.full) for turn in run.turns]
    [(0, 2010, 0), (2010, 15, 0)]
    >>> run.usd(5.0) < run.usd_without_cache(5.0)
    True
    """
    cache = CacheSimulator(rule)
    sent = (turn if isinstance(turn, Turn) else Turn(turn) for turn in turns)
    return RunCost(tuple(cache.send(turn) for turn in sent), rule)


def _exact(price: float) -> Fraction:
    return Fraction(str(price))
