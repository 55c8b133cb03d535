"""What an answer says: its text, and what it was billed. Objects of SDKs, dicts and raw JSON are read alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from headroom_nb.formats.base import is_mapping
from headroom_nb.formats.walk import attribute
from headroom_nb.runtime.json_text import read_json

_USAGE = ("usage", "usage_metadata", "usageMetadata")
_INPUT = (
    ("prompt_tokens",),
    ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"),
    ("prompt_token_count",),
    ("promptTokenCount",),
    ("inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"),
    ("prompt_eval_count",),
)
"""Names of the figures that sum to the input tokens: OpenAI Chat; OpenAI Responses and Anthropic; Google's SDK and its
REST interface; Bedrock; Ollama."""

_OUTPUT = (
    ("completion_tokens",),
    ("output_tokens",),
    ("candidates_token_count", "thoughts_token_count"),
    ("candidatesTokenCount", "thoughtsTokenCount"),
    ("outputTokens",),
    ("eval_count",),
)
"""The same of the tokens of the answer."""


MOST_TOKENS = 10**12
"""Figures that are no count of tokens are none: what a server says is added to bills."""


@dataclass(frozen=True)
class Reply:
    """What an answer says.

    Attributes
    ----------
    text
        Its text, without reasoning and tool calls.
    input_tokens, output_tokens
        What was billed; None where the answer carries no usage.
    """

    text: str
    input_tokens: int | None = None
    output_tokens: int | None = None


def read_reply(response: Any) -> Reply:
    """Return the text and the usage of an answer; empty text where it holds none."""
    response = parsed(response)
    usage = usage_of(response)
    return Reply(_text(response).strip(), input_tokens(usage), _sum(usage, _OUTPUT))


def parsed(response: Any) -> Any:
    """Return a response of Google's transport as the JSON in it; any other one as it is."""
    body = getattr(response, "body", None)
    if not isinstance(body, str) or not body.startswith("{"):
        return response
    try:
        return read_json(body)
    except ValueError:
        return response


def usage_of(response: Any) -> Any:
    """Return what an answer says of its bill; the answer itself where it has no such part."""
    found = next((found for name in _USAGE if (found := attribute(response, name)) is not None), response)
    tokens = attribute(found, "tokens")  # Cohere
    return found if tokens is None else tokens


def input_tokens(usage: Any) -> int | None:
    """Return the input tokens that a usage says; None where it says none."""
    return _sum(usage, _INPUT)


def image_tokens(usage: Any) -> int | None:
    """Return the tokens of the modality IMAGE, which Google reports apart."""
    details = attribute(usage, "prompt_tokens_details") or attribute(usage, "promptTokensDetails")
    found = []
    for detail in details if isinstance(details, list) else []:
        count = attribute(detail, "token_count") or attribute(detail, "tokenCount")
        if str(attribute(detail, "modality")).endswith("IMAGE") and isinstance(count, int):
            found.append(count)
    return sum(found) if found else None


def _is_count(figure: Any) -> bool:
    return isinstance(figure, (int, float)) and not isinstance(figure, bool) and 0 <= figure <= MOST_TOKENS


def _sum(usage: Any, names: tuple[tuple[str, ...], ...]) -> int | None:
    for each in names:
        figures = [attribute(usage, name) for name in each]
        if _is_count(figures[0]):
            return int(sum(figure for figure in figures if _is_count(figure)))
    return None


def _text(response: Any) -> str:
    """Return the text of an answer of any provider, the parts of it joined by new lines."""
    first = _at(response, "choices", 0, "message") or _at(response, "candidates", 0, "content")
    message = first or _at(response, "output", "message") or attribute(response, "message")
    if message is not None:
        return _joined(attribute(message, "content") or attribute(message, "parts"))
    output = attribute(response, "output")
    if isinstance(output, (list, tuple)):
        return "\n".join(filter(None, (_joined(attribute(item, "content")) for item in output)))
    return _joined(attribute(response, "content") or attribute(response, "response"))


def _joined(content: Any) -> str:
    if isinstance(content, str):
        return content
    found = []
    for part in content if isinstance(content, (list, tuple)) else []:
        text = attribute(part, "text")
        if isinstance(text, str) and attribute(part, "thought") is not True and attribute(part, "type") != "reasoning":
            found.append(text)
    return "\n".join(found)


def _at(value: Any, *steps: str | int) -> Any:
    """Return what stands at a place inside objects, dicts and lists; None where there is nothing."""
    for step in steps:
        if isinstance(step, int):
            value = value[step] if isinstance(value, (list, tuple)) and len(value) > step else None
        else:
            value = value.get(step) if is_mapping(value) else getattr(value, step, None)
        if value is None:
            return None
    return value
