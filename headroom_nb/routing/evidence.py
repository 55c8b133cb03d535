"""Lets an image change a choice that was made from the question: a table of what speaks for and against.

Used by the routers whose classifier reads the question alone (the hub models) and by the baseline. Each row of
:data:`EVIDENCE` looks at one signal's score s between 0 and 1. With its threshold t it moves the log-probabilities by
``move × strength``, where the strength grows from 0 at t to 1 at the far end: a clear image overrules the question, a
doubtful one only leans.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.records import Technique

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import ImageSignals

CLEAR = 0.4
"""Strength from which a row is mentioned to the user."""


@dataclass(frozen=True)
class Evidence:
    """One row: which signal, when it speaks, what it says and does.

    Attributes
    ----------
    signal
        A score of :class:`~headroom_nb.records.ImageSignals`.
    threshold
        Where it starts to speak.
    high
        Whether it speaks above the threshold (else below).
    words
        What is said to the user.
    moves
        Added to the log-probabilities at full strength.
    """

    signal: str
    threshold: float
    high: bool
    words: str
    moves: Mapping[Technique, float]

    def strength(self, signals: ImageSignals) -> float:
        """Return how strongly it speaks, 0 to 1."""
        score = float(getattr(signals, self.signal))
        reach = 1 - self.threshold if self.high else self.threshold
        beyond = score - self.threshold if self.high else self.threshold - score
        return max(0.0, beyond / reach)


EVIDENCE = (
    Evidence(
        "has_text",
        0.4,
        high=False,
        words="no text was found in it",
        moves={Technique.TRANSCODE: -4, Technique.FULL_LOW: 1},
    ),
    Evidence(
        "is_document",
        0.5,
        high=True,
        words="it is a page of text",
        moves={Technique.TRANSCODE: 2, Technique.FULL_LOW: -2.5, Technique.PRESERVE: -0.3},
    ),
    Evidence(
        "is_document",
        0.3,
        high=False,
        words="it is not mainly text",
        moves={Technique.TRANSCODE: -0.5, Technique.PRESERVE: 0.3},
    ),
    Evidence(
        "has_small_details",
        0.5,
        high=True,
        words="small details would be lost",
        moves={Technique.FULL_LOW: -2, Technique.PRESERVE: 0.7},
    ),
    Evidence(
        "is_complex", 0.6, high=True, words="it is crowded", moves={Technique.FULL_LOW: -0.7, Technique.PRESERVE: 0.4}
    ),
)


def weigh(scores: Mapping[Technique, float], signals: ImageSignals) -> tuple[dict[Technique, float], list[str]]:
    """Return log-probabilities (not normalised) after a look at the image, and what spoke clearly.

    Parameters
    ----------
    scores
        Log-probability of each technique from the question.
    signals
        What was measured.
    """
    moved, said = dict(scores), []
    for row in EVIDENCE:
        strength = row.strength(signals)
        if strength >= CLEAR:
            said.append(row.words)
        for technique, move in row.moves.items():
            moved[technique] += move * strength
    return moved, said


def softmax(scores: Mapping[Technique, float]) -> dict[Technique, float]:
    """Return probabilities that sum to 1 from log-probabilities."""
    top = max(scores.values())
    weights = {technique: math.exp(score - top) for technique, score in scores.items()}
    total = sum(weights.values())
    return {technique: weight / total for technique, weight in weights.items()}
