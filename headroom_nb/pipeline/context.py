"""What decides an image besides its pixels and its question, what a person chose, and what the work may use."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.options.choice import IMAGE
from headroom_nb.pipeline.watch import Watch
from headroom_nb.records import Technique, format_path
from headroom_nb.survival import find_profile

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from headroom_nb.costs import ModelSpec
    from headroom_nb.errors import OcrError
    from headroom_nb.formats.slots import DocumentSlot, ImageSlot
    from headroom_nb.ocr import Ocr
    from headroom_nb.options import Options
    from headroom_nb.records import BlockPath, Box, PageChoices
    from headroom_nb.resource_limits import Limits
    from headroom_nb.routing.base import Router
    from headroom_nb.runtime.memory_limiter import MemoryLimiter


@dataclass(frozen=True)
class DecisionContext:
    """What decides an image besides its pixels and its question.

    Attributes
    ----------
    model
        Whose bill it is.
    options
        The caller's choices.
    forced, box
        A technique chosen manually, and a region to cut out in pixels of the original; None where nobody did.
    form
        Label of the one form of that technique that was chosen manually; None for the best of them.
    """

    model: ModelSpec
    options: Options
    forced: Technique | None = None
    box: Box | None = None
    form: str | None = None

    @cached_property
    def facts(self) -> tuple[Hashable, ...]:
        """All of it as plain values; an object of the caller's own by its identity."""
        profile = find_profile(self.model.name).key
        return _row(self.model), profile, self.forced, self.box, self.form, *self.options.key(IMAGE)


@dataclass(frozen=True)
class CacheKey:
    """Everything that the result of one image depends on; in memory and, with :attr:`facts` hashed, on disk.

    Attributes
    ----------
    slot, context
        Where the image stands and what is asked; what decides it.
    digest
        The sha256 of its encoded bytes.
    """

    slot: ImageSlot
    context: DecisionContext
    digest: str

    @cached_property
    def facts(self) -> tuple[Hashable, ...]:
        """All of it as plain values. The path is among them because transcripts name it."""
        slot = self.slot
        block = slot.block if isinstance(slot.block, Mapping) else {}
        keys = tuple(sorted(key for key, value in block.items() if value is not None and isinstance(key, str)))
        return self.digest, slot.path, slot.format, keys, slot.question, slot.detail, *self.context.facts


@dataclass(frozen=True)
class Tools:
    """Gives the router and the OCR engine, built on the first call; ``watch`` is told how far the work is.

    What one image may use up is bounded by ``limits``, what all take at the same time by ``memory``. ``failed`` is
    called with the error of an engine that was there and could not read: it may succeed another time.
    """

    router: Callable[[], Router]
    ocr: Callable[[], Ocr]
    limits: Limits
    memory: MemoryLimiter
    watch: Watch = field(default_factory=Watch)
    failed: Callable[[OcrError], None] | None = None


@lru_cache(maxsize=256)
def _row(model: ModelSpec) -> str:
    """Return a model's row without its price, which no count of tokens depends on."""
    return json.dumps({each.name: _plain(getattr(model, each.name)) for each in fields(model) if each.name != "price"})


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(_plain, value))
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


@dataclass(frozen=True)
class Manual:
    """What a person chose for single images and documents, by block path.

    Attributes
    ----------
    techniques
        What is done with them.
    questions
        What they are decided by, instead of the question in their turn.
    boxes
        Regions to cut out, in pixels of the original.
    forms
        Labels of the forms to send; they go with a technique.
    documents
        Pages to send, and how.
    """

    techniques: Mapping[BlockPath, Technique]
    questions: Mapping[BlockPath, str]
    boxes: Mapping[BlockPath, Box]
    forms: Mapping[BlockPath, str]
    documents: Mapping[BlockPath, PageChoices]

    @classmethod
    def checked(
        cls, techniques: Any, questions: Any = None, boxes: Any = None, forms: Any = None, documents: Any = None
    ) -> Manual:
        """Return the choices; raises OptionError for what is no path, technique, question, region or form."""
        _check_choices(techniques, questions, boxes, forms)
        chosen = {path: Technique(each) for path, each in (techniques or {}).items()}
        return cls(chosen, dict(questions or {}), dict(boxes or {}), dict(forms or {}), dict(documents or {}))

    def check_places(self, images: Iterable[ImageSlot], documents: Iterable[DocumentSlot]) -> None:
        """Raise OptionError for a choice where no image, or no document, stands."""
        chosen = {*self.techniques, *self.questions, *self.boxes, *self.forms}
        for what, paths, slots in (("image", chosen, images), ("document", set(self.documents), documents)):
            unknown = paths - {slot.path for slot in slots}
            if unknown:
                raise OptionError(f"there is no {what} at {', '.join(sorted(map(format_path, unknown)))}")

    def asked(self, slot: ImageSlot) -> ImageSlot:
        """Return an image with the question that was chosen for it."""
        return replace(slot, question=self.questions[slot.path]) if slot.path in self.questions else slot

    def context(self, usual: DecisionContext, path: BlockPath) -> DecisionContext:
        """Return what decides the image at a path: the usual, changed by what was chosen for it."""
        if path not in self.techniques and path not in self.boxes:
            return usual
        return replace(usual, forced=self.techniques.get(path), box=self.boxes.get(path), form=self.forms.get(path))

    def and_then(self, later: Manual) -> Manual:
        """Return these choices, changed by later ones: a technique undoes a region, and a region a technique."""
        techniques = {path: each for path, each in self.techniques.items() if path not in later.boxes}
        boxes = {path: box for path, box in self.boxes.items() if path not in {*later.techniques} - {*later.forms}}
        forms = {path: form for path, form in self.forms.items() if path not in {*later.techniques, *later.boxes}}
        documents = {
            path: self.documents[path].and_then(each) if path in self.documents else each
            for path, each in later.documents.items()
        }
        return Manual(
            {**techniques, **later.techniques},
            {**self.questions, **later.questions},
            {**boxes, **later.boxes},
            {**forms, **later.forms},
            {**self.documents, **documents},
        )


def _check_choices(techniques: Any, questions: Any, boxes: Any, forms: Any) -> None:
    """Raise OptionError for what is no path, technique, question, region or label of a form."""
    for name, choices in (("techniques", techniques), ("questions", questions), ("boxes", boxes), ("forms", forms)):
        if choices is not None and not isinstance(choices, Mapping):
            raise OptionError(f"{name} are given by block path, as a dict, not as {type(choices).__name__}")
        for path in choices or {}:
            if not isinstance(path, tuple) or not all(isinstance(step, (str, int)) for step in path):
                raise OptionError(f"{name} are given by block path, as in .images[0].path, not by {str(path)[:60]!r}")
    for technique in (techniques or {}).values():
        if technique not in tuple(Technique):
            raise OptionError(f"technique {str(technique)[:60]!r} is not known; use one of {', '.join(Technique)}")
    for what, texts in (("a question", questions), ("the label of a form", forms)):
        for text in (texts or {}).values():
            if not isinstance(text, str):
                raise OptionError(f"{what} is text, not {type(text).__name__}")
    for box in (boxes or {}).values():
        _check_box(box)


def _check_box(box: Any) -> None:
    if not isinstance(box, tuple) or len(box) != 4 or not all(isinstance(edge, int) for edge in box):
        raise OptionError(f"a box is left, top, right and bottom in whole pixels, not {str(box)[:60]!r}")
