"""What the routers of hub models share: a classifier of questions, a look at the image, one rule that joins them.

Subclasses load the models; they give logits for a question and an embedding for an image.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from headroom_nb.errors import ModelFilesError, OptionError, PictureError
from headroom_nb.records import RouteDecision, Technique
from headroom_nb.routing.decision import TECHNIQUE_ORDER, choose
from headroom_nb.routing.evidence import softmax, weigh
from headroom_nb.routing.fusion import rule_out_transcript
from headroom_nb.routing.language import clip
from headroom_nb.routing.needs import from_decision, with_needs
from headroom_nb.routing.reasons import describe_text, explain
from headroom_nb.routing.siglip import pixel_values, signal_scores, with_siglip
from headroom_nb.runtime.hub import HUB_MODELS
from headroom_nb.runtime.lru import ByteBoundedCache, by_content
from headroom_nb.signals.measure import as_picture, inspect
from headroom_nb.signals.scores import check_models

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

    from headroom_nb.pictures import Picture
    from headroom_nb.records import ImageSignals, Needs

    Floats = npt.NDArray[np.floating[Any]]

MAX_TOKENS = 64
"""Tokens of a question the classifiers take."""

UNKNOWN = {Technique.TRANSCODE: 0.2, Technique.CROP: 0.05, Technique.FULL_LOW: 0.2, Technique.PRESERVE: 0.55}
"""Probabilities where nothing was asked."""

_CACHE_BYTES = 4_000_000
_ENTRY_BYTES = 400


class HubRouter(ABC):
    """A router that asks a question classifier first and lets the image change the choice.

    Parameters
    ----------
    labels
        Technique of each logit of the classifier, in order.

    Raises
    ------
    ModelFilesError
        The weights of the measured signals are missing from the package, or damaged.
    """

    name: str

    def __init__(self, labels: tuple[Technique, ...]) -> None:
        check_models()
        self.labels = labels
        self._seen: ByteBoundedCache[dict[str, float]] = by_content(
            ByteBoundedCache(_CACHE_BYTES, lambda _: _ENTRY_BYTES)
        )
        self.siglip_note = ""
        """Why SigLIP takes no part; empty when it does or was not asked for."""

    @abstractmethod
    def logits(self, question: str) -> Floats:
        """Return the classifier's logits, (labels,), for a question of at most a few hundred characters."""

    @abstractmethod
    def embed(self, pixels: npt.NDArray[np.float32]) -> Floats:
        """Return the image's embedding for (1, 3, 224, 224) pixels."""

    @property
    @abstractmethod
    def descriptions(self) -> Mapping[str, Floats] | None:
        """Embedded descriptions per signal, or None where SigLIP takes no part."""

    def classify(self, image: bytes | Picture, query: str, *, quality: str = "balanced") -> RouteDecision:
        """Return the decision for one image and one question; never raises for bad input.

        Raises
        ------
        OptionError
            No such quality.
        """
        asked = self._question(query)
        scores = {technique: math.log(max(share, 1e-6)) for technique, share in asked.items()}
        facts = [] if query.strip() else ["no question was asked"]
        signals: ImageSignals | None = None
        try:
            signals = self.analyze_image(image)
        except PictureError as error:
            facts.append(f"the image could not be looked at ({error})")
            scores = {technique: score / 2 for technique, score in scores.items()}
            scores[Technique.PRESERVE] += 1.0
        else:
            scores, said = weigh(scores, signals)
            facts += [describe_text(signals), *said, self.siglip_note]
        weighed = softmax(scores)
        shares = np.array([weighed[each] for each in TECHNIQUE_ORDER])
        # SigLIP's scores are steep: that there is no text is said only where no line was found either
        if signals is not None and not signals.text_lines:
            shares = rule_out_transcript(shares, signals.has_text)
        probabilities = {each: float(share) for each, share in zip(TECHNIQUE_ORDER, shares, strict=True)}
        technique = choose(shares, quality)
        asks = max(asked, key=asked.__getitem__) if query.strip() else None
        decision = RouteDecision(
            technique=technique,
            confidence=probabilities[technique],
            reason=explain(technique, probabilities, asks, *facts),
            router=self.name,
            probabilities=probabilities,
            signals=signals,
        )
        return with_needs(decision, query)

    def needs(self, image: bytes | Picture, query: str) -> Needs:
        """Return what the answer depends on, derived from the techniques; never raises for bad input."""
        return from_decision(self.classify(image, query), query)

    def classify_query(self, query: str) -> tuple[Technique, float]:
        """Return the technique the question alone suggests, with the classifier's probability."""
        asked = self._question(query)
        technique = max(asked, key=asked.__getitem__)
        return technique, asked[technique]

    def analyze_image(self, image: bytes | Picture) -> ImageSignals:
        """Return the measured signals, with SigLIP's scores where it takes part; raises PictureError."""
        picture = as_picture(image)
        measured = inspect(picture).signals
        descriptions = self.descriptions
        if descriptions is None:
            return measured
        scores = self._seen.get(picture.digest)
        if scores is None:
            scores = signal_scores(self.embed(pixel_values(picture.small(512))), descriptions)
            self._seen.put(picture.digest, scores)
        return with_siglip(measured, scores)

    def _question(self, query: str) -> dict[Technique, float]:
        if not query.strip():
            return dict(UNKNOWN)
        logits = np.asarray(self.logits(clip(query)), dtype=np.float64).ravel()
        scores = dict.fromkeys(Technique, -math.inf)
        for technique, logit in zip(self.labels, logits, strict=True):
            scores[technique] = float(logit)
        return softmax(scores)


def check_model_id(model_id: str | None, name: str) -> None:
    """Raise OptionError for a hub model other than the pinned one of that name."""
    pinned = HUB_MODELS[name].repo
    if model_id is not None and model_id != pinned:
        raise OptionError(f"model_id={model_id!r} is not known; this router takes {pinned!r}")


def read_labels(config: Mapping[str, Any], where: Path) -> tuple[Technique, ...]:
    """Return the technique of each output from a model's ``config.json``.

    Raises
    ------
    ModelFilesError
        A label names no technique.
    """
    try:
        labels = config["id2label"]
        return tuple(Technique(str(labels[key]).lower()) for key in sorted(labels, key=int))
    except (KeyError, ValueError, TypeError) as error:
        known = ", ".join(technique.value for technique in Technique)
        raise ModelFilesError(f"{where} must name the techniques {known} in id2label: {error!r}") from error
