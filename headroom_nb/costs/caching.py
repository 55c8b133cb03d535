"""What providers' prompt caches charge, and their batches: rules as data in ``caching.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.costs.spec import ModelSpec


@dataclass(frozen=True)
class CacheRule:
    """How a provider caches the beginning of prompts, and what it charges for that.

    Attributes
    ----------
    name
        Of the rule in ``caching.json``.
    how
        ``"automatic"``, ``"marked"`` (where the request asks for it: ``cache_control``, ``cachePoint``) or ``"none"``.
    read, write
        Price of tokens that are read from the cache, and of those written to it, times the input price.
    minimum
        Tokens of the shortest prefix that is cached.
    seconds
        How long an entry is kept after its last use.
    match
        ``"prefix"``: any beginning that an earlier request had. ``"breakpoint"``: only one that ends where an earlier
        request ended, or was marked.
    step
        Of a prefix: tokens by which it is counted, always rounded down.
    lookback
        Of breakpoints: how many blocks before each are looked at, itself counted; None for all.
    breakpoints
        Most of them in one request; None where no limit is known.
    long_seconds, long_write
        A longer life that can be asked for, and what writing costs then; None where there is none.
    estimate
        Whether part of the rule is assumed.
    note, source
        What a reader should know, and where the rule comes from.
    """

    name: str
    how: str
    read: Fraction
    write: Fraction
    minimum: int
    seconds: float
    match: str = "prefix"
    step: int = 1
    lookback: int | None = None
    breakpoints: int | None = None
    long_seconds: float | None = None
    long_write: Fraction | None = None
    estimate: bool = False
    note: str = ""
    source: str = ""

    def lasting(self) -> CacheRule:
        """Return the rule with the longer life, where there is one."""
        if self.long_seconds is None or self.long_write is None:
            return self
        return replace(self, seconds=self.long_seconds, write=self.long_write)


def cache_rule(model: ModelSpec) -> CacheRule:
    """Return how a model's prompts are cached; its ``how`` is ``"none"`` where no cache is known.

    Examples
    --------
    >>> from headroom_nb.costs import find_model
    >>> rule = cache_rule(find_model("claude-opus-4-8"))
    >>> rule.how, rule.minimum, float(rule.write), float(rule.read)
    ('marked', 1024, 1.25, 0.1)
    """
    return _rule(model.name, model.provider)


def batch_price(model: ModelSpec) -> Fraction | None:
    """Return the input price in the provider's batches, times the list price; None where no batches are known."""
    for row in load_caching()["batch"]:
        if _fits(row, model.name, model.provider):
            return None if row["price"] is None else Fraction(row["price"])
    return None


@lru_cache(maxsize=1)
def load_caching() -> Mapping[str, Any]:
    """Return the parsed ``caching.json``."""
    table: Mapping[str, Any] = json.loads(Path(__file__).with_name("caching.json").read_text("utf-8"))
    return table


@lru_cache(maxsize=256)
def _rule(model: str, provider: str) -> CacheRule:
    row = next(row for row in load_caching()["rules"] if _fits(row, model, provider))
    known = {key: value for key, value in row.items() if key not in ("models", "providers", "long")}
    longer = row.get("long", {})
    return CacheRule(
        **{
            **known,
            "read": Fraction(row["read"]),
            "write": Fraction(row["write"]),
            "long_seconds": longer.get("seconds"),
            "long_write": Fraction(longer["write"]) if longer else None,
        }
    )


def _fits(row: Mapping[str, Any], model: str, provider: str) -> bool:
    models, providers = row.get("models"), row.get("providers")
    return (providers is None or provider in providers) and (
        models is None or any(fnmatchcase(model, pattern) for pattern in models)
    )
