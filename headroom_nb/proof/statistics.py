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
    """Return the exact one-sided p-value of so many losses, if answers were lost as often as they are gained.

    Parameters
    ----------
    lost, gained
        Pairs of which only the first, and only the second, agrees with the reference.

    Source: Q. McNemar, Psychometrika 12 (1947); the exact form is the binomial test of the pairs that differ.
    """
    n = lost + gained
    return sum(comb(n, k) for k in range(lost, n + 1)) / float(2**n)


def most_lost(lost: int, gained: int, n: int) -> float:
    """Return the upper bound of the share lost less the share gained, with 95 % confidence; 1 of nothing.

    Parameters
    ----------
    lost, gained
        Pairs of which only the first, and only the second, agrees with the reference.
    n
        All pairs.

    Source: the score interval for paired shares of T. Tango, Statistics in Medicine 17 (1998); one-sided.
    """
    low, high = max(0.0, (lost - gained) / n) if n else 1.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if _score(lost, gained, n, middle) > -ONE_SIDED:
            low = middle
        else:
            high = middle
    return high


def _score(lost: int, gained: int, n: int, share: float) -> float:
    """Return how many standard errors the difference lies above a share; the nuisance share is fitted (Tango 1998)."""
    b = -lost - gained + (2 * n - lost + gained) * share
    fitted = (sqrt(b * b + 8 * n * gained * share * (1 - share)) - b) / (4 * n) if n else 0.0
    variance = n * (2 * fitted + share * (1 - share))
    return (lost - gained - n * share) / sqrt(variance) if variance > 0 else 0.0
