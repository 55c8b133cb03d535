"""Scripts and languages that the default engine does not read, and what reads them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Script:
    """A script, or a language whose letters the default engine loses.

    Attributes
    ----------
    name
        In English.
    block
        How the Unicode names of its letters begin.
    languages
        Tesseract's names of the data that reads it, the commonest language first. Debian has each in the package
        ``tesseract-ocr-NAME``.
    telling
        Letters that no other script in the table has; empty where the block is enough.
    spaced
        Whether Tesseract's boxes are words. Those of Korean and Thai are syllables.
    lookalikes
        Letters that a reader of Latin script takes for Latin ones, as Latin letters.
    """

    name: str
    block: str
    languages: tuple[str, ...]
    telling: str = ""
    spaced: bool = True
    lookalikes: str = ""


VIETNAMESE = Script("Vietnamese", "LATIN", ("vie",), telling="ơưƠƯạảấầậếềệộớờợụủứừựịọốồổ")

GREEK = Script("Greek", "GREEK", ("ell",), lookalikes="ABEZHIKMNOPTYXovu")

SCRIPTS = (
    Script("Cyrillic", "CYRILLIC", ("rus", "ukr", "bul", "srp", "bel", "mkd"), lookalikes="ABCEHKMOPTXYaceopxyuk"),
    Script("Korean", "HANGUL", ("kor",), spaced=False),
    Script("Arabic", "ARABIC", ("ara", "fas", "urd")),
    Script("Devanagari", "DEVANAGARI", ("hin", "mar", "nep")),
    Script("Thai", "THAI", ("tha",), spaced=False),
    Script("Hebrew", "HEBREW", ("heb",)),
    GREEK,
    VIETNAMESE,
)
"""In the order in which they are tried."""

_KINDS = {"L": "l", "EN": "n", "AN": "n", "ES": "s", "CS": "s", "ET": "s", "NSM": "m", "R": "r", "AL": "r"}
_STRAIGHT = re.compile("l(?:[lnsmw]*[lnm])?|n(?:[ns]*n)?|.", re.DOTALL)
"""Kinds of Unicode's bidirectional classes; Latin words and numbers keep their order inside right-to-left text."""

_CONTROLS = dict.fromkeys([0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_MICRO = {0xB5: 0x3BC}


def share_in(text: str, scripts: Iterable[Script]) -> float:
    """Return the share of the letters and vowel signs of a text that belong to some scripts, 0 to 1."""
    blocks = tuple(script.block for script in scripts)
    letters = [char for char in text if unicodedata.category(char)[0] in "LM"]
    inside = sum(unicodedata.name(char, "").startswith(blocks) for char in letters)
    return inside / len(letters) if letters else 0.0


def scripts_of(characters: Iterable[str]) -> tuple[Script, ...]:
    """Return the scripts that an alphabet reads.

    Formulas bring a few Greek letters into many alphabets, so that half of a small alphabet is asked for.
    """
    known = set(characters)
    names = Counter(unicodedata.name(char, "").split(" ")[0] for char in known if len(char) == 1)
    return tuple(
        script
        for script in SCRIPTS
        if (known >= set(script.telling) if script.telling else names[script.block] >= 2 * FEWEST_LETTERS)
    )


FEWEST_LETTERS = 25
"""The letters of the smallest alphabet in the table; with capitals, final forms or accents there are twice as many."""


def cleaned(text: str, script: Script) -> str:
    """Return a text composed, without direction marks, and with Greek's own mu instead of the sign for micro."""
    text = unicodedata.normalize("NFC", text).translate(_CONTROLS)
    return text.translate(_MICRO) if script.block == "GREEK" else text


def logical(text: str) -> str:
    """Return a line that was read from left to right in the order in which it is written.

    Latin words and numbers inside right-to-left text keep their own order. Text without right-to-left letters comes
    back as it is.
    """
    kinds = "".join(_KINDS.get(unicodedata.bidirectional(char), "w") for char in text)
    if "r" not in kinds:
        return text
    runs = [text[run.start() : run.end()] for run in _STRAIGHT.finditer(kinds)]
    return "".join(reversed(runs))
