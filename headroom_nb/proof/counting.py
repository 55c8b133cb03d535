"""Token counts by the provider itself: its free counting endpoint, or the usage of an answer of one token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.formats.replies import input_tokens, parsed, usage_of
from headroom_nb.formats.walk import attribute
from headroom_nb.runtime.statuses import status_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.proof.clients import Body, Caller

ABSENT = frozenset({404, 405, 501})
"""HTTP statuses of a server that has no counting endpoint."""

REFUSED = frozenset({400, 413, 422})
"""HTTP statuses of a request that a server would not take."""

_COUNTED = ("input_tokens", "total_tokens", "totalTokens")

_TEXTS = {"user": "input_text", "system": "input_text", "developer": "input_text", "assistant": "output_text"}


@dataclass
class TokenCounter:
    """Counts request bodies.

    Attributes
    ----------
    caller
        The client.
    paid
        Whether answers of one token may be paid for where nothing counts for free.
    free
        Whether the free endpoint is there; None until it was tried.
    requests
        How many were sent.
    """

    caller: Caller
    paid: bool = False
    free: bool | None = None
    requests: int = 0

    def count(self, body: Mapping[str, Any]) -> int | None:
        """Return the input tokens of a request; None where the provider refuses it.

        Raises
        ------
        OptionError
            Nothing counts for free here, and paying was not allowed.
        """
        if self.free is not False and self.caller.can_count:
            try:
                tokens = self._counted(body)
                self.free = True
                return tokens
            except Exception as error:
                if self.free is None and status_of(error) in ABSENT:
                    self.free = False
                elif status_of(error) in REFUSED:
                    return None
                else:
                    raise
        if not self.paid:
            raise OptionError(
                "this client has no endpoint that counts for free; paid=True reads the usage of answers of one token, "
                "which are paid for"
            )
        self.free = False
        return self._billed(body)

    @property
    def how(self) -> str:
        """What counted, in words."""
        door = self.caller.door
        if self.free:
            responses = " (counted as a Responses request)" if door.wire == "openai" else ""
            return f"{door.counts}, free of charge{responses}"
        return f"the usage of {door.method} with answers of one token"

    def _counted(self, body: Mapping[str, Any]) -> int:
        self.requests += 1
        door = self.caller.door
        conversation = body[door.conversation]
        if door.wire == "openai":
            asked: Body = {"model": body["model"], "input": as_responses(conversation)}
        else:
            kept = ("model", door.conversation, "system", "tools", "instructions")
            asked = {key: body[key] for key in kept if key in body and not (key == "tools" and door.wire == "google")}
        answer = parsed(self.caller.count(asked))
        found = next((value for name in _COUNTED if isinstance(value := attribute(answer, name), int)), None)
        if found is None:
            raise OptionError(f"{door.counts} answered without a count of tokens")
        return int(found)

    def _billed(self, body: Mapping[str, Any]) -> int | None:
        self.requests += 1
        door = self.caller.door
        least = 16 if door.wire == "openai_responses" else 1
        limit = {door.answer_limit: least} if door.wire != "bedrock" else {"inferenceConfig": {"maxTokens": 1}}
        try:
            answer = self.caller.ask({**body, **limit})
        except Exception as error:
            if status_of(error) in REFUSED:
                return None
            raise
        tokens = input_tokens(usage_of(parsed(answer)))
        if tokens is None:
            raise OptionError(f"{door.method} answered without a usage, so nothing can be compared")
        return tokens


def as_responses(messages: Any) -> list[Body]:
    """Return messages of Chat Completions as the Responses interface writes them, for counting."""
    made = []
    for message in messages if isinstance(messages, (list, tuple)) else [messages]:
        role = str(attribute(message, "role"))
        content = attribute(message, "content")
        if role not in _TEXTS or content is None:
            continue
        parts = content if isinstance(content, (list, tuple)) else [{"type": "text", "text": content}]
        made.append({"role": role, "content": [_part(part, _TEXTS[role]) for part in parts]})
    return made


def _part(part: Any, text: str) -> Body:
    if attribute(part, "type") != "image_url":
        return {"type": text, "text": str(attribute(part, "text") or "")}
    held = attribute(part, "image_url")
    address = held if isinstance(held, str) else attribute(held, "url")
    detail = None if isinstance(held, str) else attribute(held, "detail")
    return {"type": "input_image", "image_url": address, "detail": detail or "auto"}
