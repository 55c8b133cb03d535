"""Labels: what a block says its bytes are. Anthropic, for one, refuses an image whose bytes are something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.errors import HeadroomError
from headroom_nb.formats import refusal
from headroom_nb.records import ImagePart

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headroom_nb.formats import ImageSlot
    from headroom_nb.records import BlockPath

LABELLED = frozenset({"openai_chat", "openai_responses", "openai_screenshot", "anthropic", "google", "bedrock", "mcp"})
"""Wire formats whose blocks say what their bytes are."""


def wrong_label(slot: ImageSlot, media_type: str) -> str:
    """Return what is wrong with an inline image's label, as a sentence; empty where it is right or none is due.

    Parameters
    ----------
    slot
        The image.
    media_type
        What its bytes are.
    """
    if slot.format not in LABELLED:
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
    from headroom_nb.pictures import read_header

    try:
        data = slot.load()
        header = read_header(data)
    except HeadroomError:
        return None
    return ImagePart(data, header.media_type, header.size) if wrong_label(slot, header.media_type) else None
