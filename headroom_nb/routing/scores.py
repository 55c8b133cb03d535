"""Turns features into the probabilities that signals are made of."""

from __future__ import annotations

import math


def score(name: str, features: tuple[float, ...], *, detector: bool) -> float:
    """Return a provisional score."""
    from headroom_nb.routing.signals import FEATURES

    value = dict(zip(FEATURES, features, strict=True))
    coverage, lines = (max(value[f"{kind}_{what}"] for kind in ("strokes", "boxes")) for what in ("coverage", "count"))
    if name == "has_text":
        return 1 - math.exp(-math.expm1(lines) * min(1.0, coverage * 20) * 2)
    if name == "is_document":
        return (
            min(1.0, coverage / 0.15) * min(1.0, math.expm1(lines) / 8) * (1 - 0.8 * max(0.0, value["entropy"] - 5) / 3)
        )
    return min(1.0, value["loss"] / 0.3)
