"""What each family of models still reads and sees, by size, and the chance that an answer survives a form.

The profiles are data, in ``profiles.json``.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import ModelFilesError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.techniques.forms import Facts


CURVES = {
    "exact": "font size in the provider's view, pixels",
    "prose": "font size in the provider's view, pixels",
    "scene": "longer side of the view, pixels: text where none was measured",
    "small": "breadth of the view, pixels: of text and marks, which nobody has shown to be read in tiny views",
    "marks": "height of the smallest mark in the view, pixels",
    "gist": "longer side of the view, pixels",
    "layout": "longer side of the view, pixels",
    "detail": "longer side of the view, pixels",
    "count": "longer side of the view, pixels",
}
"""Every curve of a profile, and the unit of its first axis; the second is the share of answers that survive."""

CAREFUL = "careful"
"""The profile of a model of which nothing is known."""

Curve = tuple[tuple[float, float], ...]
"""Points ``(size, share)``, both rising; straight lines between them."""


@dataclass(frozen=True)
class Profile:
    """What one family of models still reads and sees.

    Attributes
    ----------
    name
        Name of the profile.
    models
        Patterns of model names, as in a shell.
    curves
        One per name of :data:`CURVES`.
    source, date
        Where the figures come from, and when they were read.
    estimate
        True until they were measured on the model itself.
    """

    name: str
    models: tuple[str, ...]
    curves: Mapping[str, Curve] = field(repr=False)
    source: str
    date: str
    estimate: bool = True

    @cached_property
    def key(self) -> str:
        """Everything that a decision by this profile depends on."""
        return repr((self.name, self.date, sorted(self.curves.items())))

    def share(self, curve: str, size: float) -> float:
        """Return the share of answers that survive at a size, 0 to 1."""
        points = self.curves[curve]
        if size <= points[0][0]:
            return points[0][1] * max(0.0, size) / points[0][0]
        for (left, low), (right, high) in pairwise(points):
            if size <= right:
                return low + (high - low) * (size - left) / (right - left)
        return points[-1][1]


def shipped_profile(model: str) -> Profile:
    """Return the first profile of the package that names a model; the most careful one where none does."""
    profiles = load_profiles()
    name = model.rpartition("/")[2]
    for profile in profiles.values():
        if any(fnmatchcase(name, pattern) for pattern in profile.models):
            return profile
    return profiles[CAREFUL]


@lru_cache(maxsize=1)
def load_profiles() -> dict[str, Profile]:
    """Return the shipped profiles by name.

    Raises
    ------
    ModelFilesError
        The file is damaged, or a profile in it is not one.
    """
    text = Path(__file__).with_name("profiles.json").read_text("utf-8")
    try:
        profiles = [read_profile(row) for row in json.loads(text)["profiles"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelFilesError(f"survival/profiles.json cannot be read ({error}); install the package again") from error
    found = {profile.name: profile for profile in profiles}
    if CAREFUL not in found:
        raise ModelFilesError(f"survival/profiles.json has no profile {CAREFUL!r}; install the package again")
    return found


def read_profile(row: Mapping[str, Any]) -> Profile:
    """Return a profile from its row; raises ValueError, KeyError or TypeError where that is not one."""
    curves = {name: _curve(name, row["curves"][name]) for name in CURVES}
    return Profile(
        row["name"], tuple(row["models"]), curves, row["source"], row["date"], bool(row.get("estimate", True))
    )


def _curve(name: str, points: list[list[float]]) -> Curve:
    curve = tuple((float(size), float(share)) for size, share in points)
    rising = all(one[0] < two[0] and one[1] <= two[1] for one, two in pairwise(curve))
    if (
        not curve
        or not rising
        or curve[0][0] <= 0
        or curve[-1][0] == math.inf
        or not all(0 <= share <= 1 for _, share in curve)
    ):
        raise ValueError(f"the curve {name!r} must rise, from a size above 0, with shares between 0 and 1")
    return curve


UNSURE = 0.8
"""A font size that was not measured surely counts for so much of itself."""

LITERAL = 0.76
"""Code and keys need letters this much larger: models swap 8 and B, 0 and O, and no language tells them."""

SAYS_WHAT_IT_IS = 0.97
"""Share of questions about what a page is about that its text answers."""

IN_SMALLEST = 0.9
"""Share of the answers taken to stand in the smallest text; set on the even half of real questions."""

OF_THE_WHOLE = ("gist", "layout", "count")
"""What no single tile shows."""

SMALLEST_MARK = 0.4
"""Height of the smallest mark that carries meaning, as a share of the font size: a raised digit is about half."""

TEXT_AS_MARK = 0.75
"""Height of a mark, where none was measured, as a share of the font size: ticks and dots are as high as capitals."""


def survival(need: str, facts: Facts, profile: Profile, before: Facts | None = None) -> float:
    """Return the probability that an answer survives, 0 to 1.

    Parameters
    ----------
    need
        One of :data:`headroom_nb.records.NEEDS`.
    facts
        What the form keeps.
    profile
        What the model still reads and sees.
    before
        What the image keeps as it is: only answers that it still gives count. What can be read at some size can be
        read at a larger one, so of a view the share of its own survival is taken; text beside it saves what it saves.
    """
    if need == "place":
        # what is asked of the place is not known: what is written there, or what is to be seen
        read, seen = (survival(each, facts, profile, before) for each in ("exact", "detail"))
        return facts.textual * read + (1 - facts.textual) * min(read, seen)
    whole = 1.0 if before is None else _shown(need, before, profile)
    shown = min(1.0, _shown(need, facts, profile) / whole) if whole else 1.0
    if facts.cut is not None and not (facts.tiled and need in OF_THE_WHOLE):
        inside, piece = facts.cut
        shown = max(shown, inside * survival(need, piece, profile, before) + (1 - inside) * shown)
    return 1 - (1 - shown) * (1 - _said(need, facts))


def _shown(need: str, facts: Facts, profile: Profile) -> float:
    """Return what the view of the whole image keeps."""
    if not facts.view:
        return 0.0
    if need in {"exact", "prose"}:
        return min(_read(need, facts, profile), profile.share("small", facts.breadth or facts.view))
    if need == "marks":
        return min(_marks(facts, profile), profile.share("small", facts.breadth or facts.view))
    return profile.share(need, facts.view)


def _read(need: str, facts: Facts, profile: Profile) -> float:
    """Return the share of answers that are read, in text of the smallest and of the usual size."""
    if facts.font is None:
        return profile.share("scene", facts.view)
    scale = 1.0 if facts.sure else UNSURE
    if facts.literal:  # every line of code counts
        return profile.share(need, scale * facts.font * (LITERAL if need == "exact" else 1.0))
    smallest = profile.share(need, scale * facts.font)
    usual = profile.share(need, scale * max(facts.font, facts.typical or 0.0))
    return IN_SMALLEST * smallest + (1 - IN_SMALLEST) * usual


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
