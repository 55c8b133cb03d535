"""Wraps SDK clients: same methods, same types, images compressed on the way out.

A client is wrapped in place. Its methods are shadowed on the instance, so that taking the shadows away again restores
it exactly. When compression fails for any reason, the original request is sent and the meter says why.
"""

from __future__ import annotations

import asyncio
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from headroom_nb.compressor import ImageCompressor
from headroom_nb.errors import OptionError
from headroom_nb.formats import find_images
from headroom_nb.integrations.endpoints import endpoints_of, is_asynchronous, resource_of
from headroom_nb.integrations.google_version import NO_LEVELS, takes_part_resolution
from headroom_nb.integrations.meter import Meter
from headroom_nb.integrations.plain import plain
from headroom_nb.integrations.usage import compare_bill
from headroom_nb.records import ImagePart, Technique

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.integrations.endpoints import Endpoint
    from headroom_nb.records import CompressionResult

Client = TypeVar("Client")

_STATE = "_headroom_nb"
_CONTEXT = ("model", "config")
"""Arguments beside the conversation that bear on the bill."""


@dataclass
class _Wrapping:
    """What a wrapped client carries."""

    compressor: ImageCompressor
    model: str | None
    meter: Meter
    takes_levels: Callable[[Any], bool]
    shadowed: list[tuple[Any, str]] = field(default_factory=list)

    def prepare(self, endpoint: Endpoint, arguments: dict[str, Any]) -> tuple[dict[str, Any], CompressionResult | None]:
        """Return the arguments to send and the account of their images; never raises."""
        try:
            conversation = plain(arguments.get(endpoint.argument))
            document = {key: arguments[key] for key in _CONTEXT if arguments.get(key) is not None}
            document[endpoint.argument] = conversation
            if not find_images(document):
                self.meter.add(None)
                return arguments, None
            result = self.compressor.run(document, model=self.model)
            if not self.takes_levels(arguments.get("config")):
                result = self._without_levels(result)
            self.meter.add(result)
            if self.meter.audit or not any(image.parts for image in result.images):
                return arguments, result
            return {**arguments, endpoint.argument: result.messages[endpoint.argument]}, result
        except Exception as error:  # noqa: BLE001 - the user's request goes out whatever happens here
            self.meter.fail(f"{endpoint.name}: {type(error).__name__}: {error}")
            return arguments, None

    def _without_levels(self, result: CompressionResult) -> CompressionResult:
        """Return the result without levels of detail that this version of the API might refuse; those images stay."""
        asked = {
            image.path: Technique.PRESERVE
            for image in result.images
            if any(isinstance(part, ImagePart) and part.detail is not None for part in image.parts)
        }
        if not asked or result.recompress is None:
            return result
        self.meter.note = NO_LEVELS
        return result.recompress(asked)

    def finish(self, endpoint: Endpoint, result: CompressionResult | None, response: Any) -> None:
        """Compare the estimate with the response's bill, where it carries one; never raises."""
        if result is None:
            return
        try:
            sent = result.original if self.meter.audit else result.messages
            found = compare_bill(result, response, sent=sent)
        except Exception as error:  # noqa: BLE001 - the user's response is handed on whatever happens here
            self.meter.fail(f"{endpoint.name}: the bill could not be read: {error}", requests=0)
            return
        if found is not None:
            self.meter.check(found)


def wrap(
    client: Client,
    *,
    model: str | None = None,
    quality: str = "balanced",
    audit: bool = False,
    compressor: ImageCompressor | None = None,
) -> Client:
    """Compress the images of every request of an SDK client, and keep a running total.

    Parameters
    ----------
    client
        A client of OpenAI's, Anthropic's or Google's SDK, synchronous or not. Wrapped in place and returned; wrapping
        it again starts anew with the new options.
    model
        Price every request like this model; None takes the request's own. Needed for deployments with names of their
        own.
    quality
        ``"safe"``, ``"balanced"`` or ``"max"``; not used when a compressor is given.
    audit
        Measure what would be saved, and send every request as it is.
    compressor
        Decides instead of a new one.

    Raises
    ------
    OptionError
        It is no client that can be wrapped.
    UnknownModelError
        The model is not in the table.
    """
    endpoints = endpoints_of(client)
    chosen = compressor or ImageCompressor(model, quality=quality)
    if is_wrapped(client):
        unwrap(client)
    wrapping = _Wrapping(chosen, model, Meter(audit=audit), functools.partial(takes_part_resolution, client))
    for endpoint in endpoints:
        resource = resource_of(client, endpoint)
        original = getattr(resource, endpoint.method)
        shadow = _asynchronous if is_asynchronous(client, endpoint) else _synchronous
        setattr(resource, endpoint.method, shadow(wrapping, endpoint, original))
        wrapping.shadowed.append((resource, endpoint.method))
    client.__dict__[_STATE] = wrapping
    return client


def unwrap(client: Client) -> Client:
    """Restore a wrapped client exactly; its meter ends.

    Raises
    ------
    OptionError
        It is not wrapped.
    """
    for resource, method in _wrapping_of(client).shadowed:
        delattr(resource, method)
    del client.__dict__[_STATE]
    return client


def is_wrapped(client: object) -> bool:
    """Return whether a client is wrapped."""
    return _STATE in getattr(client, "__dict__", {})


def meter(client: object) -> Meter:
    """Return the running totals of a wrapped client; raises OptionError when it is not wrapped."""
    return _wrapping_of(client).meter


def _wrapping_of(client: object) -> _Wrapping:
    if not is_wrapped(client):
        raise OptionError(
            f"this {type(client).__qualname__} client is not wrapped; wrap it with headroom_nb.wrap(client)"
        )
    wrapping: _Wrapping = client.__dict__[_STATE]
    return wrapping


def _synchronous(wrapping: _Wrapping, endpoint: Endpoint, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def call(*positional: Any, **arguments: Any) -> Any:
        arguments, result = wrapping.prepare(endpoint, arguments)
        response = original(*positional, **arguments)
        wrapping.finish(endpoint, result, response)
        return response

    return call


def _asynchronous(wrapping: _Wrapping, endpoint: Endpoint, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    async def call(*positional: Any, **arguments: Any) -> Any:
        # In a thread: reading text may take seconds, and the event loop has others to serve.
        arguments, result = await asyncio.to_thread(wrapping.prepare, endpoint, arguments)
        response = await original(*positional, **arguments)
        wrapping.finish(endpoint, result, response)
        return response

    return call
