"""The stand-in's answers in the shapes of OpenAI Chat and Responses, Anthropic and Gemini, whole and as streams."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.demo.mind import Thought

    Shape = Callable[[str, Thought, int, int], dict[str, Any]]
    """Returns an answer from the model's name, what it says, and the tokens of request and answer."""


def chat(model: str, said: Thought, tokens: int, answer: int) -> dict[str, Any]:
    """Return a chat completion."""
    calls = [
        {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for number, (name, arguments) in enumerate(said.calls)
    ]
    message = {
        "role": "assistant",
        "content": said.text or None,
        "refusal": None,
        **({"tool_calls": calls} if calls else {}),
    }
    finish = "tool_calls" if calls else "stop"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [{"index": 0, "finish_reason": finish, "logprobs": None, "message": message}],
        "usage": {"prompt_tokens": tokens, "completion_tokens": answer, "total_tokens": tokens + answer},
    }


def responses(model: str, said: Thought, tokens: int, answer: int) -> dict[str, Any]:
    """Return a response of the Responses API."""
    output: list[dict[str, Any]] = [
        {
            "id": f"fc_{number}",
            "type": "function_call",
            "call_id": f"call_{number}",
            "name": name,
            "arguments": json.dumps(arguments),
            "status": "completed",
        }
        for number, (name, arguments) in enumerate(said.calls)
    ]
    if said.text:
        text = {"type": "output_text", "text": said.text, "annotations": []}
        output.append({"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [text]})
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "model": model,
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": tokens,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": answer,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": tokens + answer,
        },
    }


def anthropic(model: str, said: Thought, tokens: int, answer: int) -> dict[str, Any]:
    """Return a message of the Messages API."""
    blocks: list[dict[str, Any]] = [{"type": "text", "text": said.text}] if said.text else []
    blocks += [
        {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": dict(arguments)}
        for number, (name, arguments) in enumerate(said.calls)
    ]
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": blocks,
        "stop_reason": "tool_use" if said.calls else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": tokens, "output_tokens": answer},
    }


def google(model: str, said: Thought, tokens: int, answer: int) -> dict[str, Any]:
    """Return a response of Gemini."""
    parts: list[dict[str, Any]] = [{"text": said.text}] if said.text else []
    parts += [{"functionCall": {"name": name, "args": dict(arguments)}} for name, arguments in said.calls]
    usage = {"promptTokenCount": tokens, "candidatesTokenCount": answer, "totalTokenCount": tokens + answer}
    return {
        "candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": usage,
        "modelVersion": model,
    }


SHAPES: dict[str, Shape] = {"chat": chat, "responses": responses, "anthropic": anthropic, "google": google}

COUNTS: dict[str, Callable[[int], dict[str, Any]]] = {
    "responses": lambda tokens: {"object": "response.input_tokens", "input_tokens": tokens},
    "anthropic": lambda tokens: {"input_tokens": tokens},
    "google": lambda tokens: {"totalTokens": tokens},
}
"""What the counting endpoints answer."""


def stream(wire: str, reply: dict[str, Any]) -> str:
    """Return an answer as the server-sent events of its provider."""
    return _STREAMS[wire](reply)


def _event(data: dict[str, Any], name: str = "") -> str:
    return (f"event: {name}\n" if name else "") + f"data: {json.dumps(data)}\n\n"


def _chat_stream(reply: dict[str, Any]) -> str:
    head = {"id": reply["id"], "object": "chat.completion.chunk", "created": 1, "model": reply["model"]}
    choice = reply["choices"][0]
    calls = [{"index": number, **call} for number, call in enumerate(choice["message"].get("tool_calls", ()))]
    delta = {"role": "assistant", "content": choice["message"]["content"], **({"tool_calls": calls} if calls else {})}
    chunks = [
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]},
        {**head, "choices": [], "usage": reply["usage"]},
    ]
    return "".join(map(_event, chunks)) + "data: [DONE]\n\n"


def _responses_stream(reply: dict[str, Any]) -> str:
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": {**reply, "status": "in_progress", "output": [], "usage": None}}
    ]
    for place, item in enumerate(reply["output"]):
        events.append({"type": "response.output_item.added", "output_index": place, "item": item})
        if item["type"] == "message":
            at = {"item_id": item["id"], "output_index": place, "content_index": 0, "logprobs": []}
            events.append({"type": "response.content_part.added", **at, "part": {**item["content"][0], "text": ""}})
            events.append({"type": "response.output_text.delta", "delta": item["content"][0]["text"], **at})
        events.append({"type": "response.output_item.done", "output_index": place, "item": item})
    events.append({"type": "response.completed", "response": reply})
    return "".join(_event({**event, "sequence_number": number}, event["type"]) for number, event in enumerate(events))


def _anthropic_stream(reply: dict[str, Any]) -> str:
    events: list[dict[str, Any]] = [
        {
            "type": "message_start",
            "message": {**reply, "content": [], "stop_reason": None, "usage": {**reply["usage"], "output_tokens": 0}},
        }
    ]
    for place, block in enumerate(reply["content"]):
        at = {"index": place}
        start: dict[str, Any]
        if block["type"] == "text":
            start, delta = {"type": "text", "text": ""}, {"type": "text_delta", "text": block["text"]}
        else:
            start = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        events.append({"type": "content_block_start", **at, "content_block": start})
        events.append({"type": "content_block_delta", **at, "delta": delta})
        events.append({"type": "content_block_stop", **at})
    end = {"stop_reason": reply["stop_reason"], "stop_sequence": None}
    events += [{"type": "message_delta", "delta": end, "usage": reply["usage"]}, {"type": "message_stop"}]
    return "".join(_event(event, event["type"]) for event in events)


_STREAMS: dict[str, Callable[[dict[str, Any]], str]] = {
    "chat": _chat_stream,
    "responses": _responses_stream,
    "anthropic": _anthropic_stream,
    "google": _event,
}
