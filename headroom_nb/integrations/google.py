"""Clients of google-genai: every call ends in ``_api_client``, where contents are REST ``Content`` already."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from headroom_nb.formats import find_images
from headroom_nb.formats.base import is_mapping
from headroom_nb.formats.google import DETAILS, FILE, INLINE, RESOLUTION, first
from headroom_nb.formats.walk import read_messages
from headroom_nb.integrations.calls import INTERACTIONS, methods_shadowed
from headroom_nb.integrations.outgoing import Outgoing, Route
from headroom_nb.integrations.shadow import Shadow
from headroom_nb.records import ImagePart

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from headroom_nb.compressor import ImageCompressor
    from headroom_nb.costs import ModelSpec
    from headroom_nb.integrations.metering import Meter
    from headroom_nb.integrations.sending import Sender
    from headroom_nb.records import CompressionResult

PART_RESOLUTION = ("v1beta", "v1alpha")
"""Versions whose documentation has ``mediaResolution`` on a part; the SDK's own default is ``v1`` from 3.0 on."""

WHOLE_REQUEST = "google_request"
"""In a model's ``level_formats``: it takes a resolution for the request as a whole."""

NO_LEVELS = (
    "some images kept their resolution, as this version of Google's API documents none for a single part: "
    "make the client with http_options={'api_version': 'v1beta'}"
)
NO_FIELD = "some images kept their resolution, as this google-genai has none for a single part: 1.51 or later has"

_PATH = re.compile(
    r"(?P<model>[^?]*?):(?P<method>generateContent|streamGenerateContent|countTokens|batchGenerateContent)(\?|$)"
)
_INTERACTIONS = "_interactions"


def is_client(client: object) -> bool:
    """Return whether it is a client of google-genai, or its asynchronous side."""
    return any(base.__module__ == "google.genai.client" for base in type(client).__mro__) and hasattr(
        client, "_api_client"
    )


def transport_of(client: Any) -> Any:
    """Return what the calls of a client of google-genai come past, and of its asynchronous side; any other itself."""
    return client._api_client if is_client(client) else client  # noqa: SLF001 - there is no public name for it


def shadows(client: Any, sender: Sender) -> list[Any]:
    """Put the sender in front of a client, its asynchronous side included."""
    transport = transport_of(client)
    send: dict[str, Callable[..., Any]] = {
        "request": sender.send,
        "request_streamed": sender.stream,
        "async_request": sender.send_async,
        "async_request_streamed": partial(_stream_async, sender),
    }

    def requesting(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(http_method: str, path: str, request_dict: Any, http_options: Any = None, **named: Any) -> Any:
            version = _version(transport, http_options)
            route = Route(partial(_read, path=path, version=version, meter=sender.meter), partial(_write, path=path))

            def do(body: Any) -> Any:
                return original(http_method, path, body, http_options, **named)

            return send[name](route, request_dict, do)

        return _awaited(call) if name.startswith("async_") else call

    made = [Shadow(transport, name, partial(requesting, name)) for name in send if hasattr(transport, name)]
    for side in (client, getattr(client, "aio", None)):
        made.extend(_interactions(side, sender))
    return made


def _interactions(side: Any, sender: Sender) -> list[Any]:
    """Put the sender in front of ``interactions``, which have a transport of their own and take seconds to be made."""
    if not hasattr(side, _INTERACTIONS):
        return []
    known = getattr(side, _INTERACTIONS)
    return [_OnDemand(side, sender)] if known is None else methods_shadowed(known, INTERACTIONS, sender)


class _OnDemand:
    """Stands for ``interactions`` until they are used, and then puts the sender in front of them."""

    keeper: Any = None

    def __init__(self, side: Any, sender: Sender) -> None:
        self._side, self._sender = side, sender
        self._shadows: list[Shadow] = []
        setattr(side, _INTERACTIONS, self)

    def __getattr__(self, name: str) -> Any:
        if not self._shadows:
            setattr(self._side, _INTERACTIONS, None)
            self._shadows = methods_shadowed(self._side.interactions, INTERACTIONS, self._sender)
        return getattr(self._side.interactions, name)

    def remove(self) -> None:
        """Put back what stood there before."""
        for shadow in self._shadows:
            shadow.remove()
        if getattr(self._side, _INTERACTIONS) is self:
            setattr(self._side, _INTERACTIONS, None)


def _awaited(call: Callable[..., Any]) -> Callable[..., Any]:
    async def awaited(*positional: Any, **named: Any) -> Any:
        return await call(*positional, **named)

    return awaited


async def _stream_async(sender: Sender, route: Route, request: Any, do: Callable[..., Any]) -> Any:
    return sender.stream_async(route, request, do)


def _version(transport: Any, own: Any) -> str:
    """Return the version of the API that a call goes to: its own, or the client's."""
    for options in (own, getattr(transport, "_http_options", None)):
        version = options.get("api_version") if is_mapping(options) else getattr(options, "api_version", None)
        if isinstance(version, str):
            return version
    return ""


def _read(body: Any, *, path: str, version: str, meter: Meter) -> Sequence[Outgoing]:
    found = _PATH.search(path)
    if found is None or not is_mapping(body):
        return []
    model, method = found["model"].rpartition("/")[2], found["method"]
    reach = partial(_reach, version=version, meter=meter)

    def outgoing(name: str, content: Mapping[str, Any], *, counted: bool = True) -> Outgoing:
        general = general_level if counted else None
        zooms = name.startswith("models.generate_content")
        return Outgoing(name, {"model": model, **content}, "google", "google", counted, reach, general, zooms)

    if method == "batchGenerateContent":
        return [outgoing("batches.create", each["request"]) for each in _inlined(body)]
    if body.get("contents") is None:
        return []
    if method == "countTokens":
        return [outgoing("models.count_tokens", body, counted=False)]
    streams = "_stream" if method.startswith("stream") else ""
    return [outgoing(f"models.generate_content{streams}", body)]


def _write(body: Any, documents: Sequence[Any], *, path: str) -> Any:
    bodies = [{key: value for key, value in each.items() if key != "model"} for each in documents]
    if "batchGenerateContent" not in path:
        return bodies[0]
    requests = [{**each, "request": new} for each, new in zip(_inlined(body), bodies, strict=True)]
    batch = body["batch"]
    source = batch["inputConfig"]
    held = {**source["requests"], "requests": requests}
    return {**body, "batch": {**batch, "inputConfig": {**source, "requests": held}}}


def _inlined(body: Any) -> Sequence[Any]:
    """Return the requests that stand in a batch itself, and not in a file of its own."""
    found = body
    for key in ("batch", "inputConfig", "requests", "requests"):
        found = found.get(key) if is_mapping(found) else None
    return [each for each in found if is_mapping(each.get("request"))] if isinstance(found, list) else []


def _reach(spec: ModelSpec, *, version: str, meter: Meter) -> ModelSpec:
    """Return the model as this SDK and this version of the API reach it."""
    if not spec.takes_levels_in("google"):
        return spec
    if not version.startswith(PART_RESOLUTION):
        meter.note = NO_LEVELS
        return _without_parts(spec)
    if not part_has_resolution():
        meter.note = NO_FIELD
        return _without_parts(spec)
    return spec


def part_has_resolution() -> bool:
    """Return whether the SDK's own ``Part`` has a field for its resolution."""
    types = sys.modules.get("google.genai.types")
    return "media_resolution" in getattr(getattr(types, "Part", None), "model_fields", {})


@lru_cache(maxsize=64)
def _without_parts(spec: ModelSpec) -> ModelSpec:
    return replace(spec, level_formats=tuple(each for each in spec.level_formats or () if each != "google"))


@lru_cache(maxsize=64)
def _with_parts(spec: ModelSpec) -> ModelSpec:
    return replace(spec, level_formats=("google",))


def general_level(
    document: Mapping[str, Any], spec: ModelSpec, compressor: ImageCompressor
) -> CompressionResult | None:
    """Return the request with one resolution for all its images; None where they do not agree on one.

    Parameters
    ----------
    document
        A request body with the model in it.
    spec
        A model that takes a resolution for the request as a whole.
    compressor
        Decides each image as if it could ask for a level of its own.
    """
    config = document.get("generationConfig") or {}
    if WHOLE_REQUEST not in (spec.level_formats or ()) or first(config, RESOLUTION) is not None:
        return None
    result = compressor.run(document, model=_with_parts(spec))
    levels = {_level_alone(image.parts, image.original) for image in result.images}
    if len(levels) != 1 or None in levels or len(result.images) != _media(document):
        return None
    level = levels.pop() or ""
    body = {**document, "generationConfig": {**config, RESOLUTION[0]: DETAILS[level]}}
    return replace(result, messages=body)


def _level_alone(parts: Sequence[Any], original: bytes) -> str | None:
    """Return the level of an image that is sent byte for byte at another one; None where more was changed."""
    if len(parts) != 1 or not isinstance(parts[0], ImagePart) or parts[0].data != original:
        return None
    return parts[0].detail


def _media(document: Mapping[str, Any]) -> int:
    """Return how many parts hold media of any kind: a resolution for the request holds for video and PDF as well."""
    blocks = [block.value for message in read_messages(document) for block in message.blocks]
    held = sum(is_mapping(block) and first(block, (*INLINE, *FILE)) is not None for block in blocks)
    return max(held, len(find_images(document)))
