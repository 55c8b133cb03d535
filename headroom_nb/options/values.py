"""What the values of options may look like: pages, budgets, policies for old images, paths, objects with a method."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, SupportsFloat

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 10**15
"""Tokens, or dollars, of the largest budget: numbers of thousands of digits cannot be shown."""

_PAGES = re.compile(r"\s*\d+(?:\s*[-–]\s*\d+)?(?:\s*,\s*\d+(?:\s*[-–]\s*\d+)?)*\s*")
"""Page numbers and ranges of them."""

_AMOUNT = re.compile(
    r"(\$?)\s{0,9}(\d[\d_,]{0,30}(?:\.\d{1,30})?|\.\d{1,30})\s{0,9}(\$|usd|dollars?|k(?: ?tokens?)?|tokens?)?",
    re.IGNORECASE | re.ASCII,
)
"""Tokens (``2k``, ``2,000 tokens``), or dollars with their sign; ``0.02usd`` needs no quotes in a shell."""

_HISTORY = re.compile(r"(last|age)=([1-9]\d{0,3})")
"""A number of images, or of requests, that old images are counted by."""


def is_pages(value: object) -> bool:
    """Return whether this is page numbers, such as ``3-5,9``, or None."""
    return value is None or (isinstance(value, str) and _PAGES.fullmatch(value) is not None)


def is_amount(value: object) -> bool:
    """Return whether this is a budget: a positive number of tokens, or of dollars as text such as ``$0.02``."""
    read = read_amount(value)
    if isinstance(read, str):
        found = _AMOUNT.fullmatch(read)
        return found is not None and read.startswith("$") and not found[3] and 0 < float(read[1:]) <= MOST
    return is_tokens(read)


def is_tokens(value: object) -> bool:
    """Return whether this is a positive number of tokens, or None."""
    read = read_amount(value)
    return read is None or (type(read) is int and 0 < read <= MOST)


def read_amount(value: object) -> object:
    """Return a budget in its one spelling, tokens as a number and dollars as text; what is none comes back as it is."""
    if isinstance(value, SupportsFloat) and not isinstance(value, int) and float(value).is_integer():
        return int(float(value))  # 1e3, and whole numbers of NumPy
    found = _AMOUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return value
    sign, unit, figure = found[1], (found[3] or "").lower(), found[2].replace(",", "").replace("_", "")
    if unit.startswith(("k", "t")):  # tokens, or thousands of them
        tokens = round(float(figure) * (1000 if unit.startswith("k") else 1), 3)
        return value if sign or not tokens.is_integer() else int(tokens)
    if sign or unit:
        return f"${figure}"
    return int(figure) if figure.isdigit() else value


def is_history(value: object) -> bool:
    """Return whether this names a policy with a number, such as ``last=3``."""
    return isinstance(value, str) and _HISTORY.fullmatch(value) is not None


def read_history(value: str) -> tuple[str, int]:
    """Return the policy that a value of ``history`` names, and its number; 0 where it has none."""
    found = _HISTORY.fullmatch(value)
    return (value, 0) if found is None else (found[1], int(found[2]))


def is_path(value: object) -> bool:
    """Return whether this is a path, and no bare word."""
    text = isinstance(value, str) and (value.startswith(("~", ".")) or "/" in value or os.sep in value)
    return text or isinstance(value, os.PathLike)


def has(method: str) -> Callable[[object], bool]:
    """Return what says yes to objects that have a method."""
    return lambda value: callable(getattr(value, method, None))
