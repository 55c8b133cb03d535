"""Requests that carry a compressed conversation: the body a provider takes, and calls and batch lines around it."""

from __future__ import annotations

import base64
import json
import pprint
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from headroom_nb.errors import OptionError
from headroom_nb.formats import detect_provider, find_images
from headroom_nb.formats.walk import request_body

if TYPE_CHECKING:
    from headroom_nb.records import CompressionResult

ANTHROPIC_MAX_TOKENS = 1024
"""Length of the answer asked for where the request names none; Anthropic requires one."""


@dataclass(frozen=True)
class Api:
    """One provider's endpoint.

    Attributes
    ----------
    name
        As a person calls it.
    list_key, model_key
        Where its request body keeps the messages and the model; an empty ``model_key`` means in the address.
    url, headers
        For a plain HTTP call, ``{model}`` in the address and the key's variable in a header; empty where a plain call
        cannot be signed.
    package, python
        What to install, and the call itself; ``request`` is the body.
    """

    name: str
    list_key: str
    model_key: str
    url: str
    headers: tuple[str, ...]
    package: str
    python: str


_GOOGLE_CALL = """\
import json

from google import genai
from google.genai import types

# reads GEMINI_API_KEY; the version takes a media resolution for a single part, which v1 does not document
client = genai.Client(http_options={"api_version": "v1beta"})
model = request.pop("model")
contents = [types.Content.model_validate_json(json.dumps(content)) for content in request.pop("contents")]
config = {**request.pop("generationConfig", {}), **request}
answer = client.models.generate_content(model=model, contents=contents, config=config)
print(answer.text)
"""

APIS = {
    "openai_chat": Api(
        "OpenAI Chat Completions",
        "messages",
        "model",
        "https://api.openai.com/v1/chat/completions",
        ("Authorization: Bearer $OPENAI_API_KEY",),
        "openai",
        "from openai import OpenAI\n\n"
        "client = OpenAI()  # reads OPENAI_API_KEY\n"
        "answer = client.chat.completions.create(**request)\n"
        "print(answer.choices[0].message.content)\n",
    ),
    "openai_responses": Api(
        "OpenAI Responses",
        "input",
        "model",
        "https://api.openai.com/v1/responses",
        ("Authorization: Bearer $OPENAI_API_KEY",),
        "openai",
        "from openai import OpenAI\n\n"
        "client = OpenAI()  # reads OPENAI_API_KEY\n"
        "answer = client.responses.create(**request)\n"
        "print(answer.output_text)\n",
    ),
    "anthropic": Api(
        "Anthropic Messages",
        "messages",
        "model",
        "https://api.anthropic.com/v1/messages",
        ("x-api-key: $ANTHROPIC_API_KEY", "anthropic-version: 2023-06-01"),
        "anthropic",
        "from anthropic import Anthropic\n\n"
        "client = Anthropic()  # reads ANTHROPIC_API_KEY\n"
        "answer = client.messages.create(**request)\n"
        'print("".join(block.text for block in answer.content if block.type == "text"))\n',
    ),
    "google": Api(
        "Gemini",
        "contents",
        "",
        "https://generativelanguage.googleapis.com/v1beta/models/{model}:generateContent",
        ("x-goog-api-key: $GEMINI_API_KEY",),
        "google-genai",
        _GOOGLE_CALL,
    ),
    "bedrock": Api(
        "Bedrock Converse",
        "messages",
        "modelId",
        "",
        (),
        "boto3",
        "import boto3\n\n"
        'client = boto3.client("bedrock-runtime")  # reads AWS credentials\n'
        "answer = client.converse(**request)\n"
        'print(answer["output"]["message"]["content"])\n',
    ),
}
_SAME_API = {"openai_screenshot": "openai_responses"}
_BY_PROVIDER = {"openai": "openai_chat", "anthropic": "anthropic", "google": "google", "bedrock": "bedrock"}

GENERATION_EXCEPTIONS = frozenset(
    {
        "cachedContent",
        "cached_content",
        "safetySettings",
        "safety_settings",
        "systemInstruction",
        "system_instruction",
        "toolConfig",
        "tool_config",
        "tools",
    }
)
"""What a Gemini SDK's ``config`` holds and a REST request keeps beside ``generationConfig``."""


@dataclass(frozen=True)
class Request:
    """A request body and whose it is; ``body`` may hold raw bytes where the conversation did."""

    api: Api
    model: str
    body: dict[str, Any]


def request_of(result: CompressionResult) -> Request:
    """Return the request that carries a result's messages; what it does not say is filled in.

    Raises
    ------
    OptionError
        When the conversation is in no format that can be sent.
    """
    api = _api(result)
    _, body = request_body(result.messages)
    if body is None:
        messages = [result.messages] if isinstance(result.messages, Mapping) else list(result.messages)
        body = {api.list_key: messages}
    if api.list_key not in body:
        raise OptionError(
            f"{api.name} takes its messages under {api.list_key!r}, which this request body does not have"
        )
    if api.name == "Gemini" and _holds_content(body["contents"]):
        raise OptionError("Gemini takes contents with parts; these messages hold content: export them --to json")
    body = _rest(dict(body)) if api.name == "Gemini" else dict(body)
    model = str(body.get(api.model_key or "model") or result.model)
    if api.model_key:
        body = {api.model_key: model, **body}
    else:
        body.pop("model", None)
    if api.name == "Anthropic Messages":
        body.setdefault("max_tokens", ANTHROPIC_MAX_TOKENS)
    return Request(api, model, body)


def _holds_content(contents: Any) -> bool:
    """Return whether messages of another provider stand where Gemini's contents belong."""
    entries = contents if isinstance(contents, (list, tuple)) else [contents]
    return any(isinstance(entry, Mapping) and "content" in entry for entry in entries)


def _api(result: CompressionResult) -> Api:
    """Return whose request the messages make: by their images' format, else by their shape, else by who is billed."""
    for document in (result.messages, result.original):
        for slot in find_images(document):
            name = _SAME_API.get(slot.format, slot.format)
            if name in APIS:
                return APIS[name]
    _, body = request_body(result.messages)
    provider = detect_provider(result.messages) or result.provider
    name = "openai_responses" if body is not None and "input" in body else _BY_PROVIDER.get(provider, "")
    if name not in APIS:
        raise OptionError(f"a {provider} conversation can be exported as json, zip, md or html only")
    return APIS[name]


def _rest(body: dict[str, Any]) -> dict[str, Any]:
    """Return a Gemini body as its REST interface takes it, from either that or the SDK's arguments."""
    config = body.pop("config", None)
    if not isinstance(config, Mapping):
        return body
    beside = {key: value for key, value in config.items() if key in GENERATION_EXCEPTIONS}
    generation = {key: value for key, value in config.items() if key not in GENERATION_EXCEPTIONS}
    return {**body, **beside, **({"generationConfig": generation} if generation else {})}


def to_json(value: Any, *, indent: int | None = None) -> str:
    """Return a document as JSON in ASCII; raw bytes become base64.

    Raises
    ------
    OptionError
        When something in it has no JSON form.
    """
    try:
        return json.dumps(plain(value), indent=indent, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise OptionError(f"these messages cannot be written as JSON: {error}") from error


def plain(value: Any) -> Any:
    """Return a copy of nothing but mappings, lists and scalars; raw bytes become base64."""
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(entry) for entry in value]
    return value


def python(result: CompressionResult) -> str:
    """Return a script that sends the conversation with the provider's own package."""
    request = request_of(result)
    raw = request.api.name == "Bedrock Converse"
    try:
        body = request.body if raw else plain(request.body)
        if not request.api.model_key:
            body = {"model": request.model, **body}
        literal = pprint.pformat(body, width=120, sort_dicts=False)
    except RecursionError as error:
        raise OptionError("these messages are nested too deeply to be written as a script") from error
    return (
        f'"""Sends the compressed conversation to {request.api.name}; needs: pip install {request.api.package}."""\n\n'
        f"request = {literal}\n\n{request.api.python}"
    )


def curl(result: CompressionResult) -> str:
    """Return a shell script that sends the conversation; the key comes from the environment."""
    request = request_of(result)
    if not request.api.url:
        raise OptionError(f"{request.api.name} signs its requests, which curl alone does not: export --to python")
    headers = "".join(f' \\\n  -H "{header}"' for header in ("Content-Type: application/json", *request.api.headers))
    model = quote(request.model.removeprefix("models/"), safe="")
    url = request.api.url.format(model=model)
    body = to_json(request.body)
    return f"curl '{url}'{headers} \\\n  --data-binary @- <<'HEADROOM_REQUEST'\n{body}\nHEADROOM_REQUEST\n"


def openai_batch(results: Sequence[CompressionResult]) -> str:
    """Return one line per conversation for OpenAI's Batch API."""
    lines = []
    for number, result in enumerate(results, 1):
        request = _expect(result, "OpenAI")
        path = request.api.url.removeprefix("https://api.openai.com")
        lines.append({"custom_id": f"request-{number}", "method": "POST", "url": path, "body": request.body})
    return _lines(lines)


def anthropic_batch(results: Sequence[CompressionResult]) -> str:
    """Return one line per conversation for Anthropic's Message Batches: an entry of ``requests`` each."""
    return _lines(
        [
            {"custom_id": f"request-{number}", "params": _expect(result, "Anthropic").body}
            for number, result in enumerate(results, 1)
        ]
    )


def gemini_jsonl(results: Sequence[CompressionResult]) -> str:
    """Return one line per conversation for Gemini's batch mode."""
    return _lines(
        [
            {"key": f"request-{number}", "request": _expect(result, "Gemini").body}
            for number, result in enumerate(results, 1)
        ]
    )


def _expect(result: CompressionResult, provider: str) -> Request:
    request = request_of(result)
    if not request.api.name.startswith(provider):
        raise OptionError(f"these messages are for {request.api.name}, not for {provider}")
    return request


def _lines(entries: list[dict[str, Any]]) -> str:
    return "".join(to_json(entry) + "\n" for entry in entries)
