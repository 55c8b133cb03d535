"""Wraps SDK clients: same methods, same types, images compressed on the way out.

A client is wrapped in place, at the one function that all its calls come past. Taking that away again restores it
exactly, whatever others have put in front of its methods meanwhile. When compression fails for any reason, the original
request is sent and the meter says why; so it is, once more, when a provider refuses the rewritten one.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from headroom_nb.compressor import ImageCompressor
from headroom_nb.errors import OptionError
from headroom_nb.integrations.clients import clients_of, shadows
from headroom_nb.integrations.metering import Meter
from headroom_nb.integrations.sending import MAX_SECONDS, Sender
from headroom_nb.options import takes_options

if TYPE_CHECKING:
    from headroom_nb.integrations.shadow import Shadow
    from headroom_nb.options import Options

Client = TypeVar("Client")


@dataclass
class _Wrapping:
    """What a wrapped client carries."""

    sender: Sender
    shadows: list[Shadow] = field(default_factory=list)
    copied: bool = False


_wrappings: dict[int, tuple[weakref.ref[Any], weakref.ref[_Wrapping]]] = {}
"""By the identity of the wrapped object, as many are not hashable; what keeps a wrapping alive is its client."""


@takes_options
def wrap(
    client: Client,
    *,
    options: Options | None = None,
    audit: bool = False,
    compressor: ImageCompressor | None = None,
    max_seconds: float | None = MAX_SECONDS,
    **choices: Any,
) -> Client:
    """Compress the images of every request of an SDK client, and keep a running total.

    Parameters
    ----------
    client
        A client of OpenAI's, Anthropic's, Google's, Groq's, Together's, Mistral's, Cohere's or Ollama's SDK, a boto3
        client of ``bedrock-runtime``, the module ``litellm`` or its Router, or a model of LangChain, pydantic-ai or
        openai-agents; synchronous or not. Wrapped in place and returned; wrapping it again starts anew with the new
        options. Copies that ``with_options`` makes share its meter.
    options
        Every choice as one object.
    audit
        Measure what would be saved, and send every request as it is.
    compressor
        Decides instead of a new one; with single options beside it, a new one with its options so changed.
    max_seconds
        How long a request may be prepared. After that it goes out as it was, and the meter says so; None sets no bound.
    **choices
        Single options by name; :class:`headroom_nb.Options` lists them. ``model`` prices every request like that model.
        A request's own name that the model table does not have, such as a deployment's, is priced like
        ``default_model``, else like its provider's default, and the meter says so; with ``strict``, the call raises
        UnknownModelError.

    Raises
    ------
    OptionError
        It is no client that can be wrapped, or an option is not one we know.
    UnknownModelError
        The model given is not in the table, and ``strict`` is set.
    """
    clients = clients_of(client)
    if compressor is not None and options is not None:
        raise OptionError("wrap takes options or a compressor, which has its own: leave one out")
    if compressor is None or choices:
        compressor = ImageCompressor(options=compressor.options if compressor else options, **choices)
    if is_wrapped(client):
        unwrap(client)
    wrapping = _Wrapping(Sender(compressor, Meter(audit=audit), max_seconds=max_seconds))
    for each in clients:
        wrapping.shadows.extend(_shadowed(each, wrapping.sender))
    _keep(client, wrapping)
    return client


def unwrap(client: Client) -> Client:
    """Restore a wrapped client exactly; its meter ends.

    Raises
    ------
    OptionError
        It is not wrapped.
    """
    wrapping = _wrapping_of(client)
    if not wrapping.copied:
        wrapping.sender.on = False  # for the copies that were made of it
    for shadow in reversed(wrapping.shadows):
        shadow.remove()
    _wrappings.pop(id(client), None)
    return client


def is_wrapped(client: object) -> bool:
    """Return whether a client is wrapped."""
    return _found(client) is not None


def meter(client: object) -> Meter:
    """Return the running totals of a wrapped client; raises OptionError when it is not wrapped."""
    return _wrapping_of(client).sender.meter


def continue_with(client: object, totals: Meter) -> None:
    """Let a wrapped client add to the totals of another."""
    _wrapping_of(client).sender.meter = totals


def _wrapping_of(client: object) -> _Wrapping:
    wrapping = _found(client)
    if wrapping is None:
        raise OptionError(
            f"this {type(client).__qualname__} client is not wrapped; wrap it with headroom_nb.wrap(client)"
        )
    return wrapping


def _found(client: object) -> _Wrapping | None:
    owner, held = _wrappings.get(id(client), (None, None))
    wrapping = held() if owner is not None and held is not None and owner() is client else None
    return wrapping if wrapping is not None and wrapping.sender.on else None


def _shadowed(client: Any, sender: Sender) -> list[Shadow]:
    def adopt(made: Any) -> None:
        if sender.on:
            _keep(made, _Wrapping(sender, _shadowed(made, sender), copied=True))

    return shadows(client, sender, adopt)


def _keep(client: Any, wrapping: _Wrapping) -> None:
    key = id(client)

    def forget(gone: weakref.ref[Any]) -> None:
        if _wrappings.get(key, (None,))[0] is gone:
            _wrappings.pop(key, None)

    for shadow in wrapping.shadows:
        shadow.keeper = wrapping
    _wrappings[key] = weakref.ref(client, forget), weakref.ref(wrapping)
