"""boto3 clients of ``bedrock-runtime``: ``converse``, ``converse_stream``, ``invoke_model`` and its stream."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from headroom_nb.integrations.outgoing import Outgoing, Route
from headroom_nb.integrations.shadow import Shadow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_nb.integrations.sending import Sender

SERVICE = "bedrock-runtime"

_CONVERSE = {"Converse": "converse", "ConverseStream": "converse_stream", "CountTokens": "count_tokens"}
_INVOKE = {"InvokeModel": "invoke_model", "InvokeModelWithResponseStream": "invoke_model_with_response_stream"}


def is_client(client: object) -> bool:
    """Return whether it is a boto3 client of the service."""
    if not any(base.__module__ == "botocore.client" for base in type(client).__mro__):
        return False
    meta: Any = getattr(client, "meta", None)
    return getattr(getattr(meta, "service_model", None), "service_name", None) == SERVICE


def shadows(client: Any, sender: Sender) -> list[Shadow]:
    """Put the sender in front of a client: every operation comes past ``_make_api_call``."""

    def calling(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(operation: str, parameters: Any) -> Any:
            name = _CONVERSE.get(operation) or _INVOKE.get(operation)
            if name is None:
                return original(operation, parameters)
            route = _converse(name) if operation in _CONVERSE else _invoke(name)
            return sender.send(route, parameters, lambda each: original(operation, each))

        return call

    return [Shadow(client, "_make_api_call", calling)]


def _converse(name: str) -> Route:
    def read(parameters: Any) -> Sequence[Outgoing]:
        body = _plain_lists(parameters)
        counted = name != "count_tokens"
        return [Outgoing(name, body, "bedrock", "bedrock", counted)] if body.get("messages") else []

    return Route(read, lambda _parameters, documents: documents[0])


def _plain_lists(parameters: Any) -> Any:
    return parameters if isinstance(parameters, dict) else dict(parameters)


def _invoke(name: str) -> Route:
    """Return the route of a call whose body is the JSON of a provider's own API."""

    def read(parameters: Any) -> Sequence[Outgoing]:
        body = parameters.get("body")
        if not isinstance(body, (str, bytes, bytearray)):
            return []  # a file may be read once only
        document = json.loads(body)
        if not isinstance(document, dict) or "messages" not in document:
            return []
        return [Outgoing(name, {"model": parameters.get("modelId"), **document}, "bedrock", "bedrock")]

    def write(parameters: Any, documents: Sequence[Any]) -> Any:
        body = json.dumps({key: value for key, value in documents[0].items() if key != "model"})
        return {**parameters, "body": body.encode() if not isinstance(parameters["body"], str) else body}

    return Route(read, write)
