"""How much text stands in a request beside its images and documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import count_text
from headroom_nb.formats.find import find_documents, find_images
from headroom_nb.formats.question import text_of
from headroom_nb.formats.walk import read_messages, request_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.costs import ModelSpec

OUTSIDE = ("system", "instructions", "systemInstruction", "system_instruction", "tools", "toolConfig", "functions")
"""Keys of a request body, beside its messages, whose text is part of the prompt."""

A_MESSAGE = 4
"""Tokens that the frame of a message costs, about."""


def text_tokens(document: Any, model: ModelSpec, until: int | None = None) -> int:
    """Return about how many tokens the text of a message list or request body has; images and documents left out.

    ``until`` is how many messages are counted; None for all.
    """
    read = read_messages(document)
    media = {slot.path for slot in find_images(document, read)}
    media |= {slot.path for slot in find_documents(document, read)}
    texts: list[str] = []
    for message in read[:until]:
        blocks = (block.value for block in message.blocks if block.path not in media)
        texts += [text_of(value) or _as_json(value) for value in blocks]
    said = sum(count_text(text, model).tokens for text in texts if text)
    return A_MESSAGE * len(read[:until]) + said + outside_tokens(document, model)


def outside_tokens(document: Any, model: ModelSpec) -> int:
    """Return about how many tokens the system prompt and the tools of a request body have."""
    return sum(count_text(text, model).tokens for text in _texts(document))


def _texts(document: Any) -> Iterator[str]:
    body = request_body(document)[1]
    for key in OUTSIDE if body is not None else ():
        value = body.get(key) if isinstance(body, Mapping) else None
        for each in value if isinstance(value, (list, tuple)) else [value]:
            yield each if isinstance(each, str) else text_of(each) or _as_json(each)


def _as_json(value: Any) -> str:
    """Return a call of a tool or the like as the text it is; nothing for what holds others, or has no such form."""
    if not isinstance(value, Mapping) or isinstance(value.get("content"), list):
        return ""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return ""
