"""The choice among the forms of one image: the fewest tokens within the risk that the quality allows.

The risk of a form is the chance that it loses an answer which the image as it is still gives:
``Σ P(need) · (1 − survival / survival as it is)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.records import NEEDS
from headroom_nb.survival import survival

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.records import Needs
    from headroom_nb.survival import Profile
    from headroom_nb.techniques.forms import Facts, Form

ALLOWED = {"safe": 0.005, "balanced": 0.02, "max": 0.08}
"""Risk that each quality takes."""

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
    lost = 0.0
    for need in NEEDS:
        share = getattr(needs, need)
        if share > 0:
            whole = survival(need, before, profile)
            lost += share * (1 - min(1.0, survival(need, facts, profile) / whole) if whole else 0.0)
    return min(1.0, lost)


def why_not(form: Form, risk: float, quality: str, tokens_before: int, *, keep_low_view: bool) -> str:
    """Return why a form is not to be sent, as a phrase; empty where it may be."""
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
    if risk > ALLOWED[quality]:
        return f"risk {risk:.1%}; {quality} allows {ALLOWED[quality]:.1%}"
    return ""


def preference(form: Form) -> tuple[float, ...]:
    """Return what orders forms: tokens, then what gives up less, then bytes."""
    return form.tokens, not form.free, -form.kept_pixels, form.bytes


def cheapest(forms: Sequence[Form]) -> list[Form]:
    """Return forms in the order they are tried."""
    return sorted(forms, key=preference)
