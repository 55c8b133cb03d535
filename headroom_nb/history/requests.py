"""The requests that a conversation was sent in, read off the conversation itself: each ended where an answer begins."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import count_text
from headroom_nb.costs.caching import cache_rule
from headroom_nb.formats.base import is_mapping
from headroom_nb.formats.question import text_of
from headroom_nb.formats.walk import request_body
from headroom_nb.runtime.json_text import written
from headroom_nb.runtime.lru import ByteBoundedCache, on_clear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats.walk import Block, Message
    from headroom_nb.records import BlockPath

CACHE_MARKS = ("cache_control", "cachePoint")
"""Keys by which a request asks for its beginning to be cached."""

CALL_CHARACTERS = 3.5
"""Characters per token of the JSON of a tool call, about."""

LONG = 200
"""Characters from which the count of a text is remembered: every request of a conversation asks for it again."""

_counts: ByteBoundedCache[int] = ByteBoundedCache(2**21, lambda _: 256)
on_clear(_counts.clear)


@dataclass(frozen=True)
class Item:
    """One thing of a conversation that is billed.

    Attributes
    ----------
    request
        Number of the first request it is sent in, from 0.
    tokens
        Of a text or call; 0 for an image, whose tokens depend on how it is sent.
    image
        Number of the image, from 0; -1 for anything else.
    """

    request: int
    tokens: int
    image: int = -1


def requests_of(messages: Sequence[Message]) -> list[int]:
    """Return the first request, from 0, in which each message was sent: what the model said is sent after its answer.

    Parameters
    ----------
    messages
        As :func:`headroom_nb.formats.walk.read_messages` gives them.
    """
    found: list[int] = []
    request, answered = 0, False
    for message in messages:
        if message.speaker == "assistant":
            answered = True
        elif answered:
            request, answered = request + 1, False
        found.append(request + answered)
    return found


def sent_before(messages: Sequence[Message]) -> int:
    """Return how many messages at the start the request before had; 0 where this is the first."""
    requests = requests_of(messages)
    return sum(request < requests[-1] for request in requests)


def items_of(messages: Sequence[Message], places: Mapping[BlockPath, int], model: ModelSpec) -> list[Item]:
    """Return what a conversation is billed for, in order, each with the request in which it was first sent.

    What the model said stands in the requests after its answer.

    Parameters
    ----------
    messages
        As :func:`headroom_nb.formats.walk.read_messages` gives them.
    places
        The number of each image, by path.
    model
        Whose tokens are counted.
    """
    found: list[Item] = []
    for number, message in zip(requests_of(messages), messages, strict=True):
        for block in message.blocks:
            if block.path in places:
                found.append(Item(number, 0, places[block.path]))
            elif block.image is None and block.document is None:
                tokens = _tokens(block, model)
                if tokens:
                    found.append(Item(number, tokens))
    return found


def _tokens(block: Block, model: ModelSpec) -> int:
    text = text_of(block.value)
    if text:
        return _counted(text, model)
    if is_mapping(block.value):
        said = [block.value[key] for key in ("input", "arguments", "args", "function", "functionCall", "toolUse")
                if key in block.value]  # fmt: skip
        return round(len(written(said)) / CALL_CHARACTERS) if said else 0
    return 0


def _counted(text: str, model: ModelSpec) -> int:
    """Return the tokens of a text; of a long one the count is remembered, and never the text."""
    if len(text) < LONG:
        return count_text(text, model).tokens
    key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest(), model
    known = _counts.get(key)
    if known is None:
        known = count_text(text, model).tokens
        _counts.put(key, known)
    return known


def is_cached(document: Any, messages: Sequence[Message], model: ModelSpec) -> bool:
    """Return whether a request is cached: by the provider's habit, or because it asks for it."""
    how = cache_rule(model).how
    if how != "marked":
        return how == "automatic"
    body = request_body(document)[1] or {}
    around = [body, *(each for key in ("system", "tools") for each in _listed(body.get(key)))]
    return any(
        is_mapping(value) and any(value.get(key) is not None for key in CACHE_MARKS)
        for value in (*around, *(block.value for message in messages for block in message.blocks))
    )


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()
