"""A result and what a person changed in it: techniques chosen by hand, other questions. No widget needed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headroom_nb.errors import OptionError
from headroom_nb.records import Technique

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from headroom_nb.records import BlockPath, CompressionResult, RouteDecision


class Overruling:
    """Keeps the current result while techniques and questions are changed one after the other.

    Parameters
    ----------
    base
        The result to start from; it stays as it is.

    Attributes
    ----------
    base, result
        The result at the start, and with every change.
    chosen, asked
        Techniques chosen by hand, and questions asked instead, by path.
    """

    def __init__(self, base: CompressionResult) -> None:
        self.base = base
        self.result = base
        self.chosen: Mapping[BlockPath, Technique] = {}
        self.asked: Mapping[BlockPath, str] = {}
        self._routed = {image.path: image.decision for image in base.images}

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
        chosen = {path: known for path, known in self.chosen.items() if path not in named}
        if technique is not None:
            chosen |= dict.fromkeys(named, Technique(technique))
        return self._compress(chosen, self.asked)

    def ask(self, path: BlockPath | str, question: str) -> CompressionResult:
        """Return the result in which one image is decided, by the router, by this question instead of its turn's.

        Raises
        ------
        OptionError
            When there is no such image, or the result came without its compressor. Nothing changes then.
        """
        place = self.result.image_at(path).path
        chosen = {known: technique for known, technique in self.chosen.items() if known != place}
        return self._compress(chosen, {**self.asked, place: question})

    def routed(self, path: BlockPath) -> RouteDecision | None:
        """Return what the router says of an image, whatever was chosen by hand."""
        return self._routed.get(path)

    def _compress(self, chosen: Mapping[BlockPath, Technique], asked: Mapping[BlockPath, str]) -> CompressionResult:
        if self.base.recompress is None:
            raise OptionError("this result was loaded without its compressor; compress the messages again")
        # a remark on the model that the caller added is not known to the compressor
        made = replace(self.base.recompress(chosen, asked), model_note=self.base.model_note)
        self.result, self.chosen, self.asked = made, chosen, asked
        self._routed |= {image.path: image.decision for image in made.images if image.path not in chosen}
        return made
