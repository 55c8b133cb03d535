"""Asking any client one question: which of its methods takes a request body, and how it is called from any thread."""

from __future__ import annotations

import asyncio
import inspect
import threading
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.formats import find_images
from headroom_nb.formats.find import detect_provider
from headroom_nb.formats.walk import request_body
from headroom_nb.runtime.passing import as_it_is

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from types import TracebackType

    from typing_extensions import Self

Body = dict[str, Any]

INSIDE = ("root_client", "root_async_client", "client", "_client", "async_client", "model", "_model")
"""Where models of frameworks keep the SDK's client."""

DEEPEST = 3


@dataclass(frozen=True)
class Door:
    """A method of a client that takes a request body.

    Attributes
    ----------
    method
        Where it stands on the client, such as ``"chat.completions.create"``.
    wire
        The format of its images, as :func:`headroom_nb.user_message` calls the provider.
    formats
        Names of the wire formats of images that it takes.
    counts
        Where the method stands that counts tokens for free; empty where there is none.
    conversation, answer_limit
        The argument that holds the conversation, and the one that bounds the answer's tokens.
    """

    method: str
    wire: str
    formats: tuple[str, ...]
    counts: str = ""
    conversation: str = "messages"
    answer_limit: str = "max_tokens"


DOORS = (
    Door(
        "responses.create",
        "openai_responses",
        ("openai_responses",),
        "responses.input_tokens.count",
        "input",
        "max_output_tokens",
    ),
    Door(
        "chat.completions.create",
        "openai",
        ("openai_chat",),
        "responses.input_tokens.count",
        answer_limit="max_completion_tokens",
    ),
    Door("messages.create", "anthropic", ("anthropic",), "messages.count_tokens"),
    Door("models.generate_content", "google", ("google",), "models.count_tokens", "contents", "max_output_tokens"),
    Door("converse", "bedrock", ("bedrock",)),
    Door("chat.complete", "openai", ("openai_chat",)),
    Door("completion", "openai", ("openai_chat",)),
    Door("chat", "ollama", ("ollama", "openai_chat")),
)
"""OpenAI, Groq and Together; Anthropic; google-genai; boto3; Mistral; litellm; Ollama and Cohere. The first that a
client has and that takes the format counts."""


def doors_of(client: Any) -> list[tuple[Any, Door]]:
    """Return the methods of a client, or of the one inside a framework's model, that take a request body."""
    return _doors(client, DEEPEST)


def _doors(client: Any, deep: int) -> list[tuple[Any, Door]]:
    if client is None or isinstance(client, (str, bytes, dict, list)):
        return []
    found = [(client, door) for door in DOORS if callable(_method(client, door.method))]
    if found or not deep:
        return found
    for name in INSIDE:
        found = _doors(getattr(client, name, None), deep - 1)
        if found:
            return found
    return []


def _method(client: Any, dotted: str) -> Any:
    return reduce(lambda owner, name: getattr(owner, name, None), dotted.split("."), client)


def door_for(client: Any, document: Any = None) -> tuple[Any, Door]:
    """Return the client, and the method that takes a document's format.

    Raises
    ------
    OptionError
        It is no client, or it does not take the format.
    """
    doors = doors_of(client)
    if not doors:
        raise OptionError(
            f"{type(client).__qualname__} is not a client that can be asked; pass a client of OpenAI's, Anthropic's, "
            "Google's, Mistral's, Cohere's or Ollama's SDK, boto3's bedrock-runtime or the module litellm"
        )
    slots = [] if document is None else find_images(document)
    if not slots:
        told = None if document is None else detect_provider(document)
        fits = [each for each in doors if each[1].wire == told]
        chat = [each for each in doors if each[1].wire == "openai"]  # OpenAI's client has both: most write for this one
        return (fits or chat or doors)[0]
    fits = [each for each in doors if slots[0].format in each[1].formats]
    if not fits:
        raise OptionError(
            f"images of the format {slots[0].format} cannot be sent with {type(client).__qualname__}; it takes: "
            + ", ".join(dict.fromkeys(each[1].wire for each in doors))
        )
    return fits[0]


def body_of(document: Any, door: Door, model: str | None) -> Body:
    """Return a document as the request body for a method.

    Raises
    ------
    OptionError
        No model is named, neither in the document nor beside it.
    """
    _, body = request_body(document)
    whole: Body = dict(body) if body is not None else {door.conversation: document}
    if isinstance(document, dict) and body is None:
        whole = {door.conversation: [document]}
    whole.pop("stream", None)
    key = "modelId" if door.wire == "bedrock" else "model"
    if model is not None or key not in whole:
        whole[key] = model
    if whole[key] is None:
        raise OptionError("no model is named: pass model='…'")
    if door.wire == "anthropic":
        whole.setdefault("max_tokens", 1024)
    return whole


class Caller:
    """Sends request bodies with a client, from any thread; asynchronous clients get an event loop of their own.

    Requests go past :func:`headroom_nb.wrap`, and leave no connection behind that belongs to that loop.
    """

    def __init__(self, client: Any, door: Door) -> None:
        self._client, self.door = client, door
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)

    def ask(self, body: Mapping[str, Any]) -> Any:
        """Return what the provider answers; raises what the SDK raises."""
        return self._call(_method(self._client, self.door.method), _arguments(body, self.door))

    def count(self, body: Mapping[str, Any]) -> Any:
        """Return what the provider's free counting endpoint answers; raises what the SDK raises."""
        return self._call(_method(self._client, self.door.counts), dict(body))

    @property
    def can_count(self) -> bool:
        """Whether the client has a method that counts tokens for free."""
        return bool(self.door.counts) and callable(_method(self._client, self.door.counts))

    def _call(self, method: Callable[..., Any], arguments: Body) -> Any:
        with as_it_is():
            if inspect.iscoroutinefunction(inspect.unwrap(method)) or _is_async(self._client):
                return self._awaited(method, arguments)
            return method(**arguments)

    def _awaited(self, method: Callable[..., Any], arguments: Body) -> Any:
        if "extra_headers" in inspect.signature(method).parameters:
            arguments = {**arguments, "extra_headers": {"Connection": "close"}}

        async def call() -> Any:
            with as_it_is():
                return await method(**arguments)

        return asyncio.run_coroutine_threadsafe(_own(call()), self._running()).result()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=_run, args=(self._loop,), name="headroom_nb-proof", daemon=True).start()
            return self._loop


async def _own(work: Coroutine[Any, Any, Any]) -> Any:
    return await work


def _run(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


def _is_async(client: Any) -> bool:
    return any(base.__name__ == "AsyncAPIClient" for base in type(client).__mro__)


_CONFIG = {
    "systemInstruction": "system_instruction",
    "system_instruction": "system_instruction",
    "tools": "tools",
    "toolConfig": "tool_config",
    "tool_config": "tool_config",
}
"""Keys of a body of Gemini's REST interface that the SDK takes in its ``config``."""


def _arguments(body: Mapping[str, Any], door: Door) -> Body:
    """Return a body as keyword arguments of the method; Gemini's SDK takes settings apart from the conversation."""
    if door.wire != "google":
        return dict(body)
    config = dict(body.get("config") or body.get("generationConfig") or body.get("generation_config") or {})
    config |= {name: body[key] for key, name in _CONFIG.items() if key in body}
    if door.answer_limit in body:
        config[door.answer_limit] = body[door.answer_limit]
    return {"model": body["model"], "contents": body["contents"], **({"config": config} if config else {})}
