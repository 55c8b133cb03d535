"""Text as it may be shown: one line, no control characters, cut and padded by the columns it takes on screen."""

from __future__ import annotations

import unicodedata

_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ZERO_WIDTH_CATEGORIES = frozenset({"Mn", "Me", "Cf"})


def one_line(text: object) -> str:
    """Return the text on one line, without control and direction-changing characters.

    Lone surrogates, which no output could encode, become U+FFFD.
    """
    line = str(text)
    if line.isprintable():  # as almost every line is: nothing to take out
        return " ".join(line.split())
    kept = []
    for character in line:
        category = unicodedata.category(character)
        if category == "Cs":
            kept.append("\ufffd")
        elif category in {"Cc", "Zl", "Zp"}:
            kept.append(" ")
        elif character not in _BIDI_CONTROLS:
            kept.append(character)
    return " ".join("".join(kept).split())


def width(text: str) -> int:
    """Return how many columns the text takes in a fixed-width font."""
    return len(text) if text.isascii() else sum(map(_character_width, text))


def _character_width(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in _ZERO_WIDTH_CATEGORIES:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shorten(text: object, columns: int) -> str:
    """Return the text on one line, cut to ``columns`` with an ellipsis at the end."""
    line = one_line(text)
    if width(line) <= columns:
        return line
    taken, room = [], columns - 1
    for character in line:
        room -= _character_width(character)
        if room < 0:
            break
        taken.append(character)
    return "".join(taken).rstrip() + "…"


def shorten_lines(text: str, characters: int) -> str:
    """Return the text with its lines and indents, each free of control characters, cut to a number of characters."""
    lines = [
        f"{line[: len(line) - len(line.lstrip(' '))]}{one_line(line)}" for line in text[: 2 * characters].split("\n")
    ]
    kept = "\n".join(lines)
    return kept if len(kept) <= characters and len(text) <= 2 * characters else kept[: characters - 1].rstrip() + "…"


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Return the text filled with spaces to ``columns``; ``right`` puts the text at the right."""
    fill = " " * max(0, columns - width(text))
    return fill + text if right else text + fill


def markdown(text: object) -> str:
    r"""Return the text on one line with everything that Markdown would act on made harmless.

    ``$`` is included: notebooks typeset what stands between two of them.
    """
    line = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join("\\" + character if character in "\\`*_[]|$~#" else character for character in line)
