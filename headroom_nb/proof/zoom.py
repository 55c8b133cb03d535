"""Answers to a model that asks to look closer at an image that was sent small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.caching.originals import original_of
from headroom_nb.costs.ladder import ladder
from headroom_nb.errors import HeadroomError, ImageRejectedError, OptionError
from headroom_nb.formats import find_images
from headroom_nb.formats.base import is_mapping
from headroom_nb.formats.model_choice import choose_model
from headroom_nb.formats.question import text_of
from headroom_nb.formats.replies import parsed
from headroom_nb.formats.tool_formats import TOOL_FORMATS, ToolAnswer
from headroom_nb.formats.tools import answered, keep_calls
from headroom_nb.formats.walk import attribute, read_messages, request_body
from headroom_nb.pictures import encode, open_picture, resize
from headroom_nb.pipeline.zooming import LOOK, id_in
from headroom_nb.records import ImagePart
from headroom_nb.signals.text_size import measure_text_size
from headroom_nb.techniques.crop import LEGIBLE, SMALLEST_PIECE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats.tool_formats import ToolCall
    from headroom_nb.records import Box

MOST_ROUNDS = 3
"""Turns in which a model may look before it has to answer."""

MOST_LOOKS = 6
"""Parts that are shown in one turn."""

PADDING, LEAST = 0.01, 48
"""What is added around a part, as a share of the image's longer side, and the shortest side of a part, in pixels."""

NO_MORE = "Nothing more can be shown; answer from what you have seen."
GONE = "This image is not kept any more; answer from what you have seen."


def restore(image: str) -> bytes:
    """Return the original of an image by the id that requests name it by, such as ``"img-1a2b3c4d"``.

    Parameters
    ----------
    image
        Its id, as in ``result.zoom_ids``.

    Raises
    ------
    OptionError
        It is not kept, or not any more: the originals of one process take at most 256 MiB.
    """
    data = original_of(image) if isinstance(image, str) else None
    if data is None:
        raise OptionError(f"the original of {str(image)[:40]!r} is not kept, or not any more")
    return data


def handle_zoom(request: Any, response: Any) -> Any | None:
    """Return the request that answers a model's wish to look closer; None where the response is the answer.

    Send it, and hand on what comes back, until there is None. Calls of your own tools are left to you: where a response
    has both, the wishes to look closer are taken out of it.

    Parameters
    ----------
    request
        What was sent: the ``messages`` of ``compress(…, zoom=True)``, or what this function returned before.
    response
        What the SDK returned for it.

    Raises
    ------
    OptionError
        There are no images in the request, or its format has no tools.
    """
    slots = find_images(request)
    wire = slots[0].format if slots else ""
    if wire not in TOOL_FORMATS:
        raise OptionError("handle_zoom takes the request that was sent, with its images, in a format that has tools")
    form = TOOL_FORMATS[wire]
    calls = form.calls(parsed(response))
    wishes = [call for call in calls if call.name == LOOK.name]
    if not wishes:
        return None
    if len(wishes) < len(calls):
        keep_calls(response, lambda name: name != LOOK.name, wire)
        return None
    _, body = request_body(request)
    whole: Mapping[str, Any] = {form.messages: request} if body is None else body
    rounds = looked(whole[form.messages])
    if rounds > MOST_ROUNDS:
        keep_calls(response, lambda name: name != LOOK.name, wire)
        return None
    spec, _ = choose_model(request)
    named = named_in(request)
    answers = [
        answer_look(call, spec, named) if place < MOST_LOOKS and rounds < MOST_ROUNDS else ToolAnswer(call, NO_MORE)
        for place, call in enumerate(wishes)
    ]
    following = answered(whole, response, answers, wire)
    return following[form.messages] if body is None else following


def named_in(request: Any) -> frozenset[str]:
    """Return the ids under which a request shows images: nobody is shown an image of another conversation."""
    texts = (text_of(block.value) for message in read_messages(request) for block in message.blocks)
    return frozenset(name for text in texts if text and (name := id_in(text)))


def answer_look(call: ToolCall, spec: ModelSpec, named: frozenset[str]) -> ToolAnswer:
    """Return the part of an image that was asked for; why it cannot be shown, where it cannot.

    Parameters
    ----------
    call
        The model's wish.
    spec
        Whom it is sent to.
    named
        The ids of the request's images.
    """
    name = str(call.arguments.get("image", ""))
    data = original_of(name) if name in named else None
    if data is None:
        return ToolAnswer(call, GONE)
    try:
        box, part = part_of(data, call.arguments, spec)
    except (HeadroomError, TypeError, ValueError, OverflowError) as error:
        return ToolAnswer(call, f"This part cannot be shown: {error}")
    shown = f"from ({box[0]}, {box[1]}) to ({box[2]}, {box[3]}) px"
    return ToolAnswer(call, f"[part of {name}, {shown}; sent as {part.size[0]}×{part.size[1]} px]", (part,))


def part_of(data: bytes, region: Mapping[str, Any], spec: ModelSpec) -> tuple[Box, ImagePart]:
    """Return a region in pixels of the original, and the cheapest image that shows all of it legibly.

    Parameters
    ----------
    data
        The original.
    region
        ``x0``, ``y0``, ``x1``, ``y1`` in thousandths of its width and height, in any order.
    spec
        Whom it is sent to.

    Raises
    ------
    PictureError
        The original cannot be decoded.
    ValueError, TypeError
        The region is none.
    """
    picture = open_picture(data)
    box = _box(region, picture.size)
    cut = picture.rgb().crop(box)
    webp = spec.limits.takes("image/webp")
    whole = encode(cut, mark="crop", webp=webp, like=picture.header)
    size = _legible_size(whole.data, cut.size, spec)
    if size != cut.size:
        whole = encode(resize(cut, size), mark="crop", webp=webp, like=picture.header)
    return box, ImagePart(whole.data, whole.media_type, whole.size, box=box, role="crop")


def _box(region: Mapping[str, Any], size: tuple[int, int]) -> Box:
    if missing := [name for name in ("x0", "y0", "x1", "y1") if name not in region]:
        raise ValueError(f"{', '.join(missing)} must be given")
    x = sorted(min(1000.0, max(0.0, float(region[name]))) / 1000 for name in ("x0", "x1"))
    y = sorted(min(1000.0, max(0.0, float(region[name]))) / 1000 for name in ("y0", "y1"))
    edges = []
    for (low, high), length in ((x, size[0]), (y, size[1])):
        around = PADDING * max(size) + max(0.0, LEAST - (high - low) * length) / 2
        edges.append((max(0, int(low * length - around)), min(length, int(high * length + around) + 1)))
    return edges[0][0], edges[1][0], edges[0][1], edges[1][1]


def _legible_size(data: bytes, size: tuple[int, int], spec: ModelSpec) -> tuple[int, int]:
    """Return the cheapest size at which the smallest text of a part is still legible; its own where none is known."""
    smallest = measure_text_size(open_picture(data)).smallest
    needed = 1.0 if smallest is None else min(1.0, LEGIBLE / smallest)
    try:
        steps = ladder(size, spec, "auto", SMALLEST_PIECE)
    except ImageRejectedError:
        return size
    enough = [step.size for step in steps if min(step.size[0] / size[0], step.size[1] / size[1]) >= 0.98 * needed]
    return enough[-1] if enough else size


def looked(turns: Any) -> int:
    """Return in how many turns of a conversation the model looked closer since the user last asked."""
    count, before = 0, False
    for turn in turns if isinstance(turns, (list, tuple)) else ():
        looks = _calls_look(turn, 4)
        if looks and not before:  # calls made at the same time stand next to each other
            count += 1
        elif not looks and attribute(turn, "role") in ("assistant", "model"):
            count = 0
        before = looks
    return count


def _calls_look(value: Any, deep: int) -> bool:
    if not deep:
        return False
    if is_mapping(value):
        return (value.get("name") == LOOK.name and ("response" not in value)) or any(
            _calls_look(each, deep - 1) for each in value.values() if not isinstance(each, str)
        )
    return isinstance(value, (list, tuple)) and any(_calls_look(each, deep - 1) for each in value)
