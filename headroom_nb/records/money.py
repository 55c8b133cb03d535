"""What the images of a call cost, in the sums people think in."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from headroom_nb.errors import OptionError
from headroom_nb.rendering_hook import render

DAYS, HOURS = 30, 720
"""Days and hours of a month."""

_CALLS = re.compile(r"\s*(\d[\d_,]*(?:\.\d+)?)\s*(?:/|per|a)?\s*(hour|day|week|month)?\s*", re.IGNORECASE)
_A_MONTH = {"hour": HOURS, "day": DAYS, "week": DAYS / 7, "month": 1}


def calls_a_month(text: str | float) -> float:
    """Return how many calls a month a use means: ``"1000/day"``, ``"40 per hour"``, or a number a month.

    Raises
    ------
    OptionError
        It is no such use.
    """
    found = _CALLS.fullmatch(str(text))
    calls = 0.0 if found is None else float(re.sub("[_,]", "", found[1])) * _A_MONTH[(found[2] or "month").lower()]
    if not calls:
        raise OptionError(f"calls={str(text)[:40]!r} is not known; give a use such as 1000/day, 40/hour or 20000/month")
    return calls


@dataclass(frozen=True, repr=False)
class Money:
    """Dollars of the input tokens of a call.

    Attributes
    ----------
    tokens
        What is counted.
    usd
        A call at the list price.
    batch
        A call in the provider's batches; None where no price is known.
    turns
        How many next turns of the same conversation are reckoned with.
    turns_usd, turns_cached_usd
        These turns without the provider's cache, and with it; the same where nothing is cached.
    cached_usd
        A call of which all is read from the cache; None where nothing is cached.
    cache
        What the cache does, in words.
    calls
        Calls a month; None where no use was given.
    estimate
        Whether part of it rests on what is assumed.
    """

    tokens: int
    usd: float
    batch: float | None
    turns: int
    turns_usd: float
    turns_cached_usd: float
    cached_usd: float | None
    cache: str
    calls: float | None = None
    estimate: bool = False

    @property
    def per_thousand(self) -> float:
        """Dollars of 1,000 calls at the list price."""
        return 1000 * self.usd

    @property
    def per_month(self) -> float | None:
        """Dollars of a month at the list price; None where no use was given."""
        return None if self.calls is None else self.calls * self.usd

    def __str__(self) -> str:
        """Return the sums in one sentence each."""
        return str(render(self, "text"))

    def __repr__(self) -> str:
        return f"<{self}>"

    def to_dict(self) -> dict[str, Any]:
        """Return plain types, for JSON."""
        return {**asdict(self), "per_thousand": self.per_thousand, "per_month": self.per_month}


class Priced:
    """A record that can say what its tokens cost."""

    def money(self, calls: str | float | None = None) -> Money | None:
        """Return what it costs a call, per 1,000 calls, a month, in batches and with the provider's cache.

        Parameters
        ----------
        calls
            How often it is sent, such as ``"1000/day"``.

        Returns
        -------
        Money
            None where the model has no known price.

        Raises
        ------
        OptionError
            ``calls`` is no such use.
        """
        found: Money | None = render(self, "money", calls)
        return found
