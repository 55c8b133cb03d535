"""A result and what a person changed in it, with undo: techniques, forms, regions, questions. No widget needed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from headroom_nb.errors import OptionError
from headroom_nb.records import Technique

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from headroom_nb.records import BlockPath, Box, CompressionResult, RouteDecision


@dataclass(frozen=True)
class Changes:
    """Everything that differs from the result at the start, by path.

    Attributes
    ----------
    chosen, asked
        Techniques chosen by hand, and questions asked instead.
    boxes, forms
        Regions drawn by hand, and labels of the forms chosen; each has its technique in ``chosen``.
    """

    chosen: Mapping[BlockPath, Technique] = field(default_factory=dict)
    asked: Mapping[BlockPath, str] = field(default_factory=dict)
    boxes: Mapping[BlockPath, Box] = field(default_factory=dict)
    forms: Mapping[BlockPath, str] = field(default_factory=dict)

    def without(self, paths: Iterable[BlockPath], *, keep_boxes: bool = False) -> Changes:
        """Return the changes without what was chosen for these images; their questions stay."""
        named = set(paths)
        return replace(
            self,
            chosen={path: each for path, each in self.chosen.items() if path not in named},
            boxes={path: each for path, each in self.boxes.items() if keep_boxes or path not in named},
            forms={path: each for path, each in self.forms.items() if path not in named},
        )


class Overruling:
    """Keeps the current result while it is changed step by step, and the steps to go back to.

    Parameters
    ----------
    base
        The result to start from; it stays as it is.

    Attributes
    ----------
    base, result
        The result at the start, and with every change.
    changes
        What differs between them.
    """

    def __init__(self, base: CompressionResult) -> None:
        self.base = base
        self.result = base
        self.changes = Changes()
        self._routed = {image.path: image.decision for image in base.images}
        self._before: list[tuple[Changes, CompressionResult]] = []
        self._after: list[tuple[Changes, CompressionResult]] = []

    @property
    def chosen(self) -> Mapping[BlockPath, Technique]:
        """Techniques chosen by hand, by path."""
        return self.changes.chosen

    @property
    def steps(self) -> tuple[int, int]:
        """How many changes can be undone, and how many done again."""
        return len(self._before), len(self._after)

    def choose(self, paths: Iterable[BlockPath | str], technique: Technique | str | None) -> CompressionResult:
        """Return the result in which these images are treated as said; None leaves them to the router.

        Raises
        ------
        OptionError
            When there is no such image or technique, or the result came without its compressor. Nothing changes then.
        """
        if technique is not None and technique not in tuple(Technique):
            raise OptionError(f"technique {technique!r} is not known; use one of {', '.join(Technique)}")
        named = [self.result.image_at(path).path for path in paths]
        kept = self.changes.without(named)
        chosen = {} if technique is None else dict.fromkeys(named, Technique(technique))
        return self._change(replace(kept, chosen={**kept.chosen, **chosen}))

    def take(self, path: BlockPath | str, form: str) -> CompressionResult:
        """Return the result in which one image is sent in one of its forms, by the form's label.

        Raises
        ------
        OptionError
            When there is no such image or form, or the result came without its compressor. Nothing changes then.
        """
        image = self.result.image_at(path)
        offer = image.form_of(form)
        kept = self.changes.without([image.path], keep_boxes=True)  # the region's forms are among those to choose from
        return self._change(
            replace(
                kept,
                chosen={**kept.chosen, image.path: offer.technique},
                forms={**kept.forms, image.path: form},
            )
        )

    def cut(self, path: BlockPath | str, box: Box) -> CompressionResult:
        """Return the result in which a region of one image, pixels of the original, is sent.

        Raises
        ------
        OptionError
            When there is no such image or region, or the result came without its compressor. Nothing changes then.
        """
        image = self.result.image_at(path)
        image.check_box(box)
        kept = self.changes.without([image.path])
        return self._change(
            replace(kept, chosen={**kept.chosen, image.path: Technique.CROP}, boxes={**kept.boxes, image.path: box})
        )

    def ask(self, path: BlockPath | str, question: str) -> CompressionResult:
        """Return the result in which one image is decided, by the router, by this question instead of its turn's.

        Raises
        ------
        OptionError
            When there is no such image, or the result came without its compressor. Nothing changes then.
        """
        place = self.result.image_at(path).path
        kept = self.changes.without([place])
        return self._change(replace(kept, asked={**kept.asked, place: question}))

    def undo(self) -> CompressionResult:
        """Return the result before the last change; raises OptionError where nothing was changed."""
        return self._step(self._before, self._after, "undo")

    def redo(self) -> CompressionResult:
        """Return the result with the change that was undone last; raises OptionError where there is none."""
        return self._step(self._after, self._before, "do again")

    def routed(self, path: BlockPath) -> RouteDecision | None:
        """Return what the router says of an image, whatever was chosen by hand."""
        return self._routed.get(path)

    def _step(
        self,
        back: list[tuple[Changes, CompressionResult]],
        other: list[tuple[Changes, CompressionResult]],
        what: str,
    ) -> CompressionResult:
        if not back:
            raise OptionError(f"there is nothing to {what}")
        other.append((self.changes, self.result))
        self._show(*back.pop())
        return self.result

    def _change(self, changes: Changes) -> CompressionResult:
        if self.base.recompress is None:
            raise OptionError("this result was loaded without its compressor; compress the messages again")
        again = self.base.recompress(changes.chosen, changes.asked, changes.boxes, changes.forms)
        # a remark on the model that the caller added is not known to the compressor
        made = replace(again, model_note=self.base.model_note)
        self._before.append((self.changes, self.result))
        self._after.clear()
        self._show(changes, made)
        return made

    def _show(self, changes: Changes, result: CompressionResult) -> None:
        self.changes, self.result = changes, result
        self._routed |= {image.path: image.decision for image in result.images if image.path not in changes.chosen}
