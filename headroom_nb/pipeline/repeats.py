"""Images sent again: a later repeat becomes a line of text that points at the first.

Only what stands before is looked at, so what was sent once is never changed by what follows. A repeat is replaced where

- it is the same image: the same file (``"exact"``), or also the same view in another file (``"near"``, see
  :mod:`headroom_nb.pictures.likeness`; never within one message, where two images may stand to be compared);
- the earlier image shows everything that this one would. That holds in three cases: the model sees the earlier one
  whole and at its full size; the model sees it whole, and this one would only be kept or made smaller; or both were
  treated in the same way;
- both ask for the same level of detail, nobody chose the technique manually, and neither is our own output;
- text may stand there, and the line costs less than what the image would have become.

An image that was cut or shrunk for another question is skipped: the next image like it is sent whole.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from headroom_nb.costs import count_text, estimate
from headroom_nb.errors import PictureError
from headroom_nb.formats import refusal
from headroom_nb.formats.replace import is_signed
from headroom_nb.records import ImagePart, Technique, TextPart, format_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.pictures import Picture
    from headroom_nb.pictures.likeness import Sketch
    from headroom_nb.records import BlockPath, ImageResult
    from headroom_nb.resource_limits import Limits
    from headroom_nb.runtime.memory_limiter import MemoryLimiter

SHRUNK_AT_MOST = (Technique.PRESERVE, Technique.FULL_LOW)
"""Techniques that never show a part of an image larger than a view of the whole does."""


@dataclass
class _Seen:
    """An image of a conversation.

    Attributes
    ----------
    slot, image
        Where it stands, and its result without regard to the others.
    made
        Its result with a reference in its place; None where it stays.
    number
        The number of its first image in what is sent, counted from the start.
    sketch
        What it is recognised by at first sight, once that was needed.
    """

    slot: ImageSlot
    image: ImageResult
    made: ImageResult | None = None
    number: int = 0
    sketch: Sketch | None = None

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 of the file."""
        return hashlib.sha256(self.image.original).digest()

    def stands(self, slot: ImageSlot, image: ImageResult) -> bool:
        """Return whether an image of another call stands here in the same way."""
        return self.image is image and is_signed(self.slot) == is_signed(slot)


class Deduplicator:
    """Replaces the repeats of conversations; one that has grown since the last call is gone through from there.

    Parameters
    ----------
    how
        ``"exact"`` or ``"near"``, see :data:`headroom_nb.options.DUPLICATES`.
    limits, memory
        What one image, and all together, may take while they are compared.
    """

    def __init__(self, how: str, limits: Limits, memory: MemoryLimiter) -> None:
        self._how = how
        self._limits = limits
        self._memory = memory
        self._last: tuple[ModelSpec | None, list[_Seen]] = (None, [])

    def replace(
        self, slots: Sequence[ImageSlot], images: Sequence[ImageResult], model: ModelSpec
    ) -> tuple[ImageResult, ...]:
        """Return the results of a conversation's images, those of repeats with a reference in their place."""
        known_model, known = self._last
        last = known if known_model is model else []
        found: list[_Seen] = []
        sent: list[_Seen] = []
        files: dict[bytes, list[_Seen]] = {}
        number, grown = 1, False
        for index, (slot, image) in enumerate(zip(slots, images, strict=True)):
            # a result is cached by all that decides here but a signature, and by the place it stands in
            grown = grown or index >= len(last) or not last[index].stands(slot, image)
            seen = _Seen(slot, image) if grown else last[index]
            if grown and _known(image):
                seen.made = self._reference(seen, sent, files, model)
            found.append(seen)
            if seen.made is None:
                seen.number = number
                number += sum(isinstance(part, ImagePart) for part in image.parts) if image.parts else 1
                if _known(image):
                    sent.append(seen)
                    files.setdefault(seen.digest, []).append(seen)
        self._last = model, found
        return tuple(seen.made or seen.image for seen in found)

    def _reference(
        self, seen: _Seen, sent: list[_Seen], files: dict[bytes, list[_Seen]], model: ModelSpec
    ) -> ImageResult | None:
        """Return the result of an image with a reference to an earlier one in its place; None where it stays."""
        from headroom_nb.pictures import read_header

        slot, image = seen.slot, seen.image
        if image.decision is not None and image.decision.by == "user":
            return None
        same_file = True
        earlier = next((each for each in files.get(seen.digest, ()) if _serves(each, seen, model)), None)
        if earlier is None and self._how == "near":
            same_file = False
            near = (each for each in sent if _serves(each, seen, model) and _message(each.slot) != _message(slot))
            earlier = next((each for each in near if self._alike(each, seen)), None)
        if earlier is None or read_header(image.original).mark is not None:
            return None
        part = TextPart(_words(earlier, image, same_file=same_file))
        tokens = count_text(part.text, model)
        if tokens.tokens >= image.compressed_tokens or refusal(slot, (part,)) is not None:
            return None
        what = "the same image as" if same_file else "the same view as"
        return replace(
            image,
            technique=Technique.TRANSCODE,
            compressed_tokens=tokens.tokens,
            exact=image.original_exact and tokens.exact,
            sizes=(),
            compressed_bytes=0,
            free_tokens=image.original_tokens - tokens.tokens if same_file and _stands_whole(earlier.image) else 0,
            kept_pixels=earlier.image.kept_pixels,
            parts=(part,),
            duplicate_of=earlier.image.path,
            note=f"{what} {format_path(earlier.image.path)}, which stands before; a line of text points at it",
        )

    def _alike(self, first: _Seen, second: _Seen) -> bool:
        """Return whether two images are the same view in two files; False where one cannot be looked at."""
        from headroom_nb.pictures.likeness import look_alike, may_be_alike

        if first.image.original_size != second.image.original_size:
            return False
        try:
            if not may_be_alike(self._sketch(first), self._sketch(second)):
                return False
            with self._memory.hold(2 * _pixels(second.image)):
                return look_alike(self._open(first), self._open(second))
        except PictureError:
            return False

    def _sketch(self, seen: _Seen) -> Sketch:
        from headroom_nb.pictures.likeness import sketch

        if seen.sketch is None:
            with self._memory.hold(_pixels(seen.image)):
                seen.sketch = sketch(self._open(seen))
        return seen.sketch

    def _open(self, seen: _Seen) -> Picture:
        from headroom_nb.pictures import open_picture

        return open_picture(seen.image.original, self._limits)


def _known(image: ImageResult) -> bool:
    """Return whether an image was read and priced."""
    return image.error is None and image.original_size is not None and bool(image.source)


def _serves(earlier: _Seen, seen: _Seen, model: ModelSpec) -> bool:
    """Return whether the model sees in an earlier copy of an image all that it would see in this one."""
    first, image = earlier.image, seen.image
    if earlier.slot.detail != seen.slot.detail:
        return False
    if first.technique is image.technique and _treatment(first) == _treatment(image):
        return True
    if not _stands_whole(first) or first.original_size is None:
        return False
    if image.technique in SHRUNK_AT_MOST:
        return True
    return not first.parts and estimate(first.original_size, model, seen.slot.detail).sent_size == first.original_size


def _stands_whole(image: ImageResult) -> bool:
    """Return whether the model sees of an image all that it would have seen of the original."""
    return image.technique is Technique.PRESERVE and image.traded_tokens == 0


def _treatment(image: ImageResult) -> tuple[ImagePart | str, ...]:
    """Return what stands in an image's place, without the name of the place."""
    place = format_path(image.path)
    return tuple(part if isinstance(part, ImagePart) else part.text.replace(place, "") for part in image.parts)


def _words(earlier: _Seen, image: ImageResult, *, same_file: bool) -> str:
    """Return the line that stands in a repeat's place, marked as ours by its first words and the pixels."""
    width, height = image.original_size or (0, 0)
    what = "image" if same_file else "view"
    place = f"at {format_path(earlier.image.path)}"
    shown = any(isinstance(part, ImagePart) for part in earlier.image.parts) or not earlier.image.parts
    where = f"as image {earlier.number} of this conversation, counted from its start, {place}"
    if not shown:
        where = f"as the one whose text stands {place}"
    return f"[Repeated image, {width}×{height} px: the same {what} {where}. It is not sent again.]"


def _message(slot: ImageSlot) -> BlockPath:
    """Return the path of the message that an image stands in."""
    first = next((index for index, step in enumerate(slot.path) if isinstance(step, int)), len(slot.path))
    return slot.path[: first + 1]


def _pixels(image: ImageResult) -> int:
    width, height = image.original_size or (0, 0)
    return width * height
