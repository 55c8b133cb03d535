"""Which methods of which SDK send a conversation, and in which argument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from headroom_nb.errors import OptionError


@dataclass(frozen=True)
class Endpoint:
    """A method that sends a conversation.

    Attributes
    ----------
    resource, method
        Where it stands on the client, such as ``"chat.completions"`` and ``"create"``.
    argument
        The keyword argument that holds the conversation.
    waits
        Whether the method of an asynchronous client is awaited (a manager of a stream is not).
    """

    resource: str
    method: str
    argument: str
    waits: bool = True

    @property
    def name(self) -> str:
        """The call as one would write it, such as ``"chat.completions.create"``."""
        return f"{self.resource}.{self.method}"


# The `stream` methods of OpenAI's SDK call `create`, Google's chats call `generate_content`.
ENDPOINTS: dict[str, tuple[Endpoint, ...]] = {
    "openai": (
        Endpoint("chat.completions", "create", "messages"),
        Endpoint("chat.completions", "parse", "messages"),
        Endpoint("responses", "create", "input"),
        Endpoint("responses", "parse", "input"),
    ),
    "anthropic": (
        Endpoint("messages", "create", "messages"),
        Endpoint("messages", "parse", "messages"),
        Endpoint("messages", "stream", "messages", waits=False),
        Endpoint("beta.messages", "create", "messages"),
        Endpoint("beta.messages", "parse", "messages"),
        Endpoint("beta.messages", "stream", "messages", waits=False),
    ),
    "google.genai": (
        Endpoint("models", "generate_content", "contents"),
        Endpoint("models", "generate_content_stream", "contents"),
        Endpoint("aio.models", "generate_content", "contents"),
        Endpoint("aio.models", "generate_content_stream", "contents"),
    ),
}


def endpoints_of(client: object) -> tuple[Endpoint, ...]:
    """Return the endpoints of an SDK client.

    Raises
    ------
    OptionError
        It is no client of a known SDK.
    """
    module = type(client).__module__
    for package, endpoints in ENDPOINTS.items():
        if module == package or module.startswith(f"{package}."):
            found = tuple(endpoint for endpoint in endpoints if hasattr(resource_of(client, endpoint), endpoint.method))
            if found:
                return found
    raise OptionError(
        f"{type(client).__module__}.{type(client).__qualname__} is no client that can be wrapped; "
        "these can: OpenAI, Anthropic and google-genai clients, asynchronous ones too"
    )


def resource_of(client: object, endpoint: Endpoint) -> Any:
    """Return the object that an endpoint's method stands on; None where this version of the SDK has none."""
    found: Any = client
    for step in endpoint.resource.split("."):
        found = getattr(found, step, None)
    return found


def is_asynchronous(client: object, endpoint: Endpoint) -> bool:
    """Return whether a call of the endpoint is awaited."""
    return endpoint.waits and (type(client).__name__.startswith("Async") or endpoint.resource.startswith("aio."))
