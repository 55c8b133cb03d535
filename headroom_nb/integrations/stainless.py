"""Clients of the SDKs that OpenAI, Anthropic, Groq and Together generate with the same tool.

All their calls end in ``client.request``, where the body is plain JSON already: streams, ``parse``, raw responses made
before or after, batches and token counts come past there, whatever else stands in front of the methods.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headroom_nb.integrations.outgoing import Outgoing, Route
from headroom_nb.integrations.shadow import Shadow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_nb.integrations.sending import Sender

_BASES = {"SyncAPIClient": False, "AsyncAPIClient": True}
"""Base classes of the clients, and whether their calls are awaited."""

_PROVIDERS = {"openai": "openai", "anthropic": "anthropic", "together": "together", "groq": "meta"}
_CLOUDS = {"Bedrock": "bedrock", "Vertex": "vertex", "Mantle": "bedrock"}
"""Clouds by a word in the class's name; their own limits hold."""

_PATHS = (
    (re.compile(r"/chat/completions$"), "messages", "chat.completions.create", True),
    (re.compile(r"/responses$"), "input", "responses.create", True),
    (re.compile(r"/responses/compact$"), "input", "responses.compact", True),
    (re.compile(r"/responses/input_tokens$"), "input", "responses.input_tokens.count", False),
    (re.compile(r"/messages$"), "messages", "messages.create", True),
    (re.compile(r"/messages/count_tokens$"), "messages", "messages.count_tokens", False),
)
"""Ends of addresses, where their bodies keep the conversation, the call's name, and whether it is billed."""

_ZOOMS = frozenset({"chat.completions.create", "responses.create", "messages.create"})
"""Calls whose answers may be calls of a tool of ours, which is then answered before the caller sees one."""

_RAW = "X-Stainless-Raw-Response"
"""Header that the SDK sets for a caller who wants the response of the HTTP library."""

_BATCHES = re.compile(r"/messages/batches$")


def is_async(client: object) -> bool | None:
    """Return whether a client's calls are awaited; None where it is no client of these SDKs."""
    for base in type(client).__mro__:
        if base.__name__ in _BASES and base.__module__.endswith("._base_client"):
            return _BASES[base.__name__]
    return None


def shadows(client: Any, sender: Sender, adopt: Callable[[Any], None]) -> list[Shadow]:
    """Put the sender in front of a client; ``adopt`` is given each copy that ``with_options`` makes."""
    asynchronous = bool(is_async(client))
    package = _package(client)
    cloud = next((cloud for word, cloud in _CLOUDS.items() if word in type(client).__name__), None)
    route = Route(lambda options: _read(options, package, cloud or _PROVIDERS.get(package, "openai")), _write)

    def requesting(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(cast_to: Any, options: Any, *rest: Any, **named: Any) -> Any:
            send = sender.send_async if asynchronous else sender.send
            return send(route, options, lambda each: original(cast_to, each, *rest, **named))

        return call

    def copying(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*positional: Any, **arguments: Any) -> Any:
            made = original(*positional, **arguments)
            adopt(made)
            return made

        return call

    made = [Shadow(client, "request", requesting)]
    return made + [Shadow(client, name, copying) for name in ("copy", "with_options") if hasattr(client, name)]


def _package(client: object) -> str:
    base = next(base for base in type(client).__mro__ if base.__name__ in _BASES)
    return base.__module__.partition(".")[0]


def _read(options: Any, package: str, provider: str) -> Sequence[Outgoing]:
    body = options.json_data
    if not isinstance(body, dict) or str(options.method).lower() != "post":
        return []
    path = str(options.url).partition("?")[0]
    if _BATCHES.search(path) and isinstance(body.get("requests"), list):
        return [Outgoing("messages.batches.create", each["params"], package, provider) for each in body["requests"]]
    for pattern, argument, name, counted in _PATHS:
        if pattern.search(path) and body.get(argument) is not None:
            zooms = counted and name in _ZOOMS and not _is_raw(options)
            return [Outgoing(name, body, package, provider, counted, zooms=zooms)]
    return []


def _is_raw(options: Any) -> bool:
    headers = options.headers
    return any(str(name).lower() == _RAW.lower() for name in headers) if isinstance(headers, Mapping) else False


def _write(options: Any, documents: Sequence[Any]) -> Any:
    body = options.json_data
    if "requests" in body:
        requests = [{**each, "params": new} for each, new in zip(body["requests"], documents, strict=True)]
        new: Any = {**body, "requests": requests}
    else:
        (new,) = documents
    rewritten = copy.copy(options)
    rewritten.json_data = new
    return rewritten
