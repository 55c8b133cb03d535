"""Conversations of every wire format for property tests: well-formed, mixed, and hostile."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.formats.samples import b64, png

if TYPE_CHECKING:
    from collections.abc import Callable

Json = Any

PIXEL = b64(png(1, 1))
DATA_URL = f"data:image/png;base64,{PIXEL}"


@dataclass(frozen=True)
class Wire:
    """How one format writes an image, a text, the messages around them, and a tool call with its result."""

    image: Callable[[dict[str, Any]], Json]
    text: Callable[[str], Json]
    user: Callable[[list[Json]], Json]
    answer: Json
    tool: Callable[[list[Json]], list[Json]] | None = None


def content(blocks: list[Json]) -> Json:
    return {"role": "user", "content": blocks}


def parts(blocks: list[Json]) -> Json:
    return {"role": "user", "parts": blocks}


WIRES = {
    "openai_chat": Wire(
        lambda extra: {"type": "image_url", "image_url": {"url": DATA_URL, "detail": "high"}, **extra},
        lambda text: {"type": "text", "text": text},
        content,
        {"role": "assistant", "content": "answer"},
    ),
    "openai_responses": Wire(
        lambda extra: {"type": "input_image", "image_url": DATA_URL, "detail": "auto", **extra},
        lambda text: {"type": "input_text", "text": text},
        content,
        {"type": "reasoning", "id": "rs_1", "summary": []},
        lambda blocks: [
            {"type": "function_call", "call_id": "c", "name": "shoot", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": blocks},
        ],
    ),
    "anthropic": Wire(
        lambda extra: {
            "type": "image",
            "source": {"type": "base64", "media_type": "image/png", "data": PIXEL},
            "cache_control": {"type": "ephemeral"},
            **extra,
        },
        lambda text: {"type": "text", "text": text},
        content,
        {"role": "assistant", "content": [{"type": "text", "text": "answer"}]},
        lambda blocks: [
            {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "shoot", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": blocks}]},
        ],
    ),
    "google": Wire(
        lambda extra: {"inlineData": {"mimeType": "image/png", "data": PIXEL}, **extra},
        lambda text: {"text": text},
        parts,
        {"role": "model", "parts": [{"text": "answer"}]},
        lambda blocks: [
            {"role": "model", "parts": [{"functionCall": {"name": "shoot", "args": {}}}]},
            {"role": "user", "parts": [{"functionResponse": {"name": "shoot", "response": {}, "parts": blocks}}]},
        ],
    ),
    "bedrock": Wire(
        lambda extra: {"image": {"format": "png", "source": {"bytes": png(1, 1)}}, **extra},
        lambda text: {"text": text},
        content,
        {"role": "assistant", "content": [{"text": "answer"}]},
        lambda blocks: [
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t", "name": "shoot", "input": {}}}]},
            {"role": "user", "content": [{"toolResult": {"toolUseId": "t", "content": blocks}}]},
        ],
    ),
    "mcp": Wire(
        lambda extra: {"type": "image", "data": PIXEL, "mimeType": "image/png", **extra},
        lambda text: {"type": "text", "text": text},
        content,
        {"role": "assistant", "content": {"type": "text", "text": "answer"}},
    ),
}
"""Ollama's bare images are tested apart: they are no blocks."""

words = st.one_of(
    st.sampled_from(
        ["What is this?", "Read the total.", "Image 1:", "<image>", "", "  ", "[OCR of x, 9×9 px.]\n```\nA\n```"]
    ),
    st.text(st.characters(codec="utf-8"), max_size=12),
)
extras = st.dictionaries(
    st.sampled_from(["x_unknown", "note", "cache_control"]), st.one_of(st.none(), st.integers(), words), max_size=2
)
wire_names = st.sampled_from(sorted(WIRES))


@st.composite
def blocks(draw: st.DrawFn, name: str, *, texts: bool = True) -> list[Json]:
    wire = WIRES[name]
    kinds = draw(st.lists(st.booleans() if texts else st.just(value=True), max_size=4))
    return [wire.image(draw(extras)) if is_image else wire.text(draw(words)) for is_image in kinds]


@st.composite
def conversations(draw: st.DrawFn, name: str | None = None) -> list[Json]:
    """A message list of one format, or of several where no name is given."""
    messages: list[Json] = []
    for _ in range(draw(st.integers(0, 6))):
        wire_name = name or draw(wire_names)
        wire = WIRES[wire_name]
        kind = draw(st.sampled_from(["user", "user", "text", "answer", "tool", "other", "object"]))
        if kind == "user":
            messages.append({**wire.user(draw(blocks(wire_name))), **draw(extras)})
        elif kind == "text":
            messages.append({"role": "user", "content": draw(words)})
        elif kind == "answer":
            messages.append(wire.answer)
        elif kind == "tool" and wire.tool is not None:
            messages.extend(wire.tool(draw(blocks(wire_name, texts=wire_name != "google"))))
        elif kind == "other":
            messages.append(draw(st.sampled_from([{"role": "system", "content": "Be brief."}, None, 7, "loose text"])))
        else:
            role = draw(st.sampled_from(["assistant", "user", "model"]))
            messages.append(SimpleNamespace(role=role, content=draw(words)))
    return messages


def is_answer(message: Json) -> bool:
    """Whether a conversation may be cut before this message: it is the model's."""
    if isinstance(message, dict):
        return message.get("role") in {"assistant", "model"} or message.get("type") in {"function_call", "reasoning"}
    return getattr(message, "role", None) in {"assistant", "model"}


_KEYS = [
    *("role", "type", "content", "parts", "output", "images", "messages", "input", "contents", "model", "body", "text"),
    *(
        "source",
        "data",
        "media_type",
        "url",
        "file_id",
        "image_url",
        "detail",
        "image",
        "format",
        "bytes",
        "s3Location",
    ),
    *("uri", "toolResult", "functionResponse", "inlineData", "inline_data", "fileData", "mimeType", "mime_type"),
    *("mediaResolution", "media_resolution", "level", "generationConfig", "config", "thoughtSignature", "id"),
]
_VALUES = [
    *("user", "assistant", "model", "tool", "text", "input_text", "image", "image_url", "input_image", "tool_result"),
    *("computer_screenshot", "function_call_output", "base64", "url", "image/png", "audio/wav", "low"),
    *("MEDIA_RESOLUTION_LOW", "https://example.invalid/a.png", "data:image/png;base64,"),
]

hostile = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.binary(max_size=8),
        st.text(max_size=8),
        st.sampled_from([*_VALUES, PIXEL, DATA_URL]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner),
        st.dictionaries(st.one_of(st.sampled_from(_KEYS), st.text(max_size=4), st.integers()), inner, max_size=5),
    ),
    max_leaves=30,
)
"""JSON-like values made of the words the formats know, in any disorder."""

image_blocks = st.one_of(
    st.fixed_dictionaries({"type": st.just("image_url"), "image_url": hostile}),
    st.fixed_dictionaries({"type": st.just("input_image")}, optional={"image_url": hostile, "file_id": hostile}),
    st.fixed_dictionaries({"type": st.just("image"), "source": hostile}),
    st.fixed_dictionaries({"type": st.just("image"), "mimeType": hostile}, optional={"data": hostile}),
    st.fixed_dictionaries({"inlineData": st.fixed_dictionaries({"mimeType": st.just("image/png"), "data": hostile})}),
    st.fixed_dictionaries({"image": st.fixed_dictionaries({"source": hostile}, optional={"format": hostile})}),
)
"""Blocks that say they are images, with anything where the image belongs."""

hostile_documents = st.one_of(
    hostile,
    st.lists(st.fixed_dictionaries({"role": hostile, "content": st.lists(image_blocks, max_size=3)}), max_size=3),
    st.fixed_dictionaries({"contents": hostile, "messages": st.lists(image_blocks, max_size=2)}),
)
