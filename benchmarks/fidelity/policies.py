"""What each policy sends for an image and a question, and what that costs."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from benchmarks.fidelity.judge import as_part
from headroom_nb.compressor import ImageCompressor
from headroom_nb.costs import estimate
from headroom_nb.costs.pricing import price_parts
from headroom_nb.formats import user_message
from headroom_nb.pictures import encode, open_picture
from headroom_nb.records import ImagePart, RouteDecision, Technique
from headroom_nb.routing import load_router
from headroom_nb.signals.measure import measure

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.fidelity.facts import Fact, Sample
    from headroom_nb.costs import ModelSpec
    from headroom_nb.ocr import Ocr
    from headroom_nb.pictures import Picture
    from headroom_nb.records import ImageSignals, Part


@dataclass(frozen=True)
class Sent:
    """What stands in an image's place, its tokens, and what was done in the end."""

    parts: tuple[Part, ...]
    tokens: int
    technique: str
    note: str = ""


class Policy(Protocol):
    """Decides what is sent."""

    name: str

    def send(self, sample: Sample, fact: Fact, model: ModelSpec) -> Sent:
        """Return what stands in the image's place."""
        ...


class Untouched:
    """The image as it came."""

    name = "untouched"

    def send(self, sample: Sample, fact: Fact, model: ModelSpec) -> Sent:  # noqa: ARG002
        """Return the image itself."""
        part = as_part(sample.data)
        return Sent((part,), estimate(part.size, model).tokens, "untouched")


class AlwaysLow:
    """Low detail for everything: the provider's own level where it has one, else 512 pixels."""

    name = "always low"

    def send(self, sample: Sample, fact: Fact, model: ModelSpec) -> Sent:  # noqa: ARG002
        """Return the image at low detail."""
        if "low" in model.details and model.provider != "anthropic":
            part = as_part(sample.data, "low")
        else:
            small = encode(open_picture(sample.data).small(512), mark=None)
            part = ImagePart(small.data, small.media_type, small.size)
        return Sent((part,), price_parts((part,), model, "auto").tokens, "low")


class Measured:
    """A router that answers with a given technique, and measures the picture as the real one does."""

    name = "fixed"

    def __init__(self, technique: Technique) -> None:
        self.technique = technique
        self._signals: dict[str, ImageSignals] = {}

    def classify(self, image: bytes | Picture, query: str, *, quality: str = "balanced") -> RouteDecision:  # noqa: ARG002
        """Return the given technique."""
        return RouteDecision(self.technique, 1.0, "fixed", self.name, {self.technique: 1.0}, self.analyze_image(image))

    def classify_query(self, query: str) -> tuple[Technique, float]:  # noqa: ARG002
        """Return the given technique."""
        return self.technique, 1.0

    def analyze_image(self, image: bytes | Picture) -> ImageSignals:
        """Return what is measured in the picture."""
        picture = open_picture(image) if isinstance(image, bytes) else image
        if picture.digest not in self._signals:
            self._signals[picture.digest] = measure(picture)
        return self._signals[picture.digest]


class Techniques:
    """Carries one technique out through the real pipeline, guard and fallback included; once per image and model.

    Parameters
    ----------
    ocr
        Reads for the techniques.
    folder
        Where outcomes are kept, so that an interrupted run can go on.
    resume
        Whether to use what an earlier run left there; only right while the code is the same.
    """

    def __init__(self, ocr: Ocr, folder: Path, *, resume: bool) -> None:
        self._ocr = ocr
        self._folder, self._resume = folder, resume
        self._routers: dict[Technique, Measured] = {}
        self._sent: dict[tuple[str, ...], Sent] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, technique: Technique, quality: str, sample: Sample, fact: Fact, model: ModelSpec) -> Sent:
        """Return what the pipeline sends when the router says `technique`."""
        question = fact.question if technique in _ASKED else "What is this?"
        key = (sample.name, technique.value, quality, model.name, question)
        if key not in self._sent:
            kept = self._folder / f"{hashlib.sha256(repr(key).encode() + sample.data).hexdigest()}.pickle"
            if self._resume and kept.exists():
                self._sent[key] = pickle.loads(kept.read_bytes())
            else:
                self._sent[key] = self._make(technique, quality, sample, question, model)
                kept.write_bytes(pickle.dumps(self._sent[key]))
        return self._sent[key]

    def _make(self, technique: Technique, quality: str, sample: Sample, question: str, model: ModelSpec) -> Sent:
        router = self._routers.setdefault(technique, Measured(technique))
        compressor = ImageCompressor(router=router, quality=quality, ocr=self._ocr)
        message = user_message(question, sample.data, provider=model.provider)
        account = compressor.run([message], model=model.name).images[0]
        if account.error is not None:
            raise RuntimeError(f"{sample.name}: {account.error}")
        parts = account.parts or (as_part(sample.data),)
        return Sent(parts, account.compressed_tokens, account.technique.value, account.note)


_ASKED = {Technique.CROP, Technique.TRANSCODE}
"""Techniques whose result depends on the question."""


@dataclass
class Fixed:
    """One technique for everything."""

    technique: Technique
    techniques: Techniques
    quality: str

    @property
    def name(self) -> str:
        """The technique's name."""
        return f"only {self.technique}"

    def send(self, sample: Sample, fact: Fact, model: ModelSpec) -> Sent:
        """Return what the technique gives, or the fallback where it is refused."""
        return self.techniques.send(self.technique, self.quality, sample, fact, model)


@dataclass
class Careful:
    """The technique a careful engineer would choose, from the rendered truth."""

    techniques: Techniques
    quality: str = "balanced"
    name: str = "careful choice"

    def send(self, sample: Sample, fact: Fact, model: ModelSpec) -> Sent:
        """Return what the labelled technique gives."""
        return self.techniques.send(fact.careful, self.quality, sample, fact, model)


class Routed:
    """The product itself: the router decides, at a quality."""

    def __init__(self, quality: str, router: str, techniques: Techniques) -> None:
        self.name = quality
        self._router = load_router(router)
        self._techniques = techniques
        self._decisions: dict[tuple[str, str], RouteDecision] = {}

    def send(self, sample: Sample, fact: Fact, model: ModelSpec) -> Sent:
        """Return what the router's choice gives."""
        return self._techniques.send(self.decide(sample, fact).technique, self.name, sample, fact, model)

    def decide(self, sample: Sample, fact: Fact) -> RouteDecision:
        """Return the router's decision; it does not depend on the model."""
        key = (sample.name, fact.question)
        if key not in self._decisions:
            self._decisions[key] = self._router.classify(open_picture(sample.data), fact.question, quality=self.name)
        return self._decisions[key]
