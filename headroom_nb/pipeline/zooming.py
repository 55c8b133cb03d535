"""Which images go out small, with an id and a tool to look at parts of them: those for which that is expected to pay.

Each image is decided by what stands before it alone, so that a longer conversation begins as a shorter one did.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from headroom_nb.caching.originals import keep_original
from headroom_nb.costs import count_text
from headroom_nb.costs.pricing import terms
from headroom_nb.costs.registry import BILLED_BY_ASPECT
from headroom_nb.formats.replace import refusal
from headroom_nb.formats.tool_formats import TOOL_FORMATS, Tool
from headroom_nb.formats.tools import no_room, offers, with_tool
from headroom_nb.formats.walk import request_body
from headroom_nb.records import ImagePart, Technique, TextPart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.pipeline.context import DecisionContext
    from headroom_nb.records import BlockPath, CompressionResult, ImageResult

LOOK = Tool(
    "look_closer",
    "Shows a part of an image that was sent smaller, at full size. Use it whenever something you need is too small to "
    "be read or seen with certainty. Coordinates are thousandths of the image's width and height, from its top left.",
    {
        "type": "object",
        "properties": {
            "image": {"type": "string", "description": "the image's id, such as img-1a2b3c4d"},
            **{edge: {"type": "number", "description": f"{edge}, 0 to 1000"} for edge in ("x0", "y0", "x1", "y1")},
        },
        "required": ["image", "x0", "y0", "x1", "y1"],
    },
)
"""The tool that a model asks for parts with."""

SMALLEST_VIEW = 512
"""Long side in pixels of the smallest view in which a model still finds where to look."""

TOOL_TOKENS, LOOK_TOKENS = 150, 80
"""What the tool itself costs in a request, and what a call and the words of its answer cost."""

PART = 0.15
"""Tokens of a part that is looked at, as a share of those of the whole image, where these go by its size."""

MARGIN = 0.9
"""Share of the tokens of the usual way that the expected tokens may take."""

CAPTION = re.compile(rf"\[image (img-[0-9a-f]+): \d+×\d+ px, shown smaller; {LOOK.name} shows [^\n]*\]")
"""What stands before an image that was sent small, as `_named` writes it; its first group is the id."""

LEFT_OUT = re.compile(r"\[Image \d+ of this conversation \((img-[0-9a-f]+)\), \d+×\d+ px, is not sent any more;")
"""How the text in the place of an old image begins, as :mod:`headroom_nb.history.older` writes it; with the id."""

_SIZE = re.compile(r"(\d+)×(\d+)")


@dataclass(frozen=True)
class Zoom:
    """What goes out small in one conversation.

    Attributes
    ----------
    labels
        The label of the small form of each image that it pays for, by path.
    wire
        The format in which the tool is offered; None where there is no room for it.
    note
        Why it was left out although it would pay.
    """

    labels: Mapping[BlockPath, str] = field(default_factory=dict)
    wire: str | None = None
    note: str = ""

    def context(self, usual: DecisionContext, slot: ImageSlot) -> DecisionContext:
        """Return what decides an image: the usual, or the form in which it goes out small."""
        label = self.labels.get(slot.path)
        return usual if label is None else replace(usual, forced=Technique.FULL_LOW, form=label)

    def named(self, image: ImageResult, spec: ModelSpec) -> ImageResult:
        """Return the result of an image, with its id where it goes out small."""
        return _named(image, spec) if image.path in self.labels else image

    def offered(self, result: CompressionResult) -> CompressionResult:
        """Return a result with the ids, whose request body offers the tool.

        A message list has no place for a tool and stays as it is.
        """
        ids = zoom_ids(result.images) if self.labels else {}
        if not ids or self.wire is None:
            return result
        body: Mapping[str, Any] | None = request_body(result.messages)[1]
        messages = result.messages if body is None else with_tool(body, LOOK, self.wire)
        return replace(result, messages=messages, zoom_ids=ids, tools=(TOOL_FORMATS[self.wire].offer(LOOK),))


def _zoom_wire(document: Any, slots: Sequence[ImageSlot]) -> tuple[str | None, str]:
    """Return the format in which the tool is offered, None where there is no room for it; and why not."""
    wires = {slot.format for slot in slots}
    path, body = request_body(document)
    if len(wires) != 1 or not wires <= TOOL_FORMATS.keys():
        return None, f"no tools are known for {' and '.join(sorted(wires))}" if wires else ""
    if path:
        return None, "nobody answers the calls of a line of a batch"
    (wire,) = wires
    if body is not None and offers(body, LOOK.name):
        return None, ""
    why = "" if body is None else no_room(body, LOOK, wire)
    return (None, why) if why else (wire, "")


def plan_zoom(document: Any, slots: Sequence[ImageSlot], images: Sequence[ImageResult], spec: ModelSpec) -> Zoom:
    """Return which images go out small, of those that were decided the usual way."""
    wire, why = _zoom_wire(document, slots)
    labels = _zoom_labels(images, slots, spec) if wire or why else {}
    return Zoom(note=f"zoom was left out of this request: {why}") if labels and why else Zoom(labels, wire)


def _zoom_labels(images: Sequence[ImageResult], slots: Sequence[ImageSlot], spec: ModelSpec) -> dict[BlockPath, str]:
    """Return the label of the small form for each image that is expected to cost less with zooms."""
    chosen: dict[BlockPath, str] = {}
    before = 0
    share = 1.0 if terms(spec, "auto")[0] in BILLED_BY_ASPECT else PART
    for image, slot in zip(images, slots, strict=True):
        label, tokens = _best(image, before, share)
        if (
            label
            and slot.question
            and image.error is None
            and slot.reference is None
            and refusal(slot, (TextPart(""), *image.parts)) is None
        ):
            chosen[image.path] = label
        before += tokens
    return chosen


def _best(image: ImageResult, before: int, share: float) -> tuple[str, int]:
    """Return the form with the fewest expected tokens, empty where the usual way costs less, and its own tokens."""
    part = share * image.original_tokens
    best, label, own = MARGIN * image.compressed_tokens, "", image.compressed_tokens
    for offer in image.forms:
        size = _SIZE.search(offer.label)
        if offer.technique is not Technique.FULL_LOW or (size and max(map(int, size.groups())) < SMALLEST_VIEW):
            continue
        again = offer.tokens + before + TOOL_TOKENS + LOOK_TOKENS + part
        expected = offer.tokens + TOOL_TOKENS + min(1.0, offer.risk) * again
        if expected < best:
            best, label, own = expected, offer.label, offer.tokens
    return label, own


def _named(image: ImageResult, spec: ModelSpec) -> ImageResult:
    """Return an image that goes out small with its id before it; as it is where nothing of it was made smaller."""
    if image.technique is not Technique.FULL_LOW or not any(isinstance(part, ImagePart) for part in image.parts):
        return image
    width, height = image.original_size or (0, 0)
    name = keep_original(image.original)
    caption = f"[image {name}: {width}×{height} px, shown smaller; {LOOK.name} shows a part of it at full size]"
    tokens = image.compressed_tokens + count_text(caption, spec).tokens
    note = "; ".join(filter(None, (image.note, f"the model can look closer ({name})")))
    return replace(image, parts=(TextPart(caption), *image.parts), compressed_tokens=tokens, note=note)


def id_in(text: str) -> str | None:
    """Return the id of the image that a text of ours stands before, or in the place of; None for any other text."""
    found = CAPTION.fullmatch(text) or LEFT_OUT.match(text)
    return None if found is None else found[1]


def zoom_ids(images: Sequence[ImageResult]) -> dict[BlockPath, str]:
    """Return the ids of the images that can be looked at closer, by path."""
    found = {}
    for image in images:
        first = image.parts[0] if image.parts else None
        name = id_in(first.text) if isinstance(first, TextPart) else None
        if name is not None:
            found[image.path] = name
    return found
