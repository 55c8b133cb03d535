"""Tools in each provider's own format: how one is offered, how the model's calls are read, and how they are answered.

Only the four formats in which a model asks for tools are known; :mod:`headroom_nb.formats.tools` works on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.formats import anthropic, google, openai_chat, openai_responses
from headroom_nb.formats.base import is_mapping
from headroom_nb.formats.google import first
from headroom_nb.formats.walk import attribute
from headroom_nb.runtime.json_text import read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from headroom_nb.records import ImagePart

Body = dict[str, Any]

SEVERAL, NONE = "it asks for several answers", "it forbids tools"
ONE_OF_SEVERAL = "it forces one of several tools"


@dataclass(frozen=True)
class Tool:
    """A tool: its name, what it is for, and the JSON schema of its arguments."""

    name: str
    about: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class ToolCall:
    """A call that the model made: the provider's id of it, the tool's name and the arguments."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class ToolAnswer:
    """What a call is answered with: a sentence, and images."""

    call: ToolCall
    text: str
    images: tuple[ImagePart, ...] = ()


@dataclass(frozen=True)
class ToolFormat:
    """How one format writes tools.

    Attributes
    ----------
    offer
        Returns the tool as it stands among a request's tools.
    calls
        Returns the tool calls of an answer as plain values.
    keep
        Keeps, in an answer, only the tool calls that a function says yes to.
    turn
        Returns the messages that follow: the model's own turn as it came, and the answers to its calls.
    closed
        Returns why a request leaves the model no room to call one more tool; empty where it may.
    opened
        Returns a request in which one tool is forced as one in which another may be called before it.
    messages
        Key of the conversation in a body.
    """

    offer: Callable[[Tool], Body]
    calls: Callable[[Any], list[ToolCall]]
    keep: Callable[[Any, Callable[[str], bool]], None]
    turn: Callable[[Any, Sequence[ToolAnswer]], list[Body]]
    closed: Callable[[Mapping[str, Any]], str]
    opened: Callable[[Mapping[str, Any], str], Mapping[str, Any]]
    messages: str


def plain(value: Any) -> Any:
    """Return an SDK's object as the JSON that it stands for; unset fields are left out."""
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        return dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def _arguments(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        try:
            value = read_json(value or "{}")
        except ValueError:
            return {}
    return value if is_mapping(value) else {}


def _put(owner: Any, name: str, value: Any) -> None:
    if isinstance(owner, dict):
        owner[name] = value
    else:
        setattr(owner, name, value)


def _listed(owner: Any, name: str) -> list[Any]:
    value = attribute(owner, name)
    return list(value) if isinstance(value, (list, tuple)) else []


# OpenAI Chat Completions: messages of tools hold text alone, so that images follow in a message of the user.


def _chat_message(response: Any) -> Any:
    choices = _listed(response, "choices")
    return attribute(choices[0], "message") if choices else None


def _chat_calls(response: Any) -> list[ToolCall]:
    functions = [(each, attribute(each, "function")) for each in _listed(_chat_message(response), "tool_calls")]
    return [
        ToolCall(str(attribute(each, "id")), str(attribute(called, "name")), _arguments(attribute(called, "arguments")))
        for each, called in functions
        if called is not None
    ]


def _chat_keep(response: Any, wanted: Callable[[str], bool]) -> None:
    message = _chat_message(response)
    kept = [
        each for each in _listed(message, "tool_calls") if wanted(str(attribute(attribute(each, "function"), "name")))
    ]
    _put(message, "tool_calls", kept or None)


def _chat_turn(response: Any, answers: Sequence[ToolAnswer]) -> list[Body]:
    message = plain(_chat_message(response))
    said = [{"role": "tool", "tool_call_id": each.call.id, "content": each.text} for each in answers]
    blocks: list[Any] = []
    for each in answers:
        if each.images and openai_chat.FORMAT.write_text is not None:
            blocks.append(openai_chat.FORMAT.write_text({}, each.text))
            blocks += [
                openai_chat.FORMAT.write_image({"type": "image_url", "image_url": {}}, image) for image in each.images
            ]
    kept = {
        key: value for key, value in message.items() if key in {"role", "content", "tool_calls", "reasoning_content"}
    }
    shown = [{"role": "user", "content": blocks}] if blocks else []
    return [{"content": None, **kept}, *said, *shown]


def _chat_closed(body: Mapping[str, Any]) -> str:
    if (body.get("n") or 1) != 1:
        return SEVERAL
    if body.get("functions") or body.get("audio"):
        return "functions and speech leave no room for tools"
    return _closed_choice(body)


def _closed_choice(body: Mapping[str, Any]) -> str:
    """Return why a choice of tools in OpenAI's forms leaves no room for another one."""
    choice = body.get("tool_choice") or "auto"
    if choice in ("auto", "required"):
        return ""
    if choice == "none":
        return NONE
    return "" if attribute(choice, "type") == "function" and len(body.get("tools") or ()) == 1 else ONE_OF_SEVERAL


def _choice_opened(body: Mapping[str, Any], _: str) -> Mapping[str, Any]:
    """Return a body that forces its only tool as one that requires any: ours is the only other one."""
    forced = attribute(body.get("tool_choice"), "type") == "function"
    return {**body, "tool_choice": "required"} if forced else body


# OpenAI Responses


def _responses_calls(response: Any) -> list[ToolCall]:
    return [
        ToolCall(
            str(attribute(item, "call_id")), str(attribute(item, "name")), _arguments(attribute(item, "arguments"))
        )
        for item in _listed(response, "output")
        if attribute(item, "type") == "function_call"
    ]


def _responses_keep(response: Any, wanted: Callable[[str], bool]) -> None:
    kept = [
        item
        for item in _listed(response, "output")
        if attribute(item, "type") != "function_call" or wanted(str(attribute(item, "name")))
    ]
    _put(response, "output", kept)


def _responses_turn(response: Any, answers: Sequence[ToolAnswer]) -> list[Body]:
    made = []
    for each in answers:
        blocks: list[Any] = [{"type": "input_text", "text": each.text}]
        blocks += [openai_responses.FORMAT.write_image({"type": "input_image"}, image) for image in each.images]
        output = blocks if each.images else each.text
        made.append({"type": "function_call_output", "call_id": each.call.id, "output": output})
    return [*plain(_listed(response, "output")), *made]


def _responses_closed(body: Mapping[str, Any]) -> str:
    return "it is answered in the background" if body.get("background") else _closed_choice(body)


# Anthropic


def _anthropic_calls(response: Any) -> list[ToolCall]:
    return [
        ToolCall(str(attribute(block, "id")), str(attribute(block, "name")), _arguments(attribute(block, "input")))
        for block in _listed(response, "content")
        if attribute(block, "type") == "tool_use"
    ]


def _anthropic_keep(response: Any, wanted: Callable[[str], bool]) -> None:
    kept = [
        block
        for block in _listed(response, "content")
        if attribute(block, "type") != "tool_use" or wanted(str(attribute(block, "name")))
    ]
    _put(response, "content", kept)


def _anthropic_turn(response: Any, answers: Sequence[ToolAnswer]) -> list[Body]:
    results = []
    for each in answers:
        blocks: list[Any] = [{"type": "text", "text": each.text}]
        blocks += [anthropic.FORMAT.write_image({"type": "image"}, image) for image in each.images]
        results.append({"type": "tool_result", "tool_use_id": each.call.id, "content": blocks})
    return [
        {"role": "assistant", "content": plain(_listed(response, "content"))},
        {"role": "user", "content": results},
    ]


def _anthropic_closed(body: Mapping[str, Any]) -> str:
    choice = body.get("tool_choice") or None  # an SDK's word for "not given" is false
    kind = "auto" if choice is None else attribute(choice, "type")
    if kind == "none":
        return NONE
    return "" if kind in ("auto", "any") or len(body.get("tools") or ()) == 1 else ONE_OF_SEVERAL


def _anthropic_opened(body: Mapping[str, Any], _: str) -> Mapping[str, Any]:
    choice = body.get("tool_choice")
    if not is_mapping(choice) or choice.get("type") != "tool":
        return body
    return {**body, "tool_choice": {**{key: value for key, value in choice.items() if key != "name"}, "type": "any"}}


# Google Gemini


def _google_content(response: Any) -> Any:
    candidates = _listed(response, "candidates")
    return attribute(candidates[0], "content") if candidates else None


def _google_call(part: Any) -> Any:
    return attribute(part, "functionCall") or attribute(part, "function_call")


def _google_calls(response: Any) -> list[ToolCall]:
    found = [_google_call(part) for part in _listed(_google_content(response), "parts")]
    return [
        ToolCall(str(attribute(call, "id") or ""), str(attribute(call, "name")), _arguments(attribute(call, "args")))
        for call in found
        if call is not None
    ]


def _google_keep(response: Any, wanted: Callable[[str], bool]) -> None:
    content = _google_content(response)
    kept = [
        part
        for part in _listed(content, "parts")
        if (call := _google_call(part)) is None or wanted(str(attribute(call, "name")))
    ]
    _put(content, "parts", kept)


def _google_turn(response: Any, answers: Sequence[ToolAnswer]) -> list[Body]:
    parts: list[Any] = []
    for each in answers:
        named = {"id": each.call.id} if each.call.id else {}
        parts.append({"functionResponse": {**named, "name": each.call.name, "response": {"output": each.text}}})
    # beside the answers: media inside a function response are for Gemini 3 and later alone
    parts += [google.FORMAT.write_image({}, image) for each in answers for image in each.images]
    return [plain(_google_content(response)), {"role": "user", "parts": parts}]


_TOOL_CONFIG = ("toolConfig", "tool_config")
_CALLING = ("functionCallingConfig", "function_calling_config")
_ALLOWED = ("allowedFunctionNames", "allowed_function_names")
_GENERATION = ("generationConfig", "generation_config")
_TYPED = ("responseMimeType", "response_mime_type", "responseSchema", "responseJsonSchema")
_FUNCTIONS = ("functionDeclarations", "function_declarations")


def _google_closed(body: Mapping[str, Any]) -> str:
    calling = first(first(body, _TOOL_CONFIG) or {}, _CALLING) or {}
    generation = first(body, _GENERATION) or {}
    if (first(generation, ("candidateCount", "candidate_count")) or 1) != 1:
        return SEVERAL
    if str(calling.get("mode") or "AUTO").rpartition(".")[2].upper() == "NONE":
        return NONE
    if first(generation, _TYPED) not in (None, "text/plain"):
        return "Gemini gives JSON or calls tools, not both"
    own = [tool for tool in body.get("tools") or () if is_mapping(tool)]
    functions = all(first(tool, _FUNCTIONS) is not None for tool in own)
    return "" if functions else "Gemini takes no functions beside its own tools"


def _google_opened(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a body in which a bounded choice of functions holds one more."""
    held = next((key for key in _TOOL_CONFIG if key in body), "")
    calling = next((key for key in _CALLING if held and key in (body[held] or {})), "")
    allowed = next((key for key in _ALLOWED if calling and (body[held][calling] or {}).get(key)), "")
    if not allowed:
        return body
    bounded = body[held][calling]
    return {**body, held: {**body[held], calling: {**bounded, allowed: [*bounded[allowed], name]}}}


TOOL_FORMATS = {
    "openai_chat": ToolFormat(
        lambda tool: {
            "type": "function",
            "function": {"name": tool.name, "description": tool.about, "parameters": dict(tool.schema)},
        },
        _chat_calls,
        _chat_keep,
        _chat_turn,
        _chat_closed,
        _choice_opened,
        "messages",
    ),
    "openai_responses": ToolFormat(
        lambda tool: {
            "type": "function",
            "name": tool.name,
            "description": tool.about,
            "parameters": dict(tool.schema),
            "strict": False,
        },
        _responses_calls,
        _responses_keep,
        _responses_turn,
        _responses_closed,
        _choice_opened,
        "input",
    ),
    "anthropic": ToolFormat(
        lambda tool: {"name": tool.name, "description": tool.about, "input_schema": dict(tool.schema)},
        _anthropic_calls,
        _anthropic_keep,
        _anthropic_turn,
        _anthropic_closed,
        _anthropic_opened,
        "messages",
    ),
    "google": ToolFormat(
        lambda tool: {
            "functionDeclarations": [{"name": tool.name, "description": tool.about, "parameters": dict(tool.schema)}]
        },
        _google_calls,
        _google_keep,
        _google_turn,
        _google_closed,
        _google_opened,
        "contents",
    ),
}
"""By the name of the wire format of a request's images."""
