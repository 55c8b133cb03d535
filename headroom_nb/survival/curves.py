"""The chance that an answer survives one form, for one need.

What a view shows is read off the profile's curves; what a transcript says comes with it. Where both are sent, the
answer is lost only if both lose it. A crop keeps what its piece shows as far as the answer stands in it, and what an
overview shows otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headroom_nb.survival.profiles import Profile
    from headroom_nb.techniques.forms import Facts

UNSURE = 0.8
"""A font size that was not measured surely counts for so much of itself."""

LITERAL = 0.76
"""Code and keys need letters this much larger: models swap 8 and B, 0 and O, and no language tells them."""

SAYS_WHAT_IT_IS = 0.97
"""Share of questions about what a page is about that its text answers."""

SMALLEST_MARK = 0.4
"""Height of the smallest mark that carries meaning, as a share of the font size: a raised digit is about half."""

TEXT_AS_MARK = 0.75
"""Height of a mark, where none was measured, as a share of the font size: ticks and dots are as high as capitals."""


def survival(need: str, facts: Facts, profile: Profile) -> float:
    """Return the probability that an answer survives, 0 to 1.

    Parameters
    ----------
    need
        One of :data:`headroom_nb.records.NEEDS`.
    facts
        What the form keeps.
    profile
        What the model still reads and sees.
    """
    if need == "place":
        # what is asked of the place is not known: what is written there, or what is to be seen
        read, seen = (survival(each, facts, profile) for each in ("exact", "detail"))
        return facts.textual * read + (1 - facts.textual) * min(read, seen)
    shown = _shown(need, facts, profile)
    if facts.cut is not None:
        inside, piece = facts.cut
        shown = max(shown, inside * survival(need, piece, profile) + (1 - inside) * shown)
    return 1 - (1 - shown) * (1 - _said(need, facts))


def _shown(need: str, facts: Facts, profile: Profile) -> float:
    """Return what the view of the whole picture keeps."""
    if not facts.view:
        return 0.0
    if need in {"exact", "prose"}:
        return min(_read(need, facts, profile), profile.share("small", facts.breadth or facts.view))
    if need == "marks":
        return min(_marks(facts, profile), profile.share("small", facts.breadth or facts.view))
    return profile.share(need, facts.view)


def _read(need: str, facts: Facts, profile: Profile) -> float:
    if facts.font is None:
        return profile.share("scene", facts.view)
    font = facts.font if facts.sure else UNSURE * facts.font
    return profile.share(need, LITERAL * font if facts.literal and need == "exact" else font)


def _marks(facts: Facts, profile: Profile) -> float:
    if facts.mark is not None:
        # what is far smaller than the letters is a speck or an edge, not a mark that a question is about
        return profile.share("marks", max(facts.mark, SMALLEST_MARK * (facts.font or 0.0)))
    if facts.font is not None:
        return profile.share("marks", TEXT_AS_MARK * facts.font)
    return profile.share("layout", facts.view)


def _said(need: str, facts: Facts) -> float:
    """Return what the text beside or instead of the view keeps."""
    if need == "exact":
        return facts.exact
    if need == "prose":
        return facts.prose
    return SAYS_WHAT_IT_IS * facts.prose if need == "gist" and facts.page else 0.0
