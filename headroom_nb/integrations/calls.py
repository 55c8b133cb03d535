"""Clients that are reached method by method: litellm, mistralai, cohere, Google's interactions; and Ollama."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

from headroom_nb.formats import find_documents, find_images
from headroom_nb.integrations.outgoing import Outgoing, Route
from headroom_nb.integrations.shadow import Shadow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.integrations.sending import Sender


@dataclass(frozen=True)
class Method:
    """A method that sends a conversation.

    Attributes
    ----------
    resource, name
        Where it stands on the client, such as ``"chat"`` and ``"complete"``; an empty resource is the client itself.
    argument
        The argument that holds the conversation.
    lazy
        Whether its answer is a generator, which sends the request when it is first asked for an item.
    """

    resource: str
    name: str
    argument: str = "messages"
    lazy: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of client: the module its class is from, whose default prices unknown models, and its methods."""

    package: str
    provider: str | None
    methods: tuple[Method, ...]


KINDS = (
    Kind(
        "litellm",
        None,
        (
            Method("", "completion"),
            Method("", "acompletion"),
            Method("", "responses", "input"),
            Method("", "aresponses", "input"),
        ),
    ),
    Kind(
        "mistralai",
        "mistral",
        tuple(Method("chat", name) for name in ("complete", "complete_async", "stream", "stream_async")),
    ),
    Kind("cohere", "cohere", (Method("", "chat"), Method("", "chat_stream", lazy=True))),
)
INTERACTIONS = Kind("google", "google", (Method("", "create", "input"),))
"""What ``client.interactions`` of google-genai is."""
OLLAMA = "ollama"


def kind_of(client: object) -> Kind | None:
    """Return what kind of client it is, by its class or, for a module, its name; None where it is none of these."""
    if isinstance(client, ModuleType):
        return next((kind for kind in KINDS if client.__name__ == kind.package), None)
    for base in type(client).__mro__:
        for kind in KINDS:
            if base.__module__.partition(".")[0] == kind.package and _methods(client, kind):
                return kind
    return None


def shadows(client: Any, sender: Sender) -> list[Shadow]:
    """Put the sender in front of a client's methods."""
    kind = kind_of(client)
    return [] if kind is None else methods_shadowed(client, kind, sender)


def methods_shadowed(client: Any, kind: Kind, sender: Sender) -> list[Shadow]:
    """Put the sender in front of those methods of a kind that the client has."""
    return [
        Shadow(
            _resource(client, method),
            method.name,
            partial(_calling, method, kind, sender, awaited=_is_asynchronous(client)),
        )
        for method in _methods(client, kind)
    ]


def _methods(client: Any, kind: Kind) -> list[Method]:
    return [method for method in kind.methods if callable(getattr(_resource(client, method), method.name, None))]


def _resource(client: Any, method: Method) -> Any:
    return getattr(client, method.resource, None) if method.resource else client


def _calling(
    method: Method, kind: Kind, sender: Sender, original: Callable[..., Any], *, awaited: bool
) -> Callable[..., Any]:
    signature = inspect.signature(original)
    route = Route(partial(_read, method, kind), partial(_write, method))

    def named(positional: tuple[Any, ...], arguments: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments by name, and a generator as the list that it gives."""
        first = list(signature.parameters)[: len(positional)]
        given = {**dict(zip(first, positional, strict=True)), **arguments}
        held = given.get(method.argument)
        return {**given, method.argument: list(held)} if isinstance(held, Iterator) else given

    def do(given: dict[str, Any]) -> Any:
        return original(**given)

    if inspect.isasyncgenfunction(original) or (method.lazy and awaited):

        async def awaited_items(given: dict[str, Any]) -> Any:
            return do(given)

        return lambda *positional, **arguments: sender.stream_async(route, named(positional, arguments), awaited_items)
    if inspect.iscoroutinefunction(original):
        return lambda *positional, **arguments: sender.send_async(route, named(positional, arguments), do)
    send: Callable[..., Any] = sender.stream if method.lazy else sender.send
    return lambda *positional, **arguments: send(route, named(positional, arguments), do)


def _is_asynchronous(client: object) -> bool:
    """Return whether a client is an asynchronous one, by its class: decorators may hide it of its methods."""
    return any(base.__name__.startswith("Async") for base in type(client).__mro__)


def _read(method: Method, kind: Kind, given: Mapping[str, Any]) -> Sequence[Outgoing]:
    conversation = _as_dicts(given.get(method.argument))
    if conversation is None:
        return []
    name = f"{method.resource}.{method.name}".removeprefix(".")
    document = {"model": given.get("model"), method.argument: conversation}
    reach = _through_litellm if kind.package == "litellm" else (lambda spec: spec)
    return [Outgoing(name, document, kind.package, kind.provider, reach=reach)]


def _write(method: Method, given: Mapping[str, Any], documents: Sequence[Any]) -> Any:
    return {**given, method.argument: documents[0][method.argument]}


def _as_dicts(conversation: Any) -> Any:
    """Return a conversation whose pydantic messages are dicts where they hold an image or document; SDKs take both."""
    if isinstance(conversation, (list, tuple)):
        return [_as_dict(message) for message in conversation]
    return conversation


def _as_dict(message: Any) -> Any:
    dump = getattr(message, "model_dump", None)
    if not callable(dump):
        return message
    held = dump(by_alias=True, exclude_none=True)
    return held if find_images([held]) or find_documents([held]) else message


@lru_cache(maxsize=64)
def _through_litellm(spec: ModelSpec) -> ModelSpec:
    """Return a model as litellm reaches it: it makes a part's resolution of ``detail`` for Gemini 3 and later."""
    if spec.provider not in ("google", "vertex"):
        return spec
    return replace(spec, level_formats=("openai_chat",) if spec.takes_levels_in("google") else ())


def ollama_shadows(client: Any, sender: Sender) -> list[Shadow]:
    """Put the sender in front of an Ollama client: its calls end in ``_request``, where images are base64 already."""

    def requesting(original: Callable[..., Any]) -> Callable[..., Any]:
        def do(call: tuple[tuple[Any, ...], dict[str, Any]]) -> Any:
            return original(*call[0], **call[1])

        if not inspect.iscoroutinefunction(original):

            def call(*positional: Any, **arguments: Any) -> Any:
                send: Any = sender.stream if arguments.get("stream") else sender.send
                return send(_OLLAMA, (positional, arguments), do)

            return call

        async def awaited(*positional: Any, **arguments: Any) -> Any:
            if arguments.get("stream"):
                return sender.stream_async(_OLLAMA, (positional, arguments), do)
            return await sender.send_async(_OLLAMA, (positional, arguments), do)

        return awaited

    return [Shadow(client, "_request", requesting)]


def ollama_client(client: Any) -> Any:
    """Return the Ollama client that an object is, or that the module ``ollama`` calls; None for anything else."""
    if isinstance(client, ModuleType):
        return getattr(client, "_client", None) if client.__name__ == OLLAMA else None
    names = (base.__module__.partition(".")[0] for base in type(client).__mro__)
    return client if OLLAMA in names and callable(getattr(client, "_request", None)) else None


def _read_ollama(call: tuple[tuple[Any, ...], dict[str, Any]]) -> Sequence[Outgoing]:
    body = call[1].get("json")
    if not isinstance(body, dict) or not ("messages" in body or body.get("images")):
        return []
    if "messages" in body:
        return [Outgoing("chat", body, OLLAMA)]
    message = {"role": "user", "content": body.get("prompt", ""), "images": body["images"]}
    return [Outgoing("generate", {"model": body.get("model"), "messages": [message]}, OLLAMA)]


def _write_ollama(call: tuple[tuple[Any, ...], dict[str, Any]], documents: Sequence[Any]) -> Any:
    positional, arguments = call
    body, new = arguments["json"], documents[0]
    changed = new if "messages" in body else {**body, "images": new["messages"][0]["images"]}
    return positional, {**arguments, "json": changed}


_OLLAMA = Route(_read_ollama, _write_ollama)
