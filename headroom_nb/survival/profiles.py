"""The profiles of ``profiles.json``: what each family of models still reads and sees, by size."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import ModelFilesError

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    def share(self, curve: str, size: float) -> float:
        """Return the share of answers that survive at a size, 0 to 1."""
        points = self.curves[curve]
        if size <= points[0][0]:
            return points[0][1] * max(0.0, size) / points[0][0]
        for (left, low), (right, high) in pairwise(points):
            if size <= right:
                return low + (high - low) * (size - left) / (right - left)
        return points[-1][1]


def find_profile(model: str) -> Profile:
    """Return the first profile that names a model; the most careful one where none does."""
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
    text = files("headroom_nb.survival").joinpath("profiles.json").read_text("utf-8")
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
    if not curve or not rising or curve[0][0] <= 0 or not all(0 <= share <= 1 for _, share in curve):
        raise ValueError(f"the curve {name!r} must rise, from a size above 0, with shares between 0 and 1")
    return curve
