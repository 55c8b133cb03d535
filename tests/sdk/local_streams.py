"""The same answers as server-sent events, in each provider's own steps."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import Any


def sse(name: str | None, data: dict[str, Any]) -> str:
    return (f"event: {name}\n" if name else "") + f"data: {json.dumps(data)}\n\n"


def chat(reply: dict[str, Any]) -> str:
    head = {"id": reply["id"], "object": "chat.completion.chunk", "created": 1, "model": reply["model"]}
    text = reply["choices"][0]["message"]["content"]
    delta = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    end = {"index": 0, "delta": {}, "finish_reason": "stop"}
    usage = {**head, "choices": [], "usage": reply["usage"]}
    chunks = [{**head, "choices": [delta]}, {**head, "choices": [end]}, usage]
    return "".join(sse(None, chunk) for chunk in chunks) + "data: [DONE]\n\n"


def responses(reply: dict[str, Any]) -> str:
    text = reply["output"][0]["content"][0]["text"]
    started = {**reply, "status": "in_progress", "output": [], "usage": None}
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0, "logprobs": []}
    events = [
        {"type": "response.created", "response": started},
        {"type": "response.output_text.delta", "delta": text, **place},
        {"type": "response.completed", "response": reply},
    ]
    return "".join(sse(event["type"], {**event, "sequence_number": n}) for n, event in enumerate(events))


def anthropic(reply: dict[str, Any]) -> str:
    text = reply["content"][0]["text"]
    start = {**reply, "content": [], "stop_reason": None, "usage": {**reply["usage"], "output_tokens": 0}}
    events = [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": reply["usage"]},
        {"type": "message_stop"},
    ]
    return "".join(sse(event["type"], event) for event in events)


def google(reply: dict[str, Any]) -> str:
    return sse(None, reply)


def cohere(reply: dict[str, Any]) -> str:
    text = {"message": {"content": {"text": reply["message"]["content"][0]["text"]}}}
    end = {"finish_reason": "COMPLETE", "usage": reply["usage"]}
    events = [
        {"type": "message-start", "id": "1", "delta": {"message": {"role": "assistant"}}},
        {"type": "content-delta", "index": 0, "delta": text},
        {"type": "message-end", "id": "1", "delta": end},
    ]
    return "".join(sse(event["type"], event) for event in events)


def aws(path: str, reply: dict[str, Any]) -> bytes:
    """Return an answer as Amazon's event stream, by the operation in the path."""
    if path.endswith("/converse-stream"):
        text = reply["output"]["message"]["content"][0]["text"]
        events = [
            ("messageStart", {"role": "assistant"}),
            ("contentBlockDelta", {"delta": {"text": text}, "contentBlockIndex": 0}),
            ("contentBlockStop", {"contentBlockIndex": 0}),
            ("messageStop", {"stopReason": "end_turn"}),
            ("metadata", {"usage": reply["usage"], "metrics": {"latencyMs": 1}}),
        ]
    else:
        events = [("chunk", {"bytes": base64.b64encode(json.dumps(reply).encode()).decode()})]
    return b"".join(_frame(name, json.dumps(payload).encode()) for name, payload in events)


def _frame(name: str, payload: bytes) -> bytes:
    words = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(
        bytes([len(key)]) + key.encode() + b"\x07" + struct.pack("!H", len(value)) + value.encode()
        for key, value in words.items()
    )
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    whole = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + payload
    return whole + struct.pack("!I", zlib.crc32(whole))


STREAMS = {
    "chat.completion": chat,
    "response": responses,
    "message": anthropic,
}


def stream(reply: dict[str, Any]) -> str:
    """Return an answer as the events its provider would send."""
    if "finish_reason" in reply:
        return cohere(reply)
    if "done" in reply:  # Ollama sends lines
        return json.dumps(reply) + "\n"
    return STREAMS.get(reply.get("object") or reply.get("type", ""), google)(reply)
