"""What a policy for long conversations did to the images of one request, what that breaks, and what it has cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headroom_nb.errors import format_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.errors import BlockPath


@dataclass(frozen=True, repr=False)
class HistoryReport:
    """What ``history=`` did to a conversation.

    Attributes
    ----------
    policy
        The value of the option.
    requests
        Requests that the conversation was sent in, this one included, as read off its answers.
    kinds
        How many images are sent in which way, by :data:`headroom_nb.records.HISTORY_KINDS`; the others are sent as if
        they stood alone.
    breaks
        The first image that the request before sent otherwise: what a prompt cache holds is of use up to there. None
        where this request begins with all of the one before.
    cached
        Whether a prompt cache was reckoned with: the provider has one, and the request asks for it where it must.
    tokens, cached_tokens
        Of this request, text included, as estimated; and those of them that the cache serves.
    cost, keep_cost
        What all requests so far have cost, in tokens at the full input price; and what they would have with
        ``history="keep"``.
    break_even
        Requests after this one until what was rewritten in it has paid; None where nothing was, or never.
    usd_per_million_tokens
        The full input price; None where it is not known.
    ids
        Names by which requests name images that are not sent whole any more; ``restore`` takes them, by path.
    """

    policy: str
    requests: int
    kinds: Mapping[str, int]
    breaks: BlockPath | None
    cached: bool
    tokens: int
    cached_tokens: int
    cost: float
    keep_cost: float
    break_even: int | None
    usd_per_million_tokens: float | None
    ids: Mapping[BlockPath, str] = field(default_factory=dict, repr=False)

    @property
    def usd(self) -> float | None:
        """Dollars of the input of all requests so far; None where the price is not known."""
        return None if self.usd_per_million_tokens is None else self.cost * self.usd_per_million_tokens / 1e6

    @property
    def keep_usd(self) -> float | None:
        """The same with ``history="keep"``."""
        return None if self.usd_per_million_tokens is None else self.keep_cost * self.usd_per_million_tokens / 1e6

    def __repr__(self) -> str:
        return f"<HistoryReport: {self}>"

    def __str__(self) -> str:
        done = ", ".join(f"{count} {_KINDS.get(kind, kind)}" for kind, count in self.kinds.items())
        said = [f"History {self.policy}: {done or 'every image as it would be alone'}."]
        if self.breaks is None:
            said.append("This request begins with all of the one before.")
        else:
            pays = ""
            if self.break_even is not None and self.cached:
                more = f"after {self.break_even:,} more request{'' if self.break_even == 1 else 's'}"
                pays = f", which pays {more if self.break_even else 'at once'}"
            cache = ": the provider's cache ends there" if self.cached else ""
            said.append(f"The request before sent {format_path(self.breaks)} otherwise{cache}{pays}.")
        if self.keep_cost and self.requests > 1:
            percent = 100 * (1 - self.cost / self.keep_cost)
            word = "less" if percent >= 0 else "more"
            cache = "" if self.cached else ", both without a cache"
            said.append(
                f"All {self.requests:,} requests so far cost {abs(percent):.0f} % {word} than with keep{cache}."
            )
        return " ".join(said)


_KINDS = {
    "repeat": "as a repeat",
    "changed": "as what changed",
    "scrolled": "as what a scroll brought",
    "smaller": "smaller",
    "text": "as text",
    "line": "as one line",
}
"""What is said of each kind."""
