"""The default router: a fine-tuned question model and measured signals, with its weights in the package."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.errors import ModelFilesError, PictureError
from headroom_nb.records import NEEDS, Needs, RouteDecision, Technique
from headroom_nb.routing.decision import GROUPS, TECHNIQUE_ORDER, choose
from headroom_nb.routing.fusion import Calibration, mix, rule_out_transcript, weigh_groups
from headroom_nb.routing.needs import from_decision
from headroom_nb.routing.picture_kind import FILE, load_kind_models
from headroom_nb.routing.question_model import QuestionModel, Reading
from headroom_nb.routing.reasons import describe_picture, explain
from headroom_nb.signals import measure as measuring
from headroom_nb.signals.detector import model_detector
from headroom_nb.signals.scores import check_models
from headroom_nb.signals.weight_files import ADVICE, FOLDER, read_weights

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from headroom_nb.pictures import Picture
    from headroom_nb.records import ImageSignals

CALIBRATIONS = ("both", "question", "needs, both", "needs, question")
"""Names of the fitted numbers in the weights: of techniques, then of needs, each with and without the image."""

UNREAD = np.array([0.25, 0.05, 0.25, 0.45])
"""Probabilities when the question says nothing: whatever the image is, what is wanted of it is not known."""

UNREAD_NEEDS = Needs.from_mapping(
    {"exact": 6, "prose": 3, "marks": 3, "place": 1, "gist": 2, "detail": 3, "count": 1, "layout": 1}
)
"""Needs when the question says nothing."""

UNSEEN = np.array([0.1, 0.05, 0.1, 0.75])
"""Probabilities when the image cannot be looked at: what cannot be read cannot be shrunk either."""


class EmbeddedRouter:
    """Joins the question model's answers with the kind of image, and chooses by expected cost.

    Parameters
    ----------
    folder
        Where the weights are; the package's own by default.

    Raises
    ------
    ModelFilesError
        They are missing or damaged.
    """

    name = "embedded"

    def __init__(self, folder: Path = FOLDER) -> None:
        check_models(folder)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(model_detector)  # every image needs it next: it opens while the question model does
            self._questions = QuestionModel(folder)
        fusion = read_weights((FILE,), folder)[FILE]
        try:
            self._kinds = load_kind_models(fusion)
            stored = json.loads(fusion)["calibration"]
            self._calibration = {name: Calibration(**stored[name]) for name in CALIBRATIONS}
        except (ValueError, KeyError, TypeError) as error:
            raise ModelFilesError(f"{folder / FILE} does not fit this version ({error!r}); {ADVICE}") from error

    def classify(self, image: bytes | Picture, query: str, *, quality: str = "balanced") -> RouteDecision:
        """Return the decision for one image and one question; never raises for bad input.

        Raises
        ------
        OptionError
            No such quality.
        """
        reading = self._questions.read(query)
        try:
            seen = measuring.inspect(image)
        except PictureError as error:
            probabilities = 0.2 * self._probabilities(reading, None) + 0.8 * UNSEEN
            needs = self._needs(reading, None)
            problem = f"the image could not be looked at ({error})"
            return self._decide(reading, probabilities, needs, quality, None, problem)
        shown = self._kinds["classical" if seen.detector == "classical" else "auto"](seen.features)
        probabilities = self._probabilities(reading, shown, seen.signals.has_text)
        needs = self._needs(reading, shown)
        group = int(np.argmax(shown))
        picture = describe_picture(GROUPS[group], float(shown[group]), seen.signals)
        return self._decide(reading, probabilities, needs, quality, seen.signals, picture, seen.note)

    def needs(self, image: bytes | Picture, query: str) -> Needs:
        """Return what the answer depends on; never raises for bad input."""
        return from_decision(self.classify(image, query), query)

    def classify_query(self, query: str) -> tuple[Technique, float]:
        """Return the technique the question alone suggests, with its probability (0 to 1)."""
        probabilities = self._probabilities(self._questions.read(query), None)
        best = int(np.argmax(probabilities))
        return TECHNIQUE_ORDER[best], float(probabilities[best])

    def analyze_image(self, image: bytes | Picture) -> ImageSignals:
        """Return what is measured in the image; raises PictureError when it cannot be read."""
        return measuring.inspect(image).signals

    def _probabilities(
        self, reading: Reading, shown: npt.NDArray[np.float64] | None, has_text: float = 1.0
    ) -> npt.NDArray[np.float64]:
        calibration = self._calibration["question" if shown is None else "both"]
        weights = weigh_groups(reading.asked_of, shown, calibration)
        probabilities = rule_out_transcript(mix(reading.answers, weights, calibration), has_text)
        return reading.trust * probabilities + (1 - reading.trust) * UNREAD

    def _needs(self, reading: Reading, shown: npt.NDArray[np.float64] | None) -> Needs:
        calibration = self._calibration["needs, question" if shown is None else "needs, both"]
        weights = weigh_groups(reading.asked_of, shown, calibration)
        shares = mix(reading.needs, weights, calibration)
        unread = np.array([share for _, share in UNREAD_NEEDS.items()])
        mixed = reading.trust * shares + (1 - reading.trust) * unread
        return Needs.from_mapping(dict(zip(NEEDS, map(float, mixed), strict=True)))

    def _decide(
        self,
        reading: Reading,
        probabilities: npt.NDArray[np.float64],
        needs: Needs,
        quality: str,
        signals: ImageSignals | None,
        *facts: str,
    ) -> RouteDecision:
        technique = choose(probabilities, quality)
        named = {each: float(share) for each, share in zip(TECHNIQUE_ORDER, probabilities, strict=True)}
        asks = None
        if reading.trust == 1:
            asks = TECHNIQUE_ORDER[int(np.argmax(reading.asked_of @ reading.answers))]
        return RouteDecision(
            technique=technique,
            confidence=named[technique],
            reason=f"{explain(technique, named, asks, reading.note, *facts)}; the answer needs {needs}",
            router=self.name,
            probabilities=named,
            signals=signals,
            needs=needs,
        )
