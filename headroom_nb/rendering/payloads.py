"""Requests that carry a compressed conversation: the body a provider takes, and calls and batch lines around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import provider_name
from headroom_nb.costs.names import cloud_of
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
    elsewhere
        What of the call is replaced, and by what, where it goes to another ``{url}``.
    """

    name: str
    list_key: str
    model_key: str
    url: str
    headers: tuple[str, ...]
    package: str
    python: str
    elsewhere: tuple[str, str] = ("", "")


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

_ANTHROPIC_CALL = """\
answer = client.messages.create(**request)
print("".join(block.text for block in answer.content if block.type == "text"))
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
        f"from anthropic import Anthropic\n\nclient = Anthropic()  # reads ANTHROPIC_API_KEY\n{_ANTHROPIC_CALL}",
        ("Anthropic()", "Anthropic(base_url={url!r})"),
    ),
    "google": Api(
        "Gemini",
        "contents",
        "",
        "https://generativelanguage.googleapis.com/v1beta/models/{model}:generateContent",
        ("x-goog-api-key: $GEMINI_API_KEY",),
        "google-genai",
        _GOOGLE_CALL,
        ("http_options={", 'http_options={{"base_url": {url!r}, '),
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
        ('"bedrock-runtime"', '"bedrock-runtime", endpoint_url={url!r}'),
    ),
}
CLOUDS: dict[tuple[str, str], dict[str, Any]] = {
    ("Anthropic Messages", "bedrock"): {
        "name": "Anthropic Messages on Amazon Bedrock",
        "url": "",
        "package": "'anthropic[bedrock]'",
        "python": "from anthropic import AnthropicBedrock\n\n"
        f"client = AnthropicBedrock()  # reads AWS credentials and AWS_REGION\n{_ANTHROPIC_CALL}",
        "elsewhere": ("AnthropicBedrock()", "AnthropicBedrock(base_url={url!r})"),
    },
    ("Anthropic Messages", "vertex"): {
        "name": "Anthropic Messages on Google Cloud",
        "url": "",
        "package": "'anthropic[vertex]'",
        "python": "from anthropic import AnthropicVertex\n\n"
        f"client = AnthropicVertex()  # reads ANTHROPIC_VERTEX_PROJECT_ID and CLOUD_ML_REGION\n{_ANTHROPIC_CALL}",
        "elsewhere": ("AnthropicVertex()", "AnthropicVertex(base_url={url!r})"),
    },
    ("Gemini", "vertex"): {
        "name": "Gemini on Google Cloud",
        "url": "",
        "python": _GOOGLE_CALL.replace(
            "# reads GEMINI_API_KEY; the version",
            "# reads GOOGLE_CLOUD_PROJECT, GOOGLE_CLOUD_LOCATION and Google Cloud's credentials; the version",
        )
        .replace("Client(", "Client(vertexai=True, ")
        .replace('"v1beta"', '"v1beta1"'),
    },
}
"""What is different where a cloud serves an API's models: curl cannot sign such a call."""

_CLOUD_NAMES = {"bedrock": "the model's id on Bedrock", "vertex": "the model's name on Google Cloud"}

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
        Where it goes; None reads it off the model and the provider that was named.

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
    gemini = api.list_key == "contents"
    if gemini and _holds_content(body["contents"]):
        raise OptionError("Gemini takes contents with parts; these messages hold content: export them --to json")
    body = rest_body(dict(body)) if gemini else dict(body)
    model = str(body.get(api.model_key or "model") or getattr(result.recompress, "model", None) or result.model)
    host: Host | None = None
    notes: list[str] = []
    at = None if base_url is None else host_at(base_url)
    if api.url.startswith("/"):
        host, model = (at, model) if at is not None else _host(result, model)
    else:
        api, model, notes = _on_cloud(api, result, model)
        api = api if at is None else _elsewhere(api, at.base_url)
    if api.model_key:
        body = {api.model_key: model, **{key: value for key, value in body.items() if key != api.model_key}}
    else:
        body.pop("model", None)
    if any(body.get(key) for key in STREAMING):
        notes.append('"stream" was left out: the whole answer is printed at once')
    body = {key: value for key, value in body.items() if key not in STREAMING}
    if api.name.startswith("Anthropic Messages"):
        body.setdefault("max_tokens", ANTHROPIC_MAX_TOKENS)
    try:
        body = plain(body, raw=api.name == "Bedrock Converse")
    except RecursionError as error:
        raise OptionError("these messages are nested too deeply to be written as a request") from error
    return Request(api, model, body, host, tuple(notes))


def _asked(result: CompressionResult) -> str:
    """Return the provider or cloud that the caller named, in lower case; empty where it was not named."""
    again: Any = result.recompress
    options = getattr(getattr(again, "compressor", None), "options", None)
    asked = getattr(again, "provider", None) or getattr(options, "provider", None) or ""
    return str(asked).strip().lower().replace("_", "-")


def _host(result: CompressionResult, model: str) -> tuple[Host, str]:
    """Return who takes a request of OpenAI's shape, and the model's name there."""
    asked = _asked(result)
    if asked.startswith("azure"):
        return HOSTS["azure"], model.removeprefix("azure/")
    if "/" not in model and asked in HOSTS and asked != "openai":
        return HOSTS[asked], model
    return host_of(model)


def _on_cloud(api: Api, result: CompressionResult, model: str) -> tuple[Api, str, list[str]]:
    """Return the API as the cloud has it that serves the model, if one does, the model's name there, and notes."""
    asked = provider_name(_asked(result)) if _asked(result) else ""
    cloud = cloud_of(model) or (asked if asked in _CLOUD_NAMES else result.provider)
    changed = CLOUDS.get((api.name, cloud))
    if changed is None:
        return api, model, []
    for prefix in ("bedrock/", "vertex_ai/", "vertex/", "bedrock:", "google-vertex:"):
        model = model.removeprefix(prefix)
    notes = [] if api.name == "Gemini" or cloud_of(model) else [f"write {_CLOUD_NAMES[cloud]} in place of {model!r}"]
    return replace(api, **changed), model, notes


def _elsewhere(api: Api, url: str) -> Api:
    """Return the API at another address."""
    old, new = api.elsewhere
    path = api.url.partition("://")[2].partition("/")[2]
    written = api.python.replace(old, new.format(url=url), 1)
    return replace(api, url=f"{url}/{path}" if api.url else "", python=written)


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
