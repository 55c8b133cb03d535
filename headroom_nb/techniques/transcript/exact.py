"""Strings that no language corrects: each character settled by its shape, or marked as doubtful."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_nb.ocr.shapes import exact_strings
from headroom_nb.techniques.transcript.shapes import CASED, FEW_FOR_WIDTH, box_of, tells_case, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.techniques.transcript.shapes import Metrics, Seen

SURE = 0.9
"""A character read with a lower probability is doubtful."""

CASE_SURE = 0.995
"""... and with a lower one than this a letter whose case its height does not tell."""

UNDECIDED = 0.3
"""A rival so probable is not ruled out by a width."""

OTHER_SURE = 0.98
"""... or than this where another character than its other case is the next probable one."""

RIVAL = 0.04
"""... and so is one whose look-alike is at least so probable."""

LOOK_ALIKE = (
    *("0OQDo", "1lI|i!j", "5Ss", "8B", "2Zz", "6Gb", "VvUu", "cC", "wW", "xX", "pP", "kK", "-_~", ".,", ":;", "gq9"),
)
HEX = frozenset("0123456789abcdefABCDEF-")
ODD_LENGTHS = frozenset({31, 33, 39, 41, 63, 65})
"""A hexadecimal string of so many characters, one off a digest's, has lost or won one: three letters that touch are
read as two."""

HEX_LENGTH = 12
"""A string of so many characters, all hexadecimal but for look-alikes of 0 and 1, is hexadecimal."""

OTHERS, MIXED_OTHERS = 3, 6
"""Letters of one case beside a doubtful one that say its case; between separators in a string of both cases."""

DIGITS = 4
"""So many digits beside a doubtful character, between separators, and nothing else: it is a digit."""

_AS_HEX = {"0": "0", "1": "1", "O": "0", "o": "0", "l": "1", "I": "1", "|": "1"}
_HEXED = str.maketrans(_AS_HEX)
_SCHEME = re.compile(r"https?://(?=\w)")
"""The beginning of an address is spelled in one way."""

_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")


def settle(line: Sequence[Seen], metrics: Metrics) -> list[str]:
    """Return what is written for each character of a line: doubtful ones of exact strings as ``‹0|O›``."""
    texts = [each.text for each in line]
    text = "".join(each if len(each) == 1 else "\0" for each in texts)
    for start, end in exact_strings(text):
        token = text[start:end]
        scheme = _SCHEME.match(token)
        for index in range(start + (scheme.end() if scheme else 0), end):
            if text[index] != "\0":
                texts[index] = _settled(line[index], index - start, token, metrics)
        if len(token) in ODD_LENGTHS and HEX.issuperset(token) and "-" not in token:
            texts[end - 1] += "‹?›"
    return texts


def is_doubt(text: str) -> bool:
    """Return whether a text holds a character that is marked as doubtful."""
    return "‹" in text


def _settled(seen: Seen, at: int, token: str, metrics: Metrics) -> str:
    as_hex = _hex_digit(seen.text, token)
    if as_hex:
        return as_hex
    possible = verdict(seen, metrics)
    possible = _by_neighbours(possible, at, token)
    shaped = seen.ink is not None and possible != seen.text
    if shaped and possible.lower() == seen.text.lower():
        return doubt(seen.text, possible)
    by_width = possible in {"0", "O"} and not metrics.filled
    thin = possible in {"1", "l", "I"} and seen.chance >= SURE
    if shaped and (by_width or thin or (seen.chance >= CASE_SURE and is_low(seen))):
        return doubt(seen.text, possible)
    if len(possible) > 1:
        return doubt(seen.text, possible)
    if possible in {"0", "O"} and not metrics.filled and seen.rival_chance >= UNDECIDED:
        return doubt(possible, seen.rival)  # neighbours that touch it may have cut its width
    if shaped or (possible in "0O1lI" and seen.ink is not None):
        return possible
    if possible in "0O1lI|":
        others = next(group for group in ("0O", "1lI") if possible in group or possible == "|")
        return doubt(seen.text, _by_neighbours(others, at, token))
    sure = CASE_SURE if seen.rival == seen.text.swapcase() else OTHER_SURE
    if seen.text in CASED and seen.chance < sure and not tells_case(seen, metrics):
        return doubt(seen.text, seen.text.swapcase())
    alike = any(possible in group and seen.rival in group for group in LOOK_ALIKE if seen.rival)
    if seen.chance < SURE or (alike and seen.rival_chance >= RIVAL):
        return doubt(possible, seen.rival) if seen.rival.strip() else possible
    return possible


def is_low(seen: Seen) -> bool:
    """Return whether a character is drawn in too few pixels to overrule a sure reading."""
    box = box_of(seen.ink)
    return box is None or box[3] - box[1] < FEW_FOR_WIDTH


def _hex_digit(char: str, token: str) -> str:
    """Return the hexadecimal digit that a look-alike is in a hexadecimal string; empty elsewhere."""
    parts = [part for part in _SEPARATORS.split(token) if char in part]
    if char not in _AS_HEX or (sum(map(len, parts)) < HEX_LENGTH and len(token) < HEX_LENGTH):
        return ""
    rest = [
        each for each in (token if HEX.issuperset(token.translate(_HEXED)) else "".join(parts)) if each not in _AS_HEX
    ]
    if len(rest) < 0.6 * HEX_LENGTH or not HEX.issuperset(rest) or not any(map(str.isalpha, rest)):
        return ""
    return _AS_HEX[char]


def _by_neighbours(possible: str, at: int, token: str) -> str:
    """Return what is left of the possible characters in a string without small letters, or without capitals."""
    if len(possible) < 2:
        return possible
    start = max((found.end() for found in _SEPARATORS.finditer(token, 0, at)), default=0)
    end = next((found.start() for found in _SEPARATORS.finditer(token, at)), len(token))
    part, whole = token[start:at] + token[at + 1 : end], token[:at] + token[at + 1 :]
    if len(part) >= DIGITS and part.isdigit():
        return "".join(char for char in possible if char.isdigit()) or possible
    mixed = any(map(str.islower, whole)) and any(map(str.isupper, whole))
    for others, least in ((part, MIXED_OTHERS if mixed else OTHERS), (whole, OTHERS)):
        letters = [char for char in others if char.isalpha() and char not in "lIoO"]
        if len(letters) < least:
            continue
        if all(map(str.isupper, letters)):
            return "".join(char for char in possible if char != "l") or possible
        if all(map(str.islower, letters)):
            return "".join(char for char in possible if char not in "IO") or possible
    return possible


def doubt(first: str, others: str) -> str:
    """Return a character and what else it can be, as they are written: ``‹0|O›``."""
    choices = list(dict.fromkeys([first, *others]))
    return f"‹{'|'.join(choices)}›" if len(choices) > 1 else first
