"""Figures as they are shown: tokens, money, shares, sizes and bytes, always with their unit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headroom_nb.records import Size


def tokens(count: int, *, exact: bool = True) -> str:
    """Return ``"1,105"``, or ``"≈1,105"`` for an estimate."""
    return f"{'' if exact else '≈'}{count:,}"


def many(count: int, what: str) -> str:
    """Return a number of things, such as ``"1 item"`` or ``"1,200 items"``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def change(before: int, after: int, *, exact: bool = True, before_exact: bool | None = None) -> str:
    """Return ``"1,105 → ≈255"``; a single figure where nothing changed. ``before_exact`` is ``exact`` unless given."""
    if before == after:
        return tokens(after, exact=exact)
    return f"{tokens(before, exact=exact if before_exact is None else before_exact)} → {tokens(after, exact=exact)}"


def percent(share: float | None) -> str:
    """Return a share between 0 and 1 as whole percent; an en dash for None.

    Only what is everything reads ``100 %``, and only nothing ``0 %``.
    """
    if share is None:
        return "–"
    if 0 < share < 1:
        return f"{min(99, max(1, round(100 * share)))} %"
    return f"{round(100 * share)} %"


def risk(share: float | None) -> str:
    """Return a risk as percent, with one decimal below ten; an en dash for None, ``none`` for 0."""
    if share is None:
        return "–"
    if share == 0:
        return "none"
    return percent(share) if share >= 0.1 else f"{max(0.1, 100 * share):.1f}".removesuffix(".0") + " %"


def usd(amount: float | None) -> str:
    """Return dollars, below one with two significant digits; an en dash for None."""
    if amount is None:
        return "–"
    if amount == 0:
        return "$0"
    if abs(amount) >= 1:
        return f"${amount:,.2f}"
    decimals = 1 - math.floor(math.log10(abs(amount)))
    return f"${amount:.{max(2, decimals)}f}"


def pixels(size: Size | None) -> str:
    """Return ``"1240×1754 px"``; an en dash for None."""
    return "–" if size is None else f"{size[0]}×{size[1]} px"


def data_change(before: int, after: int) -> str:
    """Return bytes before and after, once where they are the same; an en dash for none."""
    if not before and not after:
        return "–"
    return data(before) if before == after else f"{data(before)} → {data(after)}"


def data(count: int) -> str:
    """Return a number of bytes in B, kB or MB (powers of ten)."""
    if count < 1000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1e3:.0f} kB"
    return f"{count / 1e6:.1f} MB"
