"""The three providers' APIs, as far as images go: what a request must look like, and an answer with its usage.

Written from the providers' published shapes and from nothing in the package, so that both can be wrong only separately.
Unknown keys, wrong media types, bytes that are no picture and text in the wrong kind of block are refused, as the real
ones refuse them.
"""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

MEDIA_TYPES = {"image/png", "image/jpeg", "image/webp", "image/gif"}
TOKENS_PER_IMAGE = 100

LIMITS = {"tight-claude": (150_000, 400_000)}
"""Most bytes of an image and of a request, in base64, by the model."""


class RefusedError(Exception):
    """The request is not one the provider would take."""


@dataclass
class Seen:
    """What a request held: sizes of its inline images, references, texts, detail levels, PDFs and cache marks."""

    images: list[tuple[str, tuple[int, int]]] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    details: list[str | None] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)
    cache_marks: int = 0

    @property
    def tokens(self) -> int:
        return TOKENS_PER_IMAGE * len(self.images) + sum(len(text) for text in self.texts)

    @property
    def summary(self) -> str:
        return f"{len(self.images)} images, {len(self.texts)} texts"


def demand(condition: object, why: str) -> None:
    if not condition:
        raise RefusedError(why)


def keys(block: dict[str, Any], required: set[str], optional: set[str] = frozenset()) -> None:
    demand(isinstance(block, dict), f"an object was expected, not {block!r:.80}")
    demand(required <= block.keys(), f"missing: {sorted(required - block.keys())}")
    extra = block.keys() - required - optional
    demand(not extra, f"extra inputs are not permitted: {sorted(extra)}")


def picture(data: object, media_type: object, seen: Seen) -> None:
    demand(media_type in MEDIA_TYPES, f"media type {media_type!r} is not supported")
    demand(isinstance(data, str), "data must be text")
    raw = base64.b64decode(data, validate=True)
    with Image.open(io.BytesIO(raw)) as image:
        demand(Image.MIME[image.format] == media_type, f"says {media_type}, is {image.format}")
        seen.images.append((media_type, image.size))


def pdf(data: object, media_type: object, seen: Seen) -> None:
    demand(media_type == "application/pdf", f"document type {media_type!r} is not supported")
    demand(isinstance(data, str), "data must be text")
    raw = base64.b64decode(data, validate=True)
    demand(raw.startswith(b"%PDF-") and b"%%EOF" in raw[-1024:], "the PDF specified was not valid")
    seen.files.append(raw)


def data_url_of_file(value: object, seen: Seen) -> None:
    demand(isinstance(value, str), "file data must be text")
    found = re.fullmatch(r"data:([\w/+.-]+);base64,(.*)", value, re.DOTALL)
    demand(found, "file data is a data URL")
    (picture if found[1].startswith("image/") else pdf)(found[2], found[1], seen)


def url(value: object, seen: Seen) -> None:
    demand(isinstance(value, str), "a URL must be text")
    found = re.fullmatch(r"data:([\w/+.-]+);base64,(.*)", value, re.DOTALL)
    if found:
        picture(found[2], found[1], seen)
    else:
        demand(value.startswith("https://"), f"not a URL: {value[:40]!r}")
        seen.references.append(value)


def openai_detail(value: object, seen: Seen) -> None:
    demand(value in {None, "auto", "low", "high", "original"}, f"invalid detail {value!r}")
    seen.details.append(value)


def chat(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    for message in body["messages"]:
        content = message.get("content")
        if isinstance(content, str) or content is None:
            seen.texts.extend([content] if content else [])
            continue
        for part in content:
            if part.get("type") == "text":
                keys(part, {"type", "text"}, {"prompt_cache_breakpoint"})
                seen.texts.append(part["text"])
            elif part.get("type") == "file":
                keys(part, {"type", "file"}, {"prompt_cache_breakpoint"})
                keys(part["file"], {"file_data"}, {"filename"})
                data_url_of_file(part["file"]["file_data"], seen)
            else:
                demand(part.get("type") == "image_url", f"invalid part type {part.get('type')!r}")
                demand(message["role"] == "user", "images are taken from the user only")
                keys(part, {"type", "image_url"}, {"prompt_cache_breakpoint"})
                held = part["image_url"] if isinstance(part["image_url"], dict) else {"url": part["image_url"]}
                keys(held, {"url"}, {"detail"})
                url(held["url"], seen)
                openai_detail(held.get("detail"), seen)
            seen.cache_marks += "prompt_cache_breakpoint" in part
    message = {"role": "assistant", "content": seen.summary, "refusal": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None, "message": message}],
        "usage": {"prompt_tokens": seen.tokens, "completion_tokens": 3, "total_tokens": seen.tokens + 3},
    }


def responses(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    items = body["input"]
    if isinstance(items, str):
        items = [{"role": "user", "content": items}]
    for item in items:
        kind = item.get("type", "message")
        if kind == "computer_call_output":
            shot = item["output"]
            keys(shot, {"type"}, {"image_url", "file_id"})
            demand(shot["type"] == "computer_screenshot", "a computer call is answered with a screenshot")
            _responses_image(shot, seen)
        elif kind == "function_call_output":
            _responses_content(item["output"], seen)
        elif kind == "message":
            _responses_content(item["content"], seen)
    text = {"type": "output_text", "text": seen.summary, "annotations": []}
    usage = {
        "input_tokens": seen.tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": 3,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": seen.tokens + 3,
    }
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "model": body["model"],
        "output": [{"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [text]}],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": usage,
    }


def _responses_content(content: Any, seen: Seen) -> None:
    if isinstance(content, str):
        seen.texts.append(content)
        return
    for part in content:
        if part.get("type") in {"input_text", "output_text"}:
            keys(part, {"type", "text"}, {"prompt_cache_breakpoint", "annotations"})
            seen.texts.append(part["text"])
        elif part.get("type") == "input_file":
            keys(part, {"type", "file_data"}, {"filename", "detail", "prompt_cache_breakpoint"})
            data_url_of_file(part["file_data"], seen)
        else:
            demand(part.get("type") == "input_image", f"invalid content type {part.get('type')!r}")
            keys(part, {"type"}, {"image_url", "file_id", "detail", "prompt_cache_breakpoint"})
            _responses_image(part, seen)
            openai_detail(part.get("detail"), seen)
        seen.cache_marks += "prompt_cache_breakpoint" in part


def _responses_image(part: dict[str, Any], seen: Seen) -> None:
    demand((part.get("file_id") is None) != (part.get("image_url") is None), "one of image_url and file_id")
    if part.get("file_id") is not None:
        seen.references.append(part["file_id"])
    else:
        url(part["image_url"], seen)


def anthropic(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    demand(body.get("max_tokens"), "max_tokens: field required")
    calls: set[str] = set()
    for message in body["messages"]:
        content = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        answered = {block["tool_use_id"] for block in blocks if block.get("type") == "tool_result"}
        demand(answered == calls if message["role"] == "user" else not answered, "tool_use and tool_result must pair")
        calls = {block["id"] for block in blocks if block.get("type") == "tool_use"}
        for block in blocks:
            _anthropic_block(block, message["role"], seen)
    demand(seen.cache_marks <= 4, "a maximum of 4 blocks with cache_control")
    usage = {"input_tokens": seen.tokens, "output_tokens": 3}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": [{"type": "text", "text": seen.summary}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": usage,
    }


def _anthropic_block(block: dict[str, Any], role: str, seen: Seen) -> None:
    seen.cache_marks += "cache_control" in block
    if block.get("type") == "text":
        keys(block, {"type", "text"}, {"cache_control", "citations"})
        demand(block["text"].strip(), "text content blocks must be non-empty")
        seen.texts.append(block["text"])
    elif block.get("type") == "image":
        demand(role == "user", "images are taken from the user only")
        keys(block, {"type", "source"}, {"cache_control", "transformations"})
        source = block["source"]
        if source.get("type") == "base64":
            keys(source, {"type", "media_type", "data"})
            picture(source["data"], source["media_type"], seen)
        else:
            demand(source.get("type") in {"url", "file"}, f"invalid source type {source.get('type')!r}")
            seen.references.append(source.get("url") or source["file_id"])
    elif block.get("type") == "document":
        keys(block, {"type", "source"}, {"cache_control", "title", "context", "citations"})
        source = block["source"]
        keys(source, {"type", "media_type", "data"})
        if source["type"] == "text":
            demand(source["media_type"] == "text/plain" and source["data"].strip(), "a text document is plain text")
            seen.texts.append(source["data"])
        else:
            pdf(source["data"], source["media_type"], seen)
    elif block.get("type") == "tool_result":
        keys(block, {"type", "tool_use_id"}, {"content", "is_error", "cache_control"})
        content = block.get("content", [])
        for inner in [] if isinstance(content, str) else content:
            demand(inner.get("type") in {"text", "image", "document"}, "a tool result holds text, images, documents")
            _anthropic_block(inner, role, seen)
    else:
        demand(block.get("type") == "tool_use", f"invalid block type {block.get('type')!r}")


def camel(value: Any) -> Any:
    """Return JSON with the names of its fields in camelCase; Google reads both, and its SDK mixes them."""
    if isinstance(value, dict):
        return {re.sub(r"_(\w)", lambda found: found[1].upper(), key): camel(inner) for key, inner in value.items()}
    return [camel(inner) for inner in value] if isinstance(value, list) else value


def google(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    for content in camel(body["contents"]):
        keys(content, {"parts"}, {"role"})
        demand(content.get("role", "user") in {"user", "model", "function"}, "invalid role")
        for part in content["parts"]:
            _google_part(part, seen)
    answer = {"role": "model", "parts": [{"text": seen.summary}]}
    usage = {"promptTokenCount": seen.tokens, "candidatesTokenCount": 3, "totalTokenCount": seen.tokens + 3}
    return {"candidates": [{"content": answer, "finishReason": "STOP", "index": 0}], "usageMetadata": usage}


def _google_part(part: dict[str, Any], seen: Seen) -> None:
    media = {"inlineData", "fileData"}
    keys(part, set(), media | {"text", "functionCall", "functionResponse", "mediaResolution", "thoughtSignature"})
    demand(len(part.keys() - {"mediaResolution", "thoughtSignature"}) == 1, "a part holds exactly one kind of data")
    demand("mediaResolution" not in part or media & part.keys(), "mediaResolution belongs to media")
    if "text" in part:
        seen.texts.append(part["text"])
    elif "inlineData" in part:
        keys(part["inlineData"], {"mimeType", "data"}, {"displayName"})
        data = part["inlineData"]["data"].translate(str.maketrans("-_", "+/"))
        kind = part["inlineData"]["mimeType"]
        (pdf if kind == "application/pdf" else picture)(data, kind, seen)
        level = part.get("mediaResolution", {}).get("level")
        demand(level is None or re.fullmatch(r"MEDIA_RESOLUTION_(LOW|MEDIUM|HIGH|ULTRA_HIGH)", level), f"{level!r}")
        seen.details.append(level)
    elif "fileData" in part:
        seen.references.append(part["fileData"]["fileUri"])
    elif "functionResponse" in part:
        for inner in part["functionResponse"].get("parts", []):
            keys(inner, {"inlineData"}, {"mediaResolution"})
            _google_part(inner, seen)


def count_responses(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    responses(body, seen)
    return {"object": "response.input_tokens", "input_tokens": seen.tokens}


def count_anthropic(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    anthropic({**body, "max_tokens": 1}, seen)
    return {"input_tokens": seen.tokens}


def count_google(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    google(body, seen)
    return {"totalTokens": seen.tokens}


def cohere(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    chat(body, seen)
    content = [{"type": "text", "text": seen.summary}]
    usage = {"tokens": {"input_tokens": seen.tokens, "output_tokens": 3}}
    return {
        "id": "1",
        "finish_reason": "COMPLETE",
        "message": {"role": "assistant", "content": content},
        "usage": usage,
    }


def ollama(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    for message in body.get("messages", [{"content": body.get("prompt"), "images": body.get("images")}]):
        seen.texts.extend([message["content"]] if message.get("content") else [])
        for data in message.get("images") or []:
            raw = base64.b64decode(data, validate=True)
            with Image.open(io.BytesIO(raw)) as image:
                seen.images.append((Image.MIME[image.format], image.size))
    answer = {"message": {"role": "assistant", "content": seen.summary}} if "messages" in body else {}
    return {"model": body["model"], "done": True, "response": seen.summary, "prompt_eval_count": seen.tokens, **answer}


def converse(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    for message in body["messages"]:
        for block in message["content"]:
            if "text" in block:
                seen.texts.append(block["text"])
            else:
                keys(block["image"], {"format", "source"})
                picture(block["image"]["source"]["bytes"], f"image/{block['image']['format']}", seen)
    message = {"role": "assistant", "content": [{"text": seen.summary}]}
    usage = {"inputTokens": seen.tokens, "outputTokens": 3, "totalTokens": seen.tokens + 3}
    return {"output": {"message": message}, "stopReason": "end_turn", "usage": usage, "metrics": {"latencyMs": 1}}


def invoke(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    return anthropic({**body, "model": "m"}, seen)


def interactions(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    parts = [part for item in body["input"] for part in (item["content"] if item["type"] == "user_input" else [item])]
    for part in parts:
        if part["type"] == "text":
            seen.texts.append(part["text"])
        else:
            keys(part, {"type", "data", "mime_type"}, {"resolution"})
            picture(part["data"], part["mime_type"], seen)
            seen.details.append(part.get("resolution"))
    text = {"type": "text", "text": seen.summary}
    times = {"created": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:00:00Z"}
    return {"id": "i1", "model": body["model"], "status": "completed", "steps": [], "outputs": [text], **times}


def compact(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    reply = responses(body, seen)
    kept = {key: reply[key] for key in ("id", "created_at", "output", "usage")}
    return {**kept, "object": "response.compaction"}


def anthropic_batch(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    for request in body["requests"]:
        keys(request, {"custom_id", "params"})
        anthropic(request["params"], seen)
    return {
        "id": "msgbatch_1",
        "type": "message_batch",
        "processing_status": "in_progress",
        "request_counts": {"processing": 1, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0},
        "created_at": "2026-01-01T00:00:00Z",
        "expires_at": "2026-01-02T00:00:00Z",
    }


def google_batch(body: dict[str, Any], seen: Seen) -> dict[str, Any]:
    for each in camel(body["batch"])["inputConfig"]["requests"]["requests"]:
        google(each["request"], seen)
    return {"name": "batches/1", "metadata": {"state": "BATCH_STATE_PENDING"}}


ROUTES = (
    (r"(?:/openai)?/v1/chat/completions", chat),
    (r"/chat/completions", chat),
    (r"/v2/chat", cohere),
    (r"/api/(?:chat|generate)", ollama),
    (r"/model/[^/]+/converse(?:-stream)?", converse),
    (r"/model/[^/]+/invoke(?:-with-response-stream)?", invoke),
    (r"/v1(?:beta|alpha)?/interactions", interactions),
    (r"/v1/responses/compact", compact),
    (r"/v1/messages/batches", anthropic_batch),
    (r"/v1(?:beta|alpha)?/models/[\w.-]+:batchGenerateContent", google_batch),
    (r"/v1/(?:deployments/[\w-]+/)?chat/completions", chat),
    (r"/v1/responses", responses),
    (r"/v1/responses/input_tokens", count_responses),
    (r"/v1/messages", anthropic),
    (r"/v1/messages/count_tokens", count_anthropic),
    (r"/v1(?:beta|alpha)?/models/[\w.-]+:(?:g|streamG)enerateContent", google),
    (r"/v1(?:beta|alpha)?/models/[\w.-]+:countTokens", count_google),
)


def weigh(body: dict[str, Any]) -> None:
    """Refuse what is larger than the model's limits."""
    image, request = LIMITS.get(str(body.get("model")), (10_485_760, 33_554_432))
    lengths = [len(found) for found in re.findall(r'"data": "([^"]*)"', json.dumps(body))]
    demand(sum(lengths) <= request, "request_too_large: exceeds the maximum allowed number of bytes")
    demand(max(lengths, default=0) <= image, "image exceeds the maximum allowed size")


def google_model(path: str, body: dict[str, Any]) -> None:
    """Refuse a resolution for a part where the model or the version of the API takes none."""
    if '"mediaResolution": {' not in json.dumps(camel(body)):
        return
    demand("/gemini-2" not in path, "Per part media resolution is not supported for this Model")
    demand(path.startswith(("/v1beta", "/v1alpha")), "Unknown name mediaResolution: cannot find field")


def answer(path: str, body: dict[str, Any], seen: Seen) -> tuple[int, dict[str, Any]]:
    """Return the status and the JSON of a provider's answer."""
    for pattern, api in ROUTES:
        if re.fullmatch(pattern, path):
            try:
                google_model(path, body)
                weigh(body)
                return 200, api(body, seen)
            except (RefusedError, KeyError, TypeError, AttributeError, ValueError, OSError) as error:
                message = f"{type(error).__name__}: {error}"
                return 400, {"type": "error", "error": {"type": "invalid_request_error", "message": message}}
    return 404, {"error": {"message": f"no such path: {path}"}}
