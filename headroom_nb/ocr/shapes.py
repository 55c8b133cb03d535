"""Strings that no language corrects, told by their shape: keys, commit ids, base64, addresses, file names, passwords."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST = 6
"""Characters of the shortest one."""

_TOKEN = re.compile(r"[^\s,;\"'<>|\u201c\u201d\u2018\u2019(){}\[\]]+")
_WORDS = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])")
_AMOUNT = re.compile(r"[^\w]*[\d.,:/%+\-\u2212\u00d7x]+(?:[A-Za-z\u00b5\u00b0%\u20ac$\u00a3]{0,4})[^\w]*")
_NUMBERED = re.compile(r"[A-Za-z]+[-_.]?\d{1,4}")


def exact_strings(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each string in a text that must come out letter by letter."""
    for found in _TOKEN.finditer(text):
        if is_exact(found[0].rstrip(".:!?")):
            yield found.start(), found.end()


def is_exact(token: str) -> bool:
    """Return whether a token is one that no language corrects.

    Letters and digits that alternate, letters of both cases in disorder, or no vowel for long; an amount, a date or a
    word with a number behind it is none.
    """
    if len(token) < LEAST or _AMOUNT.fullmatch(token) or _NUMBERED.fullmatch(token):
        return False
    if "://" in token or "__" in token or token.startswith("_") or token.endswith("_"):
        return True
    letters, digits = sum(map(str.isalpha, token)), sum(map(str.isdigit, token))
    if not token.isascii() or letters + digits < 4:
        return False
    worded = sum(len(word) for word in _WORDS.findall(token) if _is_word(word))
    if digits and letters:
        return worded < 0.75 * letters or digits >= 4
    if letters and not digits:
        return letters >= 8 and worded < 0.5 * letters
    return False


def _is_word(word: str) -> bool:
    vowels = sum(char in "aeiouyAEIOUY" for char in word)
    return len(word) >= 3 and 0.2 <= vowels / len(word) <= 0.7
