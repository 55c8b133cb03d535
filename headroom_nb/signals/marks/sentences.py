"""What was seen, for people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.signals.marks.found import Mark

PHRASES = {
    "strike": ("1 text is struck out", "{n} texts are struck out"),
    "underline": ("1 text is underlined", "{n} texts are underlined"),
    "raised": ("1 raised number or sign", "{n} raised numbers or signs"),
    "lowered": ("1 lowered number or sign", "{n} lowered numbers or signs"),
    "box": ("1 check box", "{n} check boxes"),
    "circle": ("1 choice circle", "{n} choice circles"),
    "tick": ("1 tick", "{n} ticks"),
    "cross": ("1 cross", "{n} crosses"),
    "toggle": ("1 switch", "{n} switches"),
    "arrow": ("1 arrow", "{n} arrows"),
    "star": ("1 star", "{n} stars"),
    "rating": ("1 rating", "{n} ratings"),
    "dot": ("1 coloured dot", "{n} coloured dots"),
    "colour": ("1 text is in another colour", "{n} texts are in another colour"),
    "ground": ("1 text is highlighted", "{n} texts are highlighted"),
    "bold": ("1 line is bold among regular ones", "{n} lines are bold among regular ones"),
    "pale": ("1 line is pale", "{n} lines are pale"),
    "side": ("1 block stands left or right", "{n} blocks stand left and right in turns"),
    "ring": ("1 ring is drawn around text", "{n} rings are drawn around text"),
    "turned": ("1 line runs along the side", "{n} lines run along the side"),
    "gutter": ("code has line numbers", "{n} pieces of code have line numbers"),
    "plate": ("1 label was not read", "{n} labels were not read"),
    "unread": ("1 thing like text was not read", "{n} things like text were not read"),
    "bar": ("1 bar", "{n} bars"),
    "picture": ("1 picture", "{n} pictures"),
}
"""Singular and plural of each kind."""


def sentences(marks: Sequence[Mark]) -> tuple[str, ...]:
    """Return one sentence for each kind, with how often its values occur: "3 check boxes (1 checked, 2 unchecked)"."""
    said = []
    for kind in dict.fromkeys(mark.kind for mark in marks):
        one, many = PHRASES[kind]
        values = Counter(mark.value for mark in marks if mark.kind == kind)
        count = sum(values.values())
        text = one if count == 1 else many.format(n=count)
        if kind in STATES and all(values):
            text += f" ({', '.join(f'{number} {value}' for value, number in values.most_common())})"
        said.append(text)
    return tuple(said)


STATES = ("box", "circle", "toggle", "arrow", "star", "dot", "colour", "side")
"""Kinds whose values are few."""
