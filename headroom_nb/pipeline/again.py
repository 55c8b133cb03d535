"""Compressing a document again with other choices, or with one image as it came in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from headroom_nb.formats import replace_images
from headroom_nb.pipeline.context import Manual
from headroom_nb.records import Technique, format_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.costs import ModelSpec
    from headroom_nb.records import BlockPath, CompressionResult, ImageResult, Recompress


DEEPEST = 32
"""Levels of lists and dictionaries that are copied; the blocks of all formats lie at most a third as deep."""


def snapshot(document: Any) -> Any:
    """Return a document with lists and dictionaries of its own, and what they hold shared.

    A message that is appended to the given one later, taken out or exchanged does not show in it.
    """
    return _copied(document, {}, DEEPEST)


def _copied(node: Any, copies: dict[int, Any], levels: int) -> Any:
    """Return a node's copy; one that stands in many places is copied once."""
    if not levels or type(node) not in (list, dict):
        return node
    if id(node) not in copies:
        copies[id(node)] = own = type(node)()
        if isinstance(node, list):
            own.extend(_copied(each, copies, levels - 1) for each in node)
        else:
            own.update((name, _copied(each, copies, levels - 1)) for name, each in node.items())
    return copies[id(node)]


@dataclass(frozen=True)
class Again:
    """Compresses a document again with other choices made manually; can be pickled where its compressor can."""

    run: Callable[..., CompressionResult]
    messages: Any
    provider: str | None
    model: str | ModelSpec | None
    manual: Manual
    enforce_limits: bool

    def __call__(self, *choices: Any) -> CompressionResult:
        """Return the result with these choices (see :class:`headroom_nb.records.Recompress`) after the earlier ones."""
        manual = self.manual.and_then(Manual.checked(*choices))
        return self.run(self.messages, self.provider, self.model, **vars(manual), enforce_limits=self.enforce_limits)

    def revert(self, result: CompressionResult, path: BlockPath | str, /) -> CompressionResult:
        """Return a result in which the image at a path is sent as it came in."""
        return revert(result, path)


@dataclass(frozen=True)
class _AgainBut:
    """Compresses again and sends one image as it came in, unless another choice is made for it; can be pickled."""

    recompress: Recompress
    path: BlockPath

    def __call__(self, *choices: Any) -> CompressionResult:
        again, chosen = self.recompress(*choices), Manual.checked(*choices)
        changed = {*chosen.techniques, *chosen.questions, *chosen.boxes}
        return again if self.path in changed else revert(again, self.path)

    def revert(self, result: CompressionResult, path: BlockPath | str, /) -> CompressionResult:
        return revert(result, path)


def revert(result: CompressionResult, path: BlockPath | str) -> CompressionResult:
    """Return a new result in which the image at a path is the original block; the given one stays as it is.

    Raises
    ------
    OptionError
        When there is no such image.
    """
    from headroom_nb.checks.check import check  # loads the libraries of images

    chosen = result.image_at(path)
    images = tuple(_as_it_came(image) if image is chosen else image for image in result.images)
    parts: dict[BlockPath, Any] = {image.path: image.parts for image in images if image.parts}
    parts |= {document.path: document.parts for document in result.documents if document.parts}
    messages = replace_images(result.original, parts)
    limits = check(messages, result.model, provider=result.provider).violations
    return replace(
        result,
        messages=messages,
        images=images,
        warnings=tuple(f"{format_path(found.path)}: {found.message}" for found in limits),
        recompress=None if result.recompress is None else _AgainBut(result.recompress, chosen.path),
    )


def _as_it_came(image: ImageResult) -> ImageResult:
    return replace(
        image,
        technique=Technique.PRESERVE,
        compressed_tokens=image.original_tokens,
        sizes=() if image.original_size is None else (image.original_size,),
        compressed_bytes=image.original_bytes,
        free_tokens=0,
        kept_pixels=1.0,
        exact=image.original_exact,
        parts=(),
        duplicate_of=None,
        differs_from=None,
        history="",
        note="sent as it came in: chosen manually",
    )
