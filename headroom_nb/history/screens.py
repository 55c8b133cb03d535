"""Screens of agents: one that differs little from an earlier one goes out as what changed in it.

Only what stands before is looked at, so what was sent once is never changed by what follows. The screen that a later
one refers to was sent whole, or as changes of one that was: three images are enough to see any screen. A screen is
replaced where

- an earlier screen of the same size shows all else that it shows: one of the last :data:`BASES` sent whole, or
  one of the last :data:`NEWEST_CHANGES` sent as changes of such a one;
- what changed costs less, in all, than what the screen would have become by itself;
- the model sees each region at least as large as it would have seen it in the whole screen, and so it does with the
  rest in the earlier one;
- both ask for the same level of detail, and nobody chose the technique manually;
- text and several images may stand there.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from headroom_nb.costs import estimate
from headroom_nb.costs.pricing import price_parts
from headroom_nb.errors import HeadroomError, WorkStoppedError
from headroom_nb.formats import refusal
from headroom_nb.formats.replace import is_signed
from headroom_nb.history.comparing import Comparer
from headroom_nb.records import ImagePart, Technique, TextPart, format_path
from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.history.difference import Difference
    from headroom_nb.records import Box, ImageResult, Part, Size
    from headroom_nb.resource_limits import Limits
    from headroom_nb.runtime.memory_limiter import MemoryLimiter

BASES = 6
"""Screens sent whole that a new one is compared with: an agent goes back to pages that it saw some steps before."""

NEWEST_CHANGES = 3
"""Screens sent as changes of a whole one that a new one is compared with too: what is typed goes on in the last."""

CONTEXT = 16
"""Pixels of the screen around a region that changed that are shown with it."""

LEAST_SIDE = 56
"""Shortest side of a region that is sent, pixels: a smaller one says nothing by itself."""

WORD_GAP, LONGEST_WORD = 10, 160
"""Pixels without ink that end a word, more than between the words of a phrase; and how far its end is looked for."""

FAINT = 24
"""Levels of 255 by which neighbouring pixels may differ without being ink."""

MOST_CHANGED = 0.5
"""Share of a screen's pixels that may have changed; above, two images say less than one."""

ENLARGED = 0.98
"""Share of its scale that a screen's view may lack in the earlier one, as everywhere that counts as the same."""

CRISP = 0.9
"""Scale above which a region is sent pixel by pixel: resizing it would save little and blur its text."""


@dataclass
class _Screen:
    """An image of a conversation: where it stands, its result by itself, and as what it is sent, where that differs.

    ``number`` counts the images of the conversation, from 1; ``reach`` is the first that it may refer to, from 0;
    ``base`` is the screen of which this one is the changes.
    """

    slot: ImageSlot
    image: ImageResult
    number: int
    reach: int
    made: ImageResult | None = None
    base: _Screen | None = None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file, in hex."""
        return hashlib.sha256(self.image.original).hexdigest()

    def stands(self, slot: ImageSlot, image: ImageResult, reach: int) -> bool:
        """Return whether an image of another call stands here in the same way."""
        return self.image is image and self.reach == reach and is_signed(self.slot) == is_signed(slot)


class Screens:
    """Replaces screens by what changed; a conversation that has grown since the last call is gone through from there.

    Parameters
    ----------
    limits, memory
        What one image, and all together, may take while they are compared.
    """

    def __init__(self, limits: Limits, memory: MemoryLimiter) -> None:
        self._last: tuple[ModelSpec | None, list[_Screen]] = (None, [])
        self._compare = Comparer(limits, memory)

    def replace(
        self, slots: Sequence[ImageSlot], images: Sequence[ImageResult], model: ModelSpec, reach: Sequence[int]
    ) -> tuple[ImageResult, ...]:
        """Return the results of a conversation's images, with changes in the place of screens where that is cheaper.

        Parameters
        ----------
        slots, images
            Where they stand, and the result of each by itself.
        model
            Whose bill it is.
        reach
            The first image, counted from 0, that each may refer to: the policy sends earlier ones otherwise by then.
        """
        try:
            return self._replaced(slots, images, model, reach)
        finally:
            self._compare.forget_pixels()

    def _replaced(
        self, slots: Sequence[ImageSlot], images: Sequence[ImageResult], model: ModelSpec, reach: Sequence[int]
    ) -> tuple[ImageResult, ...]:
        known_model, known = self._last
        last = known if known_model is model else []
        found: list[_Screen] = []
        grown = False
        for index, (slot, image) in enumerate(zip(slots, images, strict=True)):
            grown = grown or index >= len(last) or not last[index].stands(slot, image, reach[index])
            screen = _Screen(slot, image, index + 1, reach[index]) if grown else last[index]
            if grown:
                near = [each for each in found if each.number > reach[index]]
                screen.made = self._changes(screen, near, model)
            found.append(screen)
        self._last = model, found
        return tuple(screen.made or screen.image for screen in found)

    def _changes(self, screen: _Screen, near: Sequence[_Screen], model: ModelSpec) -> ImageResult | None:
        """Return the result of a screen sent as its changes; None where it stays as it is."""
        image = screen.image
        if image.error is not None or not image.source or _is_manual(image):
            return None
        whole = [each for each in near if each.made is None and is_whole(each.image)][-BASES:]
        near = [each for each in near if whole and each.number >= whole[0].number]
        same = next((each for each in near if _is_same(each, screen)), None)
        if same is not None:
            return _repeat(same, screen, model)
        steps = [each for each in near if each.base is not None and each.base.base is None][-NEWEST_CHANGES:]
        best: ImageResult | None = None
        for base in reversed((*steps, *whole)):
            made = self._since(base, screen, model) if _serves(base.base or base, screen, model) else None
            if made is None or (best is not None and best.compressed_tokens <= made.compressed_tokens):
                continue
            best, screen.base = made, base
            if made.duplicate_of is not None:
                screen.base = None
                break  # nothing costs less
        return best

    def _since(self, base: _Screen, screen: _Screen, model: ModelSpec) -> ImageResult | None:
        """Return a screen as what changed since another; None where that cannot be, or is not cheaper."""
        checkpoint()
        width, height = screen.image.original_size or (0, 0)
        try:
            difference = self._compare.difference(base.image, screen.image, (base.digest, screen.digest))
            if difference.pixels > MOST_CHANGED * width * height:
                return None
            pixels = self._compare.pixels(screen.image, screen.digest)
        except WorkStoppedError:
            raise
        except HeadroomError:
            return None  # one of them cannot be decoded: its own result says so
        if not difference.boxes and difference.frame is None:
            return _repeat(base, screen, model)
        boxes = [uncut(pixels, with_context(box, pixels.size)) for box in difference.boxes]
        text = TextPart(sentence(screen.number, base.number, difference, boxes))
        parts: tuple[Part, ...] = (text, *(_piece(pixels, box, screen, model) for box in boxes))
        if refusal(screen.slot, parts) is not None:
            return None
        price = price_parts(parts, model, screen.slot.detail)
        image = screen.image
        if price.tokens >= image.compressed_tokens:
            return None
        pieces = [part for part in parts if isinstance(part, ImagePart)]
        where = format_path(base.image.path)
        share = f"{100 * sum(_area(box) for box in boxes) / (width * height):.0f} % of its pixels"
        said = f"only what changed since {where} is sent ({share}); nothing that was sent before changes"
        kind = "scrolled" if difference.frame is not None else "changed"
        return replace(
            image,
            technique=Technique.CROP,
            compressed_tokens=price.tokens,
            exact=image.original_exact and price.exact,
            sizes=tuple(part.size for part in pieces),
            compressed_bytes=sum(len(part.data) for part in pieces),
            free_tokens=0 if image.traded_tokens else image.original_tokens - price.tokens,
            parts=parts,
            differs_from=base.image.path,
            history=kind,
            note=said,
        )


def sentence(number: int, base: int, difference: Difference, boxes: Sequence[Box]) -> str:
    """Return what stands before the regions of a screen: which image they change, and where.

    Parameters
    ----------
    number, base
        Of this image and of the one it changes, counted from 1 over all images of the conversation.
    difference
        How they differ.
    boxes
        What is shown, pixels of the screen, in the order shown.
    """
    head = f"[Image {number} of this conversation: the screen of image {base}"
    new = "; ".join(f"({left}, {top}) to ({right}, {bottom})" for left, top, right, bottom in boxes)
    if difference.frame is None:
        return f"{head}, but for {new}, shown next.]"
    left, top, right, bottom = difference.frame
    moved = f"{abs(difference.shift)} px {'up' if difference.shift > 0 else 'down'}"
    moved = f"{head} with ({left}, {top}) to ({right}, {bottom}) moved {moved}"
    return f"{moved}; new is {new}, shown next.]" if boxes else f"{moved}.]"


def _is_same(earlier: _Screen, screen: _Screen) -> bool:
    """Return whether a screen is the very file of an earlier one, and the model would see it in the same way."""
    first, image = earlier.image, screen.image
    alike = first.technique is image.technique and first.compressed_tokens == image.compressed_tokens
    return _is_same_file(first, image) and earlier.slot.detail == screen.slot.detail and alike


def _is_same_file(first: ImageResult, second: ImageResult) -> bool:
    if first.original_bytes != second.original_bytes:
        return False
    return first.source == second.source or first.original == second.original  # it may be encoded in another way


def _repeat(earlier: _Screen, screen: _Screen, model: ModelSpec) -> ImageResult | None:
    """Return a screen as a line that points at an earlier one; None where that cannot stand there, or saves nothing."""
    image, path = screen.image, earlier.image.path
    part = TextPart(f"[Image {screen.number} of this conversation: the same screen as image {earlier.number}.]")
    price = price_parts((part,), model, screen.slot.detail)
    if price.tokens >= image.compressed_tokens or refusal(screen.slot, (part,)) is not None:
        return None
    return replace(
        image,
        technique=Technique.TRANSCODE,
        compressed_tokens=price.tokens,
        exact=image.original_exact and price.exact,
        sizes=(),
        compressed_bytes=0,
        free_tokens=0 if image.traded_tokens else image.original_tokens - price.tokens,
        parts=(part,),
        duplicate_of=path,
        history="repeat",
        note=f"the same screen as {format_path(path)}, which stands before; a line of text points at it",
    )


def with_context(box: Box, size: Size) -> Box:
    """Return a region with what stands around it, and at least :data:`LEAST_SIDE` long on each side."""
    edges = []
    for low, high, length in ((box[0], box[2], size[0]), (box[1], box[3], size[1])):
        around = max(CONTEXT, -(-(LEAST_SIDE - (high - low)) // 2))
        edges.append((max(0, low - around), min(length, high + around)))
    return edges[0][0], edges[1][0], edges[0][1], edges[1][1]


def uncut(pixels: Image.Image, box: Box) -> Box:
    """Return a region made wider up to the next gap on each side, so that its edges cut no words."""
    import numpy as np

    left, top, right, bottom = box
    rows = np.asarray(pixels.crop((0, top, pixels.width, bottom)).convert("L")).astype(np.int16)
    ink = np.r_[False, (np.abs(np.diff(rows, axis=1)) > FAINT).any(axis=0)]
    for step in range(LONGEST_WORD):
        if left - step <= 0 or not ink[max(0, left - step - WORD_GAP) : left - step].any():
            left = max(0, left - step)
            break
    for step in range(LONGEST_WORD):
        if right + step >= len(ink) or not ink[right + step : right + step + WORD_GAP].any():
            right = min(len(ink), right + step)
            break
    return left, top, right, bottom


def _piece(pixels: Image.Image, box: Box, screen: _Screen, model: ModelSpec) -> ImagePart:
    """Return a region as it is sent: at the scale at which the model would have seen it in the whole screen."""
    from headroom_nb.pictures import encode, resize

    scale = _scale(screen.image, screen.slot.detail, model)
    cut = pixels.crop(box)
    if 0 < scale < CRISP:
        size = (max(1, -(-cut.width * scale // 1)), max(1, -(-cut.height * scale // 1)))
        cut = resize(cut, (int(size[0]), int(size[1])))
    made = encode(cut, mark="crop", webp=model.limits.takes("image/webp"))
    return ImagePart(made.data, made.media_type, made.size, box=box, role="crop")


def _serves(base: _Screen, screen: _Screen, model: ModelSpec) -> bool:
    """Return whether the model sees all of an earlier screen as large as it would have seen this one."""
    first, image = base.image, screen.image
    if base.slot.detail != screen.slot.detail or first.original_size != image.original_size:
        return False
    detail = screen.slot.detail
    wanted = _scale(image if is_whole(image) else replace(image, parts=()), detail, model)
    return _scale(first, detail, model) >= ENLARGED * wanted


def _scale(image: ImageResult, detail: str, model: ModelSpec) -> float:
    """Return pixels that the model sees per pixel of the image, along its worse axis, at most 1; 0 if not whole."""
    if not is_whole(image) or image.original_size is None:
        return 0.0
    part = next((part for part in image.parts if isinstance(part, ImagePart)), None)
    size = image.original_size if part is None else part.size
    level = detail if part is None else part.detail or detail
    try:
        seen = estimate(size, model, level).sent_size
    except HeadroomError:
        return 0.0
    return min(1.0, *(min(seen[side], size[side]) / image.original_size[side] for side in (0, 1)))


def is_whole(image: ImageResult) -> bool:
    """Return whether all of an image is sent as one image."""
    if image.error is not None or image.original_size is None or image.duplicate_of is not None:
        return False
    images = [part for part in image.parts if isinstance(part, ImagePart)]
    return not image.parts or (len(images) == 1 and images[0].role == "image")


def _is_manual(image: ImageResult) -> bool:
    return image.decision is not None and image.decision.by == "user"


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
