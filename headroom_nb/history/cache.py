"""What a provider's cache serves of a request of which the requests before are known, and what the request costs then.

The same figures as :mod:`headroom_nb.costs.cache_simulator` gives, without going through every block again: tests hold
the two together. Every request is taken to come before the cache forgets the one before it, and to be cached up to its
end, as automatic caching and a mark on the last block do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.costs.caching import CacheRule


@dataclass(frozen=True)
class Sent:
    """One request as it was sent: the tokens of each image, which tell its forms apart, its blocks and its tokens."""

    images: tuple[int, ...]
    blocks: int
    total: int


@dataclass(frozen=True)
class Cache:
    """A provider's cache.

    Attributes
    ----------
    rule
        Of the model.
    on
        Whether the request is cached at all: by itself, or because it asks for it.
    """

    rule: CacheRule
    on: bool

    def read(self, sent: Sequence[Sent], images: tuple[int, ...], blocks: int, shared: int) -> int:
        """Return the tokens of a request that the cache serves.

        Parameters
        ----------
        sent
            The requests before, in order.
        images, blocks
            Of this request.
        shared
            Tokens at its start that the request before had too.
        """
        if not self.on or not sent:
            return 0
        if self.rule.match == "prefix":
            return self._counted(shared)
        for earlier in reversed(sent):
            if self.rule.lookback is not None and blocks - earlier.blocks >= self.rule.lookback:
                return 0
            if earlier.total >= self.rule.minimum and images[: len(earlier.images)] == earlier.images:
                return earlier.total
        return 0

    def cost(self, read: int, total: int) -> float:
        """Return what a request costs, in tokens at the full price, of which so many are served from the cache."""
        if not self.on:
            return float(total)
        end = self._counted(total) if self.rule.match == "prefix" else total if total >= self.rule.minimum else 0
        end = max(end, read)
        return float(self.rule.read * read + self.rule.write * (end - read)) + total - end

    def again(self, total: int) -> float:
        """Return what the tokens of a request cost in each later one, where none of them change."""
        return self.cost(self._counted(total) if self.on else 0, total)

    def _counted(self, tokens: int) -> int:
        step = self.rule.step if self.rule.match == "prefix" else 1
        return tokens - tokens % step if tokens - tokens % step >= self.rule.minimum else 0
