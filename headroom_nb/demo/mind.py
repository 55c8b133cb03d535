"""How the stand-in for a model answers: by looking words of the question up in what it could read.

It is no language model. It finds the line that has most of the question's words and repeats what stands there; it reads
out, or counts, where it is asked to; it says that it cannot read what is too small for it, or guesses where it was made
to; and it calls the tools that it is offered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headroom_nb.demo.eyes import Line

CANNOT = "I cannot read that in the image."

_WORD = re.compile(r"[^\W_]+")

_PLAIN = frozenset(
    _WORD.findall(
        "a an and are as at be by can do does for from has have how in is it its me of on or please say says show tell "
        "that the there this to was what when where which who whose why will with you image picture page value exactly"
    )
)
"""Words of a question that do not say what is looked for."""

_READ = re.compile(r"\b(transcribe|copy|read out|read aloud|exactly what stands)\b", re.IGNORECASE)
_SWAPS = str.maketrans("38560O1lB", "8365O0l18")
"""What models that cannot see a character write instead."""

LOOK = "look_closer"
MARGIN = 0.02
BLOCK = 0.16
"""Height of what is looked at below a heading, as a share of the image."""


@dataclass(frozen=True)
class Ability:
    """What the stand-in can do.

    Attributes
    ----------
    reads_from
        Font size in pixels of the view from which it reads without a mistake; under it, not at all.
    guesses
        Whether it writes something wrong, as if it were sure, where it cannot read.
    """

    reads_from: float = 10.0
    guesses: bool = False

    def reads(self, line: Line) -> bool:
        """Return whether a line is large enough."""
        return line.px >= self.reads_from or line.image < 0


@dataclass(frozen=True)
class Thought:
    """An answer, or calls of tools as pairs of a name and arguments."""

    text: str = ""
    calls: tuple[tuple[str, Mapping[str, Any]], ...] = field(default=())


def think(
    question: str,
    lines: Sequence[Line],
    ability: Ability,
    *,
    tools: Sequence[str] = (),
    looked: int = 0,
    names: Sequence[str] = (),
) -> Thought:
    """Return what the stand-in answers.

    Parameters
    ----------
    question
        The last thing the user said.
    lines
        Every line in the images and other texts of the request.
    ability
        What it can do.
    tools
        Names of the tools it is offered; one that the question names is called.
    looked
        How often it looked closer already.
    names
        The id of each image, as the request gives them to it.
    """
    named = [tool for tool in tools if tool != LOOK and tool in question]
    if named and not looked:
        return Thought(calls=tuple((tool, {"question": question}) for tool in named))
    readable = [line for line in lines if ability.reads(line)]
    if _READ.search(question):
        return Thought(_read_out(lines, ability))
    found = _find(question, readable)
    if found is not None:
        return Thought(found)
    if LOOK in tools and looked < 2:
        boxes = _worth_looking(question, lines, ability)
        calls = [(LOOK, {"image": names[image], **box}) for image, box in boxes if image < len(names)]
        if calls:
            return Thought(calls=tuple(calls))
    guess = _find(question, lines) if ability.guesses else None
    return Thought(guess.translate(_SWAPS) if guess else CANNOT)


def _read_out(lines: Sequence[Line], ability: Ability) -> str:
    told = []
    for row in _rows([line for line in lines if line.image >= 0]):
        unsure = (lambda text: text.translate(_SWAPS)) if ability.guesses else (lambda _: "?")
        number = f"{row.pop(0).text}: " if len(row) > 1 and row[0].text.isdecimal() else ""
        told.append(number + " ".join(line.text if ability.reads(line) else unsure(line.text) for line in row))
    return "\n".join(told) or CANNOT


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines that stand beside each other together, from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda each: (each.image, each.box[1] + each.box[3])):
        last = rows[-1][-1] if rows else None
        middle = (line.box[1] + line.box[3]) / 2
        if last is not None and last.image == line.image and last.box[1] < middle < last.box[3]:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda each: each.box[0]) for row in rows]


def words_of(text: str) -> set[str]:
    """Return the words of a text that say what it is about."""
    return {word.lower() for word in _WORD.findall(text)} - _PLAIN


def _find(question: str, lines: Sequence[Line]) -> str | None:
    """Return what stands behind the question's words on the line that has most of them; None where none has enough."""
    wanted = words_of(question)
    best, value = 0.0, None
    for line in lines:
        label, colon, rest = line.text.partition(":")
        share = len(wanted & words_of(label if colon else line.text)) / max(1, len(wanted))
        says = rest.strip() if colon else words_of(line.text) - wanted  # a heading repeats the question's words alone
        if share > best and says:
            best, value = share, rest.strip() if colon else line.text.strip()
    return value if best >= 0.5 else None


def _worth_looking(question: str, lines: Sequence[Line], ability: Ability) -> list[tuple[int, dict[str, int]]]:
    """Return the image and the region, in thousandths, where the answer may stand too small to be read."""
    small = [line for line in lines if not ability.reads(line)]
    if not small:
        return []
    wanted = words_of(question)
    headings = [line for line in lines if line.image >= 0 and ability.reads(line) and wanted & words_of(line.text)]
    if headings:
        heading = max(headings, key=lambda line: len(wanted & words_of(line.text)))
        under = [
            line
            for line in small
            if line.image == heading.image and heading.box[1] <= line.box[1] <= heading.box[3] + BLOCK
        ]
        if under:
            return [(heading.image, _around([heading, *under]))]
    return [
        (image, _around([line for line in small if line.image == image])) for image in sorted({s.image for s in small})
    ]


def _around(lines: Sequence[Line]) -> dict[str, int]:
    edges = (
        min(line.box[0] for line in lines) - MARGIN,
        min(line.box[1] for line in lines) - MARGIN,
        max(line.box[2] for line in lines) + MARGIN,
        max(line.box[3] for line in lines) + MARGIN,
    )
    return {
        name: round(1000 * min(1.0, max(0.0, edge))) for name, edge in zip(("x0", "y0", "x1", "y1"), edges, strict=True)
    }
