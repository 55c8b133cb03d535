"""Place words in a question, and the part of the image they mean.

Words that only look like places ("from left to right", "right now", "how many seats are left") and places relative to a
thing in the image ("to the right of the bottle") are distinguished from places in the image.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from headroom_nb.techniques import place_words as words

Span = tuple[float, float]
FractionBox = tuple[float, float, float, float]

WHOLE: FractionBox = (0.0, 0.0, 1.0, 1.0)
CLEAR, LIKELY, VAGUE = 0.92, 0.8, 0.65
"""How surely a corner, a side, and "the middle" mean what their words say."""


@dataclass(frozen=True)
class Place:
    """A part of the image that a question names.

    Attributes
    ----------
    box
        Left, top, right, bottom as fractions of the image, without margin.
    row, column
        One-based number of the row or column meant (negative counts from the end), or None; finding it needs the
        image.
    words
        What was understood, for the result's note.
    confidence
        How surely the words mean this part, 0 to 1.
    """

    box: FractionBox
    row: int | None
    column: int | None
    words: str
    confidence: float


def fold(text: str) -> str:
    """Return `text` in lower case, without accents and hyphens, with plain quotes and single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(plain.replace("’", "'").replace("-", " ").split())


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){pattern}(?!\w)")


_TRAPS = _word("(?:" + "|".join(words.TRAPS) + ")")
_TAG = re.compile(r", (?:right|left) ?\?$")
_ANY_SIDE = words.either(words.LEFT, words.RIGHT, words.TOP, words.BOTTOM, words.MIDDLE)
_RELATIVE = _word(
    rf"{_ANY_SIDE}(?: (?:side|corner|edge|part|end))? {words.OF} (?:{words.ARTICLE} )?(?!(?:\w+ )?{words.WHOLE}\b)\w+"
)
_NUMBER = r"(?:(?P<nth>\d+)(?:st|nd|rd|th|\.)|(?P<said>" + "|".join(words.NUMBERS.values()) + "))"
_ROW = _word(rf"(?:{_NUMBER} {words.ROWS}|(?:row|line|zeile|fila) (?P<number>\d+))")
_COLUMN = _word(rf"(?:{_NUMBER} {words.COLUMNS}|(?:column|spalte) (?P<number>\d+))")
_FROM_END = _word(rf"(?:second|2nd) (?:to |from )?(?:the )?last (?:(?P<row>{words.ROWS})|{words.COLUMNS})")
_SIDES = {
    name: _word(pattern)
    for name, pattern in {
        "header": words.HEADER,
        "footer": words.FOOTER,
        "top": words.TOP,
        "bottom": words.BOTTOM,
        "left": words.LEFT,
        "right": words.RIGHT,
        "middle": words.MIDDLE,
        "corner": words.CORNER,
        "far": rf"(?:{words.FAR} {_ANY_SIDE}|(?:left|right|top|bottom|upper|lower)most)",
    }.items()
}
_PART = {
    name: _word(
        rf"(?:{side} (?:hand |side )?(?P<share>{'|'.join(words.SHARES.values())})"
        rf"|(?P<before>{'|'.join(words.SHARES_BEFORE.values())}) (?:de |du )?{side})"
    )
    for name, side in (("left", words.LEFT), ("right", words.RIGHT), ("top", words.TOP), ("bottom", words.BOTTOM))
}


def find_place(question: str) -> Place | None:
    """Return the part of the image that `question` names, or None.

    None also where the words contradict each other (a question about both sides needs both) or where the place is
    relative to a thing in the image, which words alone cannot find.
    """
    text = _TAG.sub(" ", _TRAPS.sub(" ", fold(question)))
    if _RELATIVE.search(text):
        return None
    return _numbered_place(text) or _measured_place(text) or _named_place(text)


def _number(match: re.Match[str] | None) -> int | None:
    if match is None:
        return None
    digits = match["nth"] or match["number"]
    if digits:
        return int(digits)
    return next(number for number, said in words.NUMBERS.items() if re.fullmatch(said, match["said"]))


def _numbered_place(text: str) -> Place | None:
    """Return "the second row", "row 3", "the left column", "the last line"."""
    from_end, row, column = _FROM_END.search(text), _ROW.search(text), _COLUMN.search(text)
    numbers = (_number(row), _number(column))
    if from_end:
        numbers = (-2, None) if from_end["row"] else (None, -2)
    if numbers == (None, None) or 0 in numbers:
        return None
    said = [from_end.group()] if from_end else [match.group() for match in (row, column) if match]
    return Place(WHOLE, *numbers, ", ".join(said), LIKELY)


def _measured_place(text: str) -> Place | None:
    """Return "the top half", "the left third", "la mitad superior"."""
    found = [(side, match) for side, part in _PART.items() for match in part.finditer(text)]
    if len(found) != 1:
        return None
    side, match = found[0]
    spoken = match["share"] or match["before"]
    share = next(1 / parts for parts, said in words.SHARES.items() if re.fullmatch(said, spoken))
    boxes: dict[str, FractionBox] = {
        "left": (0.0, 0.0, share, 1.0),
        "right": (1.0 - share, 0.0, 1.0, 1.0),
        "top": (0.0, 0.0, 1.0, share),
        "bottom": (0.0, 1.0 - share, 1.0, 1.0),
    }
    return Place(boxes[side], None, None, match.group(), CLEAR)


# Spans by the words said; "middle" stands for an axis that has no word of its own.
_ACROSS: dict[str, Span] = {"left": (0.0, 0.5), "right": (0.5, 1.0), "middle": (0.2, 0.8)}
_DOWN: dict[str, Span] = {
    "header": (0.0, 0.2),
    "footer": (0.8, 1.0),
    "top": (0.0, 0.4),
    "bottom": (0.6, 1.0),
    "middle": (0.2, 0.8),
}
_CORNER_DOWN: dict[str, Span] = {"top": (0.0, 0.5), "bottom": (0.5, 1.0)}
_FAR = 2 / 3


def _named_place(text: str) -> Place | None:
    """Return "the top right corner", "the footer", "on the far left", "the middle"."""
    said = {name for name, pattern in _SIDES.items() if pattern.search(text)}
    said -= {wide for narrow, wide in (("header", "top"), ("footer", "bottom")) if narrow in said}
    across = [name for name in ("left", "right") if name in said]
    down = [name for name in ("header", "footer", "top", "bottom") if name in said]
    if len(across) > 1 or len(down) > 1 or not (across or down or "middle" in said):
        return None
    middle = ["middle"] if "middle" in said else []
    horizontal = next((_ACROSS[name] for name in (*across, *middle)), (0.0, 1.0))
    vertical = next((_DOWN[name] for name in (*down, *middle)), (0.0, 1.0))
    if across and down:
        vertical = _CORNER_DOWN.get(down[0], vertical)
    elif "far" in said:
        horizontal, vertical = (_outer(horizontal), vertical) if across else (horizontal, _outer(vertical))
    spoken = " ".join([*middle, *down, *across, *(["corner"] if "corner" in said else [])])
    confidence = CLEAR if (across and down) or {"header", "footer"} & said else LIKELY
    if not (across or down):
        confidence = VAGUE
    return Place((horizontal[0], vertical[0], horizontal[1], vertical[1]), None, None, spoken, confidence)


def _outer(span: Span) -> Span:
    """Return the outer part of a span that touches a side."""
    reach = (span[1] - span[0]) * _FAR
    return (0.0, reach) if span[0] <= 0 else (1.0 - reach, 1.0)
