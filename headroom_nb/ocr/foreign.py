"""Which lines the default engine cannot read in its alphabet."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from headroom_nb.ocr.scripts import GREEK, share_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headroom_nb.ocr.base import OcrLine

DOUBTFUL, MISSED = 0.85, 0.1
"""A line with a lower mean probability, or with a larger share of ink that was not read, may be in another script."""

MOSTLY = 0.5
"""A line with a larger share of Greek letters is Greek: the engine knows them from formulas and drops accented ones."""

_OF_VIETNAMESE, _SHARED = set("ơưƠƯ"), set("đĐ")
"""Letters of Vietnamese alone, and one that it shares with languages that are read well."""

LOST_VOWELS = 0.08
"""Share of words without a vowel that makes text with a shared letter Vietnamese: vowels with two accents are lost."""

_WORD = re.compile(r"(?<![^\W_])[A-Za-z\u00c0-\u024f]{2,}(?![^\W_])")
_VOWEL = re.compile("[aeiouy\u00e6\u00f8\u0153\u0131]", re.IGNORECASE)


def is_doubtful(line: OcrLine) -> bool:
    """Return whether a line that the default engine read may be in a script that it does not know."""
    return line.confidence < DOUBTFUL or line.missed > MISSED or share_in(line.text, [GREEK]) > MOSTLY


def is_vietnamese(texts: Iterable[str]) -> bool:
    """Return whether the lines of a page, as the default engine read them, are Vietnamese, whose letters it loses."""
    texts = list(texts)
    letters = set().union(*texts)
    return bool(_OF_VIETNAMESE & letters) or (bool(_SHARED & letters) and vowelless(texts)[0] >= LOST_VOWELS)


def vowelless(texts: Iterable[str]) -> tuple[float, int]:
    """Return the share of the words in Latin letters that have no vowel, and the number of these words."""
    words = [word for text in texts for word in _WORD.findall(text) if not word.isupper()]
    without = sum(not _VOWEL.search(unicodedata.normalize("NFD", word)) for word in words)
    return (without / len(words) if words else 0.0), len(words)
