"""Exact small-sample statistics: intervals of shares and a paired test."""

from __future__ import annotations

from math import comb, sqrt

TWO_SIDED, ONE_SIDED = 1.959964, 1.644854
"""Standard normal quantiles at 97.5 % and 95 %."""


def wilson(hits: int, n: int, z: float = TWO_SIDED) -> tuple[float, float]:
    """Return the score interval of a share, by default with 95 % confidence; (0, 1) of nothing.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    """
    if not n:
        return 0.0, 1.0
    share, weight = hits / n, z * z / n
    centre = share + weight / 2
    spread = z * sqrt(share * (1 - share) / n + weight / (4 * n))
    return max(0.0, (centre - spread) / (1 + weight)), min(1.0, (centre + spread) / (1 + weight))


def mcnemar(lost: int, gained: int) -> float:
    """Return the exact two-sided p-value that answers are lost as often as they are gained.

    Parameters
    ----------
    lost, gained
        Pairs of which only the first, and only the second, agrees with the reference.

    Source: Q. McNemar, Psychometrika 12 (1947); the exact form is the binomial test of the pairs that differ.
    """
    n = lost + gained
    tail = sum(comb(n, k) for k in range(min(lost, gained) + 1)) / float(2**n)
    return min(1.0, 2 * tail)
