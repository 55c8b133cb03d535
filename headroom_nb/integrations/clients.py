"""Which objects can be wrapped, and how: SDK clients, modules, and the clients inside frameworks' models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.integrations import bedrock, calls, google, stainless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from headroom_nb.integrations.sending import Sender
    from headroom_nb.integrations.shadow import Shadow

INSIDE = ("root_client", "root_async_client", "async_client", "_async_client", "client", "_client", "model", "_model")
"""Where models of LangChain, pydantic-ai and openai-agents, and instructor, keep the SDK's client."""

FRAMEWORKS = frozenset(
    {"agents", "haystack", "instructor", "langchain_anthropic", "langchain_google_genai", "langchain_groq"}
    | {"langchain_mistralai", "langchain_ollama", "langchain_openai", "pydantic_ai", "smolagents"}
)
"""Packages whose objects among a notebook's variables are looked into for a client."""

DEEPEST = 3
"""Steps from a framework's object to its client."""

KNOWN = (
    "clients of OpenAI, Anthropic, google-genai, Groq, Together, Mistral, Cohere, Ollama and boto3's bedrock-runtime, "
    "the module litellm and its Router, and models of LangChain, pydantic-ai and openai-agents that hold such a client"
)


def is_client(value: object) -> bool:
    """Return whether a value is itself a client or module that can be wrapped."""
    return (
        stainless.is_async(value) is not None
        or google.is_client(value)
        or bedrock.is_client(value)
        or calls.ollama_client(value) is not None
        or calls.kind_of(value) is not None
    )


def may_hold_client(value: object) -> bool:
    """Return whether a value is a framework's model that holds a client."""
    if type(value).__module__.partition(".")[0] not in FRAMEWORKS:
        return False
    try:
        return bool(clients_of(value))
    except OptionError:
        return False


def clients_of(value: Any) -> list[Any]:
    """Return the clients that a value is or holds, each once.

    Raises
    ------
    OptionError
        It is no client, and holds none.
    """
    found: list[Any] = []
    for client in _inside(value, DEEPEST):
        if all(google.transport_of(client) is not google.transport_of(other) for other in found):
            found.append(client)
    if not found:
        kind = value.__name__ if isinstance(value, type) else f"{type(value).__module__}.{type(value).__qualname__}"
        raise OptionError(f"{kind} is not a client that can be wrapped; these can: {KNOWN}")
    return found


def _inside(value: Any, deep: int) -> Iterator[Any]:
    if value is None or isinstance(value, (type, str, bytes)):
        return
    if is_client(value):
        yield value
    elif deep and not type(value).__module__.startswith(("builtins", "unittest")):
        for name in INSIDE:
            try:
                held = getattr(value, name, None)
            except Exception:  # noqa: BLE001, S112 - a framework's property may raise anything, such as for a missing key
                continue
            yield from _inside(held, deep - 1)


def shadows(client: Any, sender: Sender, adopt: Callable[[Any], None]) -> list[Shadow]:
    """Put a sender in front of one client."""
    if stainless.is_async(client) is not None:
        return stainless.shadows(client, sender, adopt)
    if google.is_client(client):
        return google.shadows(client, sender)
    if bedrock.is_client(client):
        return bedrock.shadows(client, sender)
    ollama = calls.ollama_client(client)
    if ollama is not None:
        return calls.ollama_shadows(ollama, sender)
    return calls.shadows(client, sender)
