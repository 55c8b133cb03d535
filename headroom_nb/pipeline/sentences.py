"""One sentence for each image: what was done, and what was given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.records import Technique

if TYPE_CHECKING:
    from headroom_nb.records import Needs, Size
    from headroom_nb.techniques.forms import Facts, Form

WORDS = {
    "exact": "exact characters",
    "prose": "what its text says",
    "marks": "what its marks mean",
    "place": "one place in it",
    "gist": "what it is about",
    "detail": "small details",
    "count": "things to be counted",
    "layout": "where things stand",
}
"""What the answer to a question depends on, as the end of "the question needs …"."""


def sentence(form: Form, needs: Needs, size: Size, *, better_known: bool = True) -> str:
    """Return what was done with an image, and what that leaves.

    Parameters
    ----------
    form
        What is sent.
    needs
        What the answer depends on.
    size
        Of the image, pixels.
    better_known
        Whether any smaller form was considered.
    """
    facts = form.facts
    if form.technique is Technique.PRESERVE and form.label == "unchanged":
        return _kept(facts, needs) if better_known else "Kept as it is."
    if form.technique is Technique.PRESERVE:
        return f"Resized to {_size(form.sizes[0])}: the model sees the same."
    if form.technique is Technique.FULL_LOW:
        return f"Sent at {_percent(facts.view, size)} size{_detail(form)}: {_left(facts)}."
    if form.technique is Technique.CROP:
        inside = form.facts.cut[1] if form.facts.cut else facts
        return f"{form.note[:1].upper()}{form.note[1:]}: {_left(inside)}."
    if form.all_pixels_given_up:
        return f"Sent as text ({form.note}): nothing else of the image is left."
    return f"Sent as text beside a view at {_percent(facts.view, size)} size ({form.note})."


def _kept(facts: Facts, needs: Needs) -> str:
    text = f" and the text is {facts.font:.0f} px in the model's view" if facts.font is not None else ""
    return f"Kept whole: the question needs {WORDS[needs.most]}{text}."


def _left(facts: Facts) -> str:
    if facts.font is not None:
        return f"smallest text {facts.font:.0f} px in the model's view"
    return f"{facts.view:.0f} px long in the model's view"


def _detail(form: Form) -> str:
    return f" ({form.label})" if form.label.endswith("detail") else ""


def _percent(view: float, size: Size) -> str:
    return f"{100 * view / max(size):.0f} %"


def _size(size: Size) -> str:
    return f"{size[0]}×{size[1]}"
