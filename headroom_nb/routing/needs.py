"""What an answer depends on, for routers that only say a technique: a table, and a few words of the question.

A technique says roughly what its author took the question to need. :data:`FROM_TECHNIQUE` writes that down, and
:data:`WORDS` moves weight where the question names the need (English only). It is coarser than the embedded router's
question model, which learned the needs themselves.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from headroom_nb.records import NEEDS, Needs, Technique

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.pictures import Picture
    from headroom_nb.records import RouteDecision
    from headroom_nb.routing.base import Router

FROM_TECHNIQUE: dict[Technique, dict[str, float]] = {
    Technique.TRANSCODE: {"exact": 0.55, "prose": 0.3, "marks": 0.05, "place": 0.1},
    Technique.CROP: {"place": 0.5, "exact": 0.25, "detail": 0.25},
    Technique.FULL_LOW: {"gist": 0.8, "layout": 0.1, "detail": 0.05, "prose": 0.05},
    Technique.PRESERVE: {"detail": 0.35, "marks": 0.2, "exact": 0.15, "count": 0.15, "layout": 0.15},
}
"""Share of each need, were the technique right."""

FACTOR = 6.0
"""How much more a need weighs when the question names it."""
LEAST = 0.02
"""Weight of every need before the words are looked at, so that they can raise each."""

WORDS: tuple[tuple[str, str], ...] = (
    ("count", r"how many|count|number of (?:people|things|items|objects)"),
    ("exact", r"exact\w*|verbatim|transcri\w+|copy|code|key|serial|iban|url|e-?mail|number|price|total|date|address"),
    ("prose", r"summar\w+|translat\w+|explain|about"),
    (
        "marks",
        r"selected|chosen|checked|ticked|highlighted|crossed out|struck|done|failed|passed|enabled|active|changed",
    ),
    ("layout", r"where|which side|next to|left of|right of|above|below|colou?rs?|position|aligned"),
    ("gist", r"describe|what is this|kind of|mood|happening"),
    ("detail", r"small|tiny|crack|scratch|damage|texture|chart|graph|curve|fine print"),
)
_PATTERNS = tuple((need, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for need, words in WORDS)
_LOOKED_AT = 2000
"""Characters of a question that are looked at."""


def from_techniques(probabilities: Mapping[Technique, float], query: str) -> Needs:
    """Return the needs that the technique probabilities (any positive scale) and the words of the question suggest."""
    weights = dict.fromkeys(NEEDS, LEAST)
    for technique, share in probabilities.items():
        for need, part in FROM_TECHNIQUE[technique].items():
            weights[need] += share * part
    for need, pattern in _PATTERNS:
        if pattern.search(query[:_LOOKED_AT]):
            weights[need] *= FACTOR
    return Needs.from_mapping(weights)


def from_decision(decision: RouteDecision, query: str) -> Needs:
    """Return the needs a decision names, or those that its techniques suggest."""
    if decision.needs is not None:
        return decision.needs
    shares = {technique: share for technique, share in decision.probabilities.items() if share > 0}
    return from_techniques(shares or {decision.technique: 1.0}, query)


def with_needs(decision: RouteDecision, query: str) -> RouteDecision:
    """Return the decision with the needs that its techniques suggest, named in its reason."""
    needs = from_decision(decision, query)
    return replace(decision, needs=needs, reason=f"{decision.reason}; by its technique it needs {needs}")


def needs_of(router: Router, image: bytes | Picture, query: str) -> Needs:
    """Return what an answer depends on by any router, also one that only has ``classify``."""
    own = getattr(router, "needs", None)
    if callable(own):
        needs: Needs = own(image, query)
        return needs
    return from_decision(router.classify(image, query), query)
