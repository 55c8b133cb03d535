"""Requests that carry a compressed conversation: the body a provider takes, and calls and batch lines around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.formats import detect_provider, find_images
from headroom_nb.formats.walk import request_body
from headroom_nb.rendering.gemini_rest import rest_body
from headroom_nb.rendering.hosts import HOSTS, host_at, host_of
from headroom_nb.rendering.json_data import plain, to_json

if TYPE_CHECKING:
    from headroom_nb.records import CompressionResult
    from headroom_nb.rendering.hosts import Host

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
        cannot be signed. An address that starts with ``/`` is one that many hosts have.
    package, python
        What to install, and the call itself; ``request`` is the body, ``client`` made for the host before.
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
        "/chat/completions",
        (),
        "openai",
        "answer = client.chat.completions.create(**request)\nprint(answer.choices[0].message.content)\n",
    ),
    "openai_responses": Api(
        "OpenAI Responses",
        "input",
        "model",
        "/responses",
        (),
        "openai",
        "answer = client.responses.create(**request)\nprint(answer.output_text)\n",
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

STREAMING = ("stream", "stream_options")
"""Keys that are left out: a script prints the whole answer."""


@dataclass(frozen=True)
class Request:
    """A request body and whose it is; ``body`` may hold raw bytes where Bedrock's SDK takes them.

    ``notes`` say what was left out.
    """

    api: Api
    model: str
    body: dict[str, Any]
    host: Host | None = None
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is sent to, as a person calls it."""
        if self.host is None or self.host is HOSTS["openai"]:
            return self.api.name
        return f"{self.host.name}, as {self.api.name}"


def request_of(result: CompressionResult, base_url: str | None = None) -> Request:
    """Return the request that carries a result's messages; what it does not say is filled in.

    Parameters
    ----------
    result
        What ``compress`` gave.
    base_url
        Where a request of OpenAI's shape goes; None reads it off the model.

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
    body = rest_body(dict(body)) if api.name == "Gemini" else dict(body)
    model = str(body.get(api.model_key or "model") or getattr(result.recompress, "model", None) or result.model)
    host = None
    if api.url.startswith("/"):
        host, model = host_of(model) if base_url is None else (host_at(base_url), model)
    if api.model_key:
        body = {api.model_key: model, **{key: value for key, value in body.items() if key != api.model_key}}
    else:
        body.pop("model", None)
    notes = []
    if any(body.get(key) for key in STREAMING):
        notes.append('"stream" was left out: the whole answer is printed at once')
    body = {key: value for key, value in body.items() if key not in STREAMING}
    if api.name == "Anthropic Messages":
        body.setdefault("max_tokens", ANTHROPIC_MAX_TOKENS)
    try:
        body = plain(body, raw=api.name == "Bedrock Converse")
    except RecursionError as error:
        raise OptionError("these messages are nested too deeply to be written as a request") from error
    return Request(api, model, body, host, tuple(notes))


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


def openai_batch(results: Sequence[CompressionResult]) -> str:
    """Return one line per conversation for OpenAI's Batch API."""
    lines = []
    for number, result in enumerate(results, 1):
        request = _expect(result, "OpenAI")
        url = f"/v1{request.api.url}"
        lines.append({"custom_id": f"request-{number}", "method": "POST", "url": url, "body": request.body})
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
