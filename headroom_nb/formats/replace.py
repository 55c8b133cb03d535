"""Writing back: other parts in the place of images, in the format, style and place they had. Copy on write.

A block whose label says something else than its bytes gets the right one; Anthropic, for one, refuses it otherwise.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import HeadroomError, MessageError, OptionError
from headroom_nb.formats.base import without
from headroom_nb.formats.find import find_documents, find_images
from headroom_nb.formats.frameworks import fields_of, rebuilt, revived
from headroom_nb.formats.google import SIGNATURE
from headroom_nb.formats.registry import DOCUMENTS, FORMATS
from headroom_nb.formats.slots import DocumentSlot
from headroom_nb.records import DocumentPart, ImagePart, TextPart, format_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.records import BlockPath, Part

    AnyPart = Part | DocumentPart

END_KEYS = ("cache_control", "prompt_cache_breakpoint")
"""Marks that stand at the end of a cached prefix: after a replacement they stand on its last block."""

NAME_KEYS = ("id", "displayName", "display_name")
"""Names that others refer to: after a replacement only its first block bears them."""

_ONE_ONLY = ("openai_screenshot",)


def is_signed(slot: ImageSlot | DocumentSlot) -> bool:
    """Return whether a model signed the part, and would refuse it changed."""
    return isinstance(slot.block, Mapping) and any(slot.block.get(key) is not None for key in SIGNATURE)


def refusal(slot: ImageSlot, parts: Sequence[Part]) -> str | None:
    """Return why these parts cannot stand in an image's place, as a sentence; None when they can."""
    wire = FORMATS[slot.format]
    if is_signed(slot):
        return "the model signed this part and refuses it when it is changed"
    if slot.format in _ONE_ONLY and len(parts) > 1:
        return "a computer screenshot is one image"
    for part in parts:
        if isinstance(part, TextPart):
            if wire.write_text is None or _in_function_response(slot.path):
                return f"there is no place for text in {_PLACES.get(slot.format, 'a function response')}"
        elif part.detail is not None and part.detail not in wire.details:
            return f"a block of this kind ({slot.format}) cannot ask for {part.detail!r} detail"
    return None


_PLACES = {"ollama": "a list of bare images", "openai_screenshot": "a computer screenshot"}


def _in_function_response(path: BlockPath) -> bool:
    """Return whether a block stands in a Google function response, whose parts hold media only."""
    return any(step in {"functionResponse", "function_response"} for step in path)


def replace_images(
    document: Any,
    replacements: Mapping[BlockPath, Sequence[AnyPart]],
    found: Sequence[ImageSlot | DocumentSlot] | None = None,
) -> Any:
    """Return the document with other parts in the place of some images and documents.

    Parameters
    ----------
    document
        A message list, a message or a request body; never mutated. What is not replaced is the same object
        in the result.
    replacements
        Parts by the path of an image's or document's slot; no parts leave it as it is. A block replaced by several
        parts becomes several blocks in its list.
    found
        The images and documents in it, where they have been found already.

    Raises
    ------
    OptionError
        When there is no image at a path.
    MessageError
        When a part cannot stand in that place; see :func:`refusal`.
    """
    wanted = {path: parts for path, parts in replacements.items() if parts}
    if not wanted:
        return document
    if found is None:
        found = [*find_images(document), *find_documents(document)]
    slots = {slot.path: slot for slot in found}
    if () in wanted and () in slots:  # the document is the image itself
        written = _written(slots[()], wanted[()])
        return written[0] if len(written) == 1 else written
    for path in wanted:
        if path not in slots:
            raise OptionError(f"there is no image at {format_path(path)}", path=path)
    return rewritten(document, {path: _written(slots[path], parts) for path, parts in wanted.items()})


def rewritten(document: Any, blocks: Mapping[BlockPath, list[Any]]) -> Any:
    """Return a copy of a document with lists of blocks in the place of some of its parts, by path.

    In a list the blocks take the place of the one that stood there; elsewhere a single block stands as it is.
    """
    changes: dict[Any, Any] = {}
    for path, written in blocks.items():
        node = changes
        for step in path[:-1]:
            node = node.setdefault(step, {})
        node[path[-1]] = written
    return _rebuilt(document, changes)


def _written(slot: ImageSlot | DocumentSlot, parts: Sequence[Any]) -> list[Any]:
    """Return the blocks that parts become."""
    if isinstance(slot, DocumentSlot):
        return _written_document(slot, parts)
    why_not = refusal(slot, parts)
    if why_not is not None:
        raise MessageError(f"{format_path(slot.path)} cannot be replaced so: {why_not}", path=slot.path)
    blocks = []
    for index, part in enumerate(parts):
        block = slot.block
        if isinstance(block, Mapping):
            block = without(block, *END_KEYS) if index < len(parts) - 1 else block
            block = _unnamed(block) if index else block
        blocks.append(revived(slot.original, _write(slot.format, block, part)))
    return blocks


def document_refusal(slot: DocumentSlot) -> str | None:
    """Return why nothing else may stand in a document's place, as a sentence; None where it may."""
    if is_signed(slot):
        return "the model signed this part and refuses it when it is changed"
    if slot.held.citations:
        return "citations are on, and they point to pages of this file"
    if _in_function_response(slot.path):
        return "there is no place for text in a function response"
    return None


TITLES = ("title", "context")
"""What a document says of itself: only the first of its blocks that is a document keeps it."""


def _written_document(slot: DocumentSlot, parts: Sequence[AnyPart]) -> list[Any]:
    """Return the blocks that a document becomes; its title stays with its pages, or else with its first text."""
    kind = DOCUMENTS[slot.format]
    titled = next((index for index, part in enumerate(parts) if isinstance(part, DocumentPart)), 0)
    blocks = []
    for index, part in enumerate(parts):
        block = dict(slot.block)
        block = without(block, *END_KEYS) if index < len(parts) - 1 else block
        block = _unnamed(block) if index else block
        block = block if index == titled else without(block, *TITLES)
        if isinstance(part, DocumentPart):
            written: Any = kind.write_document(block, part)
        elif isinstance(part, TextPart):
            written = kind.write_text(block, part.text)
        elif kind.write_image is not None:
            written = kind.write_image(block, part)
        else:
            raise MessageError(f"there is no place for an image in a block of this kind ({slot.format})")
        blocks.append(revived(slot.original, written))
    return blocks


def _unnamed(block: Mapping[str, Any]) -> dict[str, Any]:
    """Return the block without its names, its own and those of the data in it."""
    return {
        key: without(value, *NAME_KEYS) if isinstance(value, Mapping) else value
        for key, value in without(block, *NAME_KEYS).items()
    }


def _write(name: str, block: Any, part: Part) -> Any:
    wire = FORMATS[name]
    if not isinstance(part, TextPart):
        return wire.write_image(block, part)
    if wire.write_text is None:
        raise MessageError(f"the format {name} has no text block")
    return wire.write_text(block, part.text)


def _rebuilt(node: Any, changes: Mapping[Any, Any]) -> Any:
    """Return a copy of a container with its changes; a list of blocks in `changes` is what one child becomes."""
    fields = fields_of(node)
    if isinstance(fields, Mapping):
        copied = copy.copy(fields) if isinstance(fields, dict) else dict(fields)
        for key, change in changes.items():
            if isinstance(change, dict):
                copied[key] = _rebuilt(fields[key], change)
            else:
                copied[key] = change[0] if len(change) == 1 else change
        return rebuilt(node, copied)
    children: list[Any] = []
    for index, child in enumerate(node):
        change = changes.get(index)
        if change is None:
            children.append(child)
        elif isinstance(change, dict):
            children.append(_rebuilt(child, change))
        else:
            children.extend(change)
    return tuple(children) if isinstance(node, tuple) else children


def wrong_label(slot: ImageSlot, media_type: str) -> str:
    """Return what is wrong with an inline image's label, as a sentence; empty where it is right or none is due.

    Parameters
    ----------
    slot
        The image.
    media_type
        What its bytes are.
    """
    if not FORMATS[slot.format].labelled:
        return ""
    if slot.declared_media_type is None:
        return f"says nothing of its media type, and its bytes are {media_type}: label it so"
    declared = slot.declared_media_type.partition(";")[0].strip().lower()
    return "" if declared == media_type else f"labelled {declared}, but its bytes are {media_type}: label it so"


def mended_labels(
    slots: Sequence[ImageSlot], changed: Iterable[BlockPath], *, everywhere: bool
) -> dict[BlockPath, tuple[ImagePart, ...]]:
    """Return, by path, the same bytes with the right label for images that are not rewritten and have a wrong one.

    Parameters
    ----------
    slots
        The images of a document.
    changed
        Paths of the images that are rewritten, and so have the right label already.
    everywhere
        Whether messages are looked at in which no image is rewritten.
    """
    done = set(changed)
    touched = {message_of(path) for path in done}
    found: dict[BlockPath, tuple[ImagePart, ...]] = {}
    for slot in slots:
        if slot.path in done or slot.reference is not None or not (everywhere or message_of(slot.path) in touched):
            continue
        part = _relabelled(slot)
        if part is not None and refusal(slot, (part,)) is None:
            found[slot.path] = (part,)
    return found


def message_of(path: BlockPath) -> BlockPath:
    """Return the path of the message that a block stands in."""
    index = next((place for place, step in enumerate(path) if isinstance(step, int)), len(path) - 1)
    return path[: index + 1]


def _relabelled(slot: ImageSlot) -> ImagePart | None:
    """Return the same bytes under their right name; None where they have it, or are no image."""
    from headroom_nb.pictures import read_header  # few images need their label mended

    try:
        data = slot.load()
        header = read_header(data)
    except HeadroomError:
        return None
    return ImagePart(data, header.media_type, header.size) if wrong_label(slot, header.media_type) else None
