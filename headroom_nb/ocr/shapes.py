"""Strings that no language corrects, recognised by their shape: keys, commit ids, base64, addresses, passwords."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST = 6
"""Characters of the shortest one."""

SEGMENT = 4
"""... and of the shortest stretch of letters and digits in it that is looked at."""

FEW_LETTERS, FEW_LETTERS_OF_CASES = 8, 4
"""Least letters of a segment without words, and where a capital follows a small letter or a digit."""

FEW_PIECES, SHORT_PIECES = 4, 3.0
"""Letters of both cases are in disorder where so many stretches of one word's case have fewer letters than this on
average: those of ``getUserNameById`` have three."""

_TOKEN = re.compile(r"[^\s,;\"'<>|\u201c\u201d\u2018\u2019(){}\[\]]+")
_WORDS = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])")
_PIECES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_BETWEEN = re.compile(r"(?<=[A-Za-z])\d(?=[A-Za-z])")
_CHANGES = re.compile(r"[A-Za-z](?=\d)|\d(?=[A-Za-z])")
_CASES = re.compile(r"[a-z][A-Z]|\d[A-Z]+[a-z]")
_CONSONANTS = re.compile(r"[^aeiouyAEIOUY]{5}")
_AS_LETTER = {"0": "o", "1": "l"}
_SIGNS = frozenset("!#$%&*+=?@")
_AMOUNT = re.compile(r"[^\w]*[\d.,:/%+\-\u2212\u00d7x]+(?:[A-Za-z\u00b5\u00b0%\u20ac$\u00a3]{0,4})[^\w]*")
_NUMBERED = re.compile(r"[A-Za-z]+[-_.]?\d{1,4}")


def exact_strings(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each string in a text that must come out letter by letter."""
    for found in _TOKEN.finditer(text):
        if is_exact(found[0]):
            yield found.start(), found.end()


def is_exact(token: str) -> bool:
    """Return whether a token is one that no language corrects.

    One of its segments has digits between letters, letters of both cases in disorder, or hardly a vowel; or it is long
    and full of signs, as passwords are. An amount, a date, a word with a number behind it, a camelCase name is none.
    """
    if len(token) < LEAST or not token.isascii() or _AMOUNT.fullmatch(token) or _NUMBERED.fullmatch(token):
        return False
    if len(set(token) & _SIGNS) >= 2 and any(map(str.isupper, token)) and any(map(str.islower, token)):
        return True
    segments = [segment for segment in re.split(r"[^A-Za-z0-9]+", token) if segment]
    mixed = sum(map(str.isdigit, token)) >= 2 and sum(map(str.isupper, token)) >= 2 and len(segments) > 2
    both = any(re.search(r"[A-Za-z]\d", segment) and len(segment) >= SEGMENT for segment in segments)
    return (mixed and both) or any(map(_is_disorder, segments))


def _is_disorder(segment: str) -> bool:
    letters = [char for char in segment if char.isalpha()]
    if len(segment) < SEGMENT or not letters:
        return False
    if _BETWEEN.search(segment) and not _is_word(_BETWEEN.sub(lambda found: _AS_LETTER.get(found[0], "#"), segment)):
        return True
    if len(_CHANGES.findall(segment)) >= 2 and len(segment) >= 8:
        return True
    pieces = _PIECES.findall(segment)
    if len(pieces) >= FEW_PIECES and len(letters) >= FEW_LETTERS and len(letters) < SHORT_PIECES * len(pieces):
        return True
    worded = sum(len(word) for word in _WORDS.findall(segment) if _is_word(word))
    least = FEW_LETTERS_OF_CASES if _CASES.search(segment) else FEW_LETTERS
    return len(letters) >= least and worded < 0.6 * len(letters)


def _is_word(word: str) -> bool:
    """Return whether letters could be a word: some vowels, no long run of consonants, one case behind the first."""
    if len(word) < 3 or not word.isalpha() or not (word[1:].islower() or word.isupper()):
        return False
    vowels = sum(char in "aeiouyAEIOUY" for char in word)
    return 0.2 <= vowels / len(word) <= 0.7 and not _CONSONANTS.search(word)
