"""The events of a streamed answer, gathered into the answer that they make: as much of it as tools and usage need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats.replies import parsed
from headroom_nb.formats.tool_formats import plain
from headroom_nb.runtime.json_text import read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Reply = dict[str, Any]


def gathered(events: Sequence[Any], wire: str) -> Reply:
    """Return the answer that the events of a stream make, as plain values.

    Parameters
    ----------
    events
        As the SDK gives them.
    wire
        Name of the wire format of the request's images.
    """
    return _GATHER[wire]([plain(parsed(event)) for event in events])


def _chat(chunks: Sequence[Reply]) -> Reply:
    text, usage = "", None
    calls: dict[int, Reply] = {}
    for chunk in chunks:
        usage = chunk.get("usage") or usage
        for choice in chunk.get("choices") or ():
            delta = choice.get("delta") or {}
            text += delta.get("content") or ""
            for piece in delta.get("tool_calls") or ():
                call = calls.setdefault(piece.get("index", 0), {"type": "function", "function": {"arguments": ""}})
                called = piece.get("function") or {}
                call |= {"id": piece["id"]} if piece.get("id") else {}
                call["function"] |= {"name": called["name"]} if called.get("name") else {}
                call["function"]["arguments"] += called.get("arguments") or ""
    message: Reply = {"role": "assistant", "content": text or None}
    if calls:
        message["tool_calls"] = [calls[place] for place in sorted(calls)]
    return {"choices": [{"message": message}], **({} if usage is None else {"usage": usage})}


def _responses(events: Sequence[Reply]) -> Reply:
    done = [event["response"] for event in events if event.get("type") == "response.completed"]
    return done[-1] if done else {"output": []}


def _anthropic(events: Sequence[Reply]) -> Reply:
    blocks: dict[int, Reply] = {}
    usage: Reply = {}
    for event in events:
        kind = event.get("type")
        if kind == "message_start":
            usage |= event["message"].get("usage") or {}
        elif kind == "content_block_start":
            blocks[event["index"]] = {**event["content_block"], "json": ""}
        elif kind == "content_block_delta":
            _anthropic_delta(blocks[event["index"]], event["delta"])
        elif kind == "message_delta":
            usage |= event.get("usage") or {}
    content = []
    for place in sorted(blocks):
        block = blocks[place]
        written = block.pop("json")
        content.append({**block, "input": read_json(written)} if written else block)
    return {"role": "assistant", "content": content, "usage": usage}


def _anthropic_delta(block: Reply, delta: Reply) -> None:
    """Add a piece to a block: of its text, its reasoning, or the JSON of a tool's arguments."""
    for piece, key in (
        ("text", "text"),
        ("thinking", "thinking"),
        ("signature", "signature"),
        ("partial_json", "json"),
    ):
        if isinstance(delta.get(piece), str):
            block[key] = (block.get(key) or "") + delta[piece]


def _google(chunks: Sequence[Reply]) -> Reply:
    parts: list[Any] = []
    usage = None
    for chunk in chunks:
        usage = chunk.get("usageMetadata") or usage
        for candidate in (chunk.get("candidates") or ())[:1]:
            parts += (candidate.get("content") or {}).get("parts") or ()
    made: Reply = {"candidates": [{"content": {"role": "model", "parts": parts}}]}
    return made if usage is None else {**made, "usageMetadata": usage}


_GATHER: dict[str, Callable[[Sequence[Reply]], Reply]] = {
    "openai_chat": _chat,
    "openai_responses": _responses,
    "anthropic": _anthropic,
    "google": _google,
}
"""By the name of the wire format."""
