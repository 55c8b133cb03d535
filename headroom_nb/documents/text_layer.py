"""The text layer of a page: made readable, and judged. Pure functions on text.

A layer is sound where its characters are mapped to Unicode, read as words and stand in a reading order. What is not
sound is never sent as text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.documents.contents import Placed, RawPage

BREAK = "\ufffe"
"""What PDFium writes for a hyphen at the end of a line."""

MOST_UNMAPPED = 0.05
"""Share of characters without a mapping from which a layer is not sound."""

MOST_STRANGE = 0.01
"""Share of characters that no text has: replacements, private ones, controls, ``(cid:…)``."""

VOWELS = (0.2, 0.62)
"""Share of vowels among Latin letters that words of any language keep to; shifted codes leave it."""

ENOUGH = 200
"""Letters from which shares are looked at."""

LONGEST_MEAN, MOST_SINGLE = 14.0, 0.45
"""Mean length of words from which spaces are missing; share of single letters from which words are pulled apart."""

MOST_JUMPS = 0.2
"""Share of lines that begin far above the line before: more, and the layer is in no reading order."""

_STRANGE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\U000f0000-\U0010ffff]|\\(cid:\\d+\\)")
_BROKEN_WORD = re.compile(rf"\b(\w+){BREAK}(\w+)")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_MOJIBAKE = re.compile("Ã[\u0080-\u00bf]|â€[\u0080-\u00bf™œ\u009d]|Â[\u00a0-\u00bf]")
_LOST_LIGATURES = re.compile(
    r"\w\u21b5\w|\b(?:un)?(?:ecien|dicult|sucien|coecien|ocial(?:ly)?\b|dieren|signican|specic\b|specication|"
    r"classication|conguration|articial|scientic\b|identied|denition|benet\b|prociency|eorts?\b)",
    re.IGNORECASE,
)
"""Words of which a ligature (ff, fi, ffi) was lost, as fonts without a table of their glyphs give them."""


def readable(text: str) -> str:
    """Return a layer's text with plain line ends and spaces, ligatures written out, and broken words mended."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00ad", "")
    text = "".join(_ligature(char) for char in text) if not text.isascii() else text
    if BREAK in text:
        known = Counter(re.findall(r"\w+(?:-\w+)*", _BROKEN_WORD.sub(" ", text).lower()))
        text = _BROKEN_WORD.sub(lambda found: _mended(found[1], found[2], known), text).replace(BREAK, "-")
    return "\n".join(line.rstrip(" \t\u00a0") for line in text.split("\n")).strip("\n")


def _mended(before: str, after: str, known: Counter[str]) -> str:
    """Return a word that a line end broke: in one where that is a word of the page, with its hyphen where it is two."""
    whole, hyphened = before + after, f"{before}-{after}"
    if known[whole.lower()]:
        return whole
    two_words = known[before.lower()] and known[after.lower()] and min(len(before), len(after)) > 2
    if known[hyphened.lower()] or two_words or not (before[-1].islower() and after[0].islower()):
        return hyphened
    return whole


@lru_cache(maxsize=4096)
def _ligature(char: str) -> str:
    """Return what a ligature or presentation form stands for; other characters as they are."""
    return unicodedata.normalize("NFKC", char) if "\ufb00" <= char <= "\ufefc" else char


def not_sound(page: RawPage, text: str) -> str:
    """Return why a page's text cannot be relied on, as a phrase; empty where it can, or where there is none.

    Parameters
    ----------
    page
        What PDFium read.
    text
        Its text as :func:`readable` gives it.
    """
    if not text.strip():
        return ""
    if page.invisible > 0.5:
        return "its text is an invisible layer, as OCR software adds to a scan"
    if page.unmapped > MOST_UNMAPPED:
        return f"{page.unmapped:.0%} of its characters cannot be turned into letters"
    strange = sum(len(found[0]) for found in _STRANGE.finditer(text))
    if strange > MOST_STRANGE * len(text):
        return f"{strange:,} of its {len(text):,} characters are not readable text"
    if _LOST_LIGATURES.search(text):
        return "letters are missing from its words, such as fi and fl joined in one sign"
    if len(_MOJIBAKE.findall(text)) > MOST_STRANGE * len(text):
        return "its text comes out garbled"
    if len(_RIGHT_TO_LEFT.findall(text)) > 0.2 * len(text):
        return "its script runs from right to left, and files often store that in the wrong order"
    return _not_words(text) or _no_order(page.lines, page.size)


def _not_words(text: str) -> str:
    letters = _LATIN.findall(text)
    if len(letters) < ENOUGH or len(letters) < 0.5 * sum(char.isalpha() for char in text):
        return ""
    plain = unicodedata.normalize("NFD", "".join(letters).lower())
    share = sum(char in "aeiouy" for char in plain) / len(letters)
    if not VOWELS[0] <= share <= VOWELS[1]:
        return f"its letters do not form words ({share:.0%} vowels)"
    words = re.findall(r"[^\W\d_]+", text)
    if sum(map(len, words)) > LONGEST_MEAN * len(words):
        return "spaces are missing between its words"
    if sum(len(word) == 1 for word in words) > MOST_SINGLE * len(words):
        return "its words are split into single letters"
    return ""


def _no_order(lines: Sequence[Placed], size: tuple[float, float]) -> str:
    """Return whether lines jump up the page more often than columns and tables make them."""
    if len(lines) < 8:
        return ""
    jumps = sum(
        after.bottom < before.top - 0.02 * size[1] and after.left < before.right for before, after in pairwise(lines)
    )
    return "its lines are not stored in reading order" if jumps > MOST_JUMPS * len(lines) else ""
