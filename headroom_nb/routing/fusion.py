"""Joins what the question asks with what kind of image it is asked of.

The question model answers "which technique, if the image were a page, a screenshot, a chart …?" (``answers``) and
"which of these is it probably asked of?" (``asked_of``). The image says which of these it is (``shown``). The mixture

    P(technique) = Σ_group w(group) · answers(group, technique),   w ∝ shown^β · asked_of^α

is then calibrated by a temperature and one offset per technique (vector scaling). α, β, the temperature and the offsets
are fitted on questions and images that the models were not trained on. The needs of an answer
(:class:`~headroom_nb.records.Needs`) are mixed and calibrated in the same way, with fitted numbers of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.records import Technique
from headroom_nb.routing.decision import TECHNIQUE_ORDER

if TYPE_CHECKING:
    import numpy.typing as npt

FLOOR = 0.01
"""Least share of a group: neither the question nor the image rules one out."""

NO_TEXT = 0.01
"""``has_text`` under which there is nothing to transcribe: of the rendered images below it 3 % hold text, of those up
to ten times it 7 %. There the OCR engine may look closer, and TRANSCODE refuses where it finds none either.
"""

_TRANSCODE = TECHNIQUE_ORDER.index(Technique.TRANSCODE)


@dataclass(frozen=True)
class Calibration:
    """Fitted numbers of the mixture.

    Attributes
    ----------
    asked_power, shown_power
        α and β: how much the question and the image count in saying what kind of image it is.
    temperature
        The log-probabilities are divided by it; above 1 makes the router less sure.
    offsets
        Added to them, one per technique or need.
    """

    asked_power: float
    shown_power: float
    temperature: float
    offsets: tuple[float, ...]


def weigh_groups(
    asked_of: npt.NDArray[np.float64], shown: npt.NDArray[np.float64] | None, calibration: Calibration
) -> npt.NDArray[np.float64]:
    """Return the (…, groups) weights of the mixture; without an image the question alone decides them."""
    weights = (asked_of + FLOOR) ** calibration.asked_power if shown is not None else asked_of + FLOOR
    if shown is not None:
        weights = weights * (shown + FLOOR) ** calibration.shown_power
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def mix(
    answers: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], calibration: Calibration
) -> npt.NDArray[np.float64]:
    """Return the (…, n) calibrated probabilities of n techniques or needs.

    Parameters
    ----------
    answers
        (…, groups, n) probabilities for each group.
    weights
        (…, groups) from :func:`weigh_groups`.
    """
    mixed = (weights[..., None] * answers).sum(axis=-2)
    logits = np.log(mixed + 1e-6) / calibration.temperature + np.asarray(calibration.offsets)
    return softmax(logits)


def rule_out_transcript(probabilities: npt.NDArray[np.float64], has_text: float) -> npt.NDArray[np.float64]:
    """Return the (4,) probabilities given that what holds no text cannot be transcribed; the others share what is left.

    A question for text does not make text appear where none was found.
    """
    if has_text >= NO_TEXT:
        return probabilities
    left = np.where(np.arange(len(TECHNIQUE_ORDER)) == _TRANSCODE, 0.0, probabilities)
    return np.asarray(left / left.sum())


def softmax(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
