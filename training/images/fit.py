"""Fits the logistic models behind the signals on the table of rendered pictures, and says how well they separate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from headroom_nb.signals.measure import FEATURES
from headroom_nb.signals.scores import SCORES
from training.images.measure import read

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

RIDGE = 3.0
"""Weight of the squared weights against the sum of the log losses."""

GROUPS: dict[str, tuple[str, ...]] = {
    "has_text": ("strokes_", "boxes_", "entropy", "common_colours", "colours", "flat", "exact", "edges", "noise"),
    "is_document": (
        "strokes_",
        "boxes_",
        "entropy",
        "common_colours",
        "colours",
        "flat",
        "saturation",
        "even_",
        "noise",
    ),
    "has_small_details": ("strokes_", "boxes_", "loss", "megapixels", "edges", "busy", "entropy", "noise"),
    "strokes_are_text": ("strokes_", "entropy", "common_colours", "colours", "flat", "exact", "edges", "noise"),
}
"""Features each score may look at, by the start of their names: few enough that rendered habits do not leak in."""


def fit(table: Path, target: Path) -> dict[str, Any]:
    """Fit every score with and without the detector's features; write the weights and return the figures."""
    header, rows = read(table)
    if tuple(header["features"]) != FEATURES:
        raise SystemExit(f"{table} was measured with other features; measure again")
    values = np.array([row["features"] for row in rows], dtype=np.float64)
    held_out = np.array([row["number"] % 4 == 0 for row in rows])
    stored: dict[str, Any] = {"fitted_on": f"{len(rows)} rendered pictures, seed {header['seed']}"}
    for variant in ("auto", "classical"):
        stored[variant] = {}
        for name in SCORES:
            known = np.array([row["truth"][name] is not None for row in rows])
            truth = np.array([row["truth"][name] or 0.0 for row in rows])
            used = np.array([_used(feature, name, variant) for feature in FEATURES])
            model = _logistic(values[known & ~held_out], truth[known & ~held_out], used)
            tested = _predict(model, values[known & held_out])
            area, error = (
                auroc(truth[known & held_out], tested),
                float(np.abs((tested > 0.5) - truth[known & held_out]).mean()),
            )
            print(f"{variant:10} {name:18} AUROC {area:.3f}  wrong {error:.3f}  of {int((known & held_out).sum())}")
            stored[variant][name] = {key: np.round(value, 5).tolist() for key, value in model.items()}
            stored[variant][name]["auroc"] = round(area, 4)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(stored, separators=(",", ":")) + "\n", encoding="utf-8")
    return stored


def _used(feature: str, name: str, variant: str) -> bool:
    if variant == "classical" and feature.startswith("boxes_"):
        return False
    return feature.startswith(GROUPS[name])


def _logistic(values: Floats, truth: Floats, used: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Fit by Newton's method with a ridge on the weights; both classes weigh the same."""
    means, spreads = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-3)
    normal = np.clip((values - means) / spreads, -4, 4) * used
    design = np.hstack([np.ones((len(values), 1)), normal])
    share = truth.mean()
    balance = np.where(truth > 0.5, 0.5 / share, 0.5 / (1 - share))
    weights = np.zeros(design.shape[1])
    penalty = np.full(len(weights), RIDGE)
    penalty[0] = 0
    for _ in range(50):
        probability = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (balance * (probability - truth)) + penalty * weights
        curvature = balance * probability * (1 - probability)
        hessian = (design * curvature[:, None]).T @ design + np.diag(penalty + 1e-6)
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return {"bias": float(weights[0]), "weights": weights[1:] * used, "means": means, "spreads": spreads}


def _predict(model: dict[str, Any], values: Floats) -> Floats:
    normal = np.clip((values - model["means"]) / model["spreads"], -4, 4)
    predicted: Floats = 1 / (1 + np.exp(-np.clip(model["bias"] + normal @ model["weights"], -30, 30)))
    return predicted


def auroc(truth: Floats, scores: Floats) -> float:
    """Return the probability that a true one scores above a false one; ties count half."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    for value in np.unique(scores):
        same = scores == value
        ranks[same] = ranks[same].mean()
    positive = truth > 0.5
    n_true, n_false = int(positive.sum()), int((~positive).sum())
    if not n_true or not n_false:
        return float("nan")
    return float((ranks[positive].sum() - n_true * (n_true + 1) / 2) / (n_true * n_false))
