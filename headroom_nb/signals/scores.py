"""Turns features into the probabilities that signals are made of: logistic models whose weights are data."""

from __future__ import annotations

import functools
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from headroom_nb.errors import ModelFilesError
from headroom_nb.signals.weight_files import ADVICE, FOLDER, read_weights

if TYPE_CHECKING:
    from pathlib import Path

FILE = "signals.json"
SCORES = ("has_text", "is_document", "has_small_details", "strokes_are_text")
"""What is scored; ``strokes_are_text`` decides whether the lines found by strokes count."""


@dataclass(frozen=True)
class LogisticModel:
    """Probability = 1 / (1 + exp(−(bias + Σ weight · (feature − mean) / spread))).

    Attributes
    ----------
    bias
        One number.
    weights, means, spreads
        (n,) one number per feature; a weight of 0 leaves the feature out.
    """

    bias: float
    weights: npt.NDArray[np.float64]
    means: npt.NDArray[np.float64]
    spreads: npt.NDArray[np.float64]

    def __call__(self, features: npt.NDArray[np.float64]) -> float:
        """Return the probability for one row of features."""
        # A feature far outside what was seen in training says no more than one at its edge.
        normal = np.clip((features - self.means) / self.spreads, -4.0, 4.0)
        return 1 / (1 + math.exp(-float(np.clip(self.bias + self.weights @ normal, -30, 30))))


@functools.cache
def models(*, detector: bool, folder: Path = FOLDER) -> dict[str, LogisticModel]:
    """Return the models fitted with or without the OCR package's detector.

    Raises
    ------
    ModelFilesError
        The weights are missing from the package, or damaged.
    """
    data = read_weights((FILE,), folder)[FILE]
    try:
        stored = json.loads(data)["auto" if detector else "classical"]
        return {
            name: LogisticModel(
                stored[name]["bias"],
                *(np.array(stored[name][part], dtype=np.float64) for part in ("weights", "means", "spreads")),
            )
            for name in SCORES
        }
    except (ValueError, KeyError, TypeError) as error:
        raise ModelFilesError(f"{folder / FILE} does not fit this version ({error!r}); {ADVICE}") from error


def check_models(folder: Path = FOLDER) -> None:
    """Load the models for every detector, so that a router notices damage when it is built.

    Raises
    ------
    ModelFilesError
        The weights are missing from the package, or damaged.
    """
    for detector in (True, False):
        models(detector=detector, folder=folder)


def scores(features: tuple[float, ...], *, detector: bool) -> dict[str, float]:
    """Return the probability of each of :data:`SCORES`.

    Parameters
    ----------
    features
        In the order of :data:`headroom_nb.signals.measure.FEATURES`.
    detector
        Whether the OCR package's detector took part.
    """
    row = np.array(features)
    return {name: model(row) for name, model in models(detector=detector).items()}
