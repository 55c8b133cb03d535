"""The choice among the forms of one image, the fewest tokens within the risk that the quality allows, and its sentence.

The risk of a form is the chance that it loses an answer which the image as it is still gives:
``Σ P(need) · (1 − survival of the answers that survive as it is)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.costs.ladder import STEP
from headroom_nb.records import NEEDS, Technique
from headroom_nb.survival import survival

if TYPE_CHECKING:
    from headroom_nb.records import Needs, Size
    from headroom_nb.survival import Profile
    from headroom_nb.techniques.forms import Facts, Form


ALLOWED = {"safe": 0.005, "balanced": 0.02, "max": 0.08}
"""Risk that each quality takes."""

CLEARLY_NEEDED = 0.6
"""Share of the largest need from which it is clear what the question needs."""

LEGIBLE_FONT, LEGIBLE_BREADTH = 12.0, 768.0
"""Font size of the smallest text, and breadth of the view, in pixels, that are enough where that is not clear ..."""

LEGIBLE_SIDE = 1824.0
"""... and longer side of the view, pixels, that is enough whatever it shows: a step of the ladder under it will do."""

TOTAL_LOSS = 0.25
"""Share of the tokens that a form without any pixels of the image must save."""


def risk(facts: Facts, needs: Needs, profile: Profile, before: Facts) -> float:
    """Return the chance that what is sent loses the answer, 0 to 1.

    Parameters
    ----------
    facts
        What the form keeps.
    needs
        What the answer depends on.
    profile
        What the model still reads and sees.
    before
        What the image keeps as it is.
    """
    shares = ((need, getattr(needs, need)) for need in NEEDS)
    lost = sum(share * (1 - survival(need, facts, profile, before)) for need, share in shares if share > 0)
    return float(min(1.0, lost))


def why_not(
    form: Form, risk: float, quality: str, tokens_before: int, *, keep_low_view: bool, unsure: bool = False
) -> str:
    """Return why a form is not to be sent, as a phrase; empty where it may be.

    Parameters
    ----------
    form, risk
        The form, and the chance that it loses the answer.
    quality
        What the caller allows.
    tokens_before
        What the image costs as it is.
    keep_low_view
        Whether text must have a view beside it.
    unsure
        Whether it is open what the question needs: a legible view of the whole image will do then.
    """
    if form.refused:
        return form.refused
    if not risk and form.free:
        return ""
    if form.tokens >= tokens_before:
        return "does not cost less than the image as it is"
    if form.all_pixels_given_up and keep_low_view:
        return "a small view is to stay beside the text"
    if form.all_pixels_given_up and form.tokens > (1 - TOTAL_LOSS) * tokens_before:
        return f"gives up all pixels to save less than {TOTAL_LOSS:.0%} of the tokens"
    if risk > ALLOWED[quality] and not (unsure and quality != "safe" and is_legible(form)):
        return f"more risk than the {ALLOWED[quality]:.1%} that {quality} allows"
    return ""


def is_unsure(needs: Needs) -> bool:
    """Return whether it is open what an answer depends on."""
    return float(getattr(needs, needs.most)) < CLEARLY_NEEDED


def is_legible(form: Form) -> bool:
    """Return whether a form shows the whole image so large that more would be a waste where the need is not known."""
    facts = form.facts
    if form.technique is not Technique.FULL_LOW:
        return False
    text = facts.font is not None and facts.sure and not facts.literal and facts.font >= LEGIBLE_FONT
    return facts.view >= LEGIBLE_SIDE / STEP or (text and facts.breadth >= LEGIBLE_BREADTH)


def preference(form: Form) -> tuple[float, ...]:
    """Return what orders forms: tokens, then what gives up less, then bytes."""
    return form.tokens, not form.free, -form.kept_pixels, form.bytes


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
    if facts.cut is not None:
        return f"{form.note[:1].upper()}{form.note[1:]}: {_left(facts.cut[1])}."
    if form.technique is Technique.FULL_LOW:
        return f"Sent at {_percent(facts.view, size)} size{_detail(form)}: {_left(facts)}."
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
