"""From a document of any format to its messages and their blocks, each with its path, in the order they stand.

A document is a message list, one message, or a request body (also inside the envelope of a batch line). Only the places
where a format puts content are looked at: arguments of tool calls, for one, may look like images and are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

from headroom_nb.errors import MessageError
from headroom_nb.formats import ollama
from headroom_nb.formats.base import is_mapping
from headroom_nb.formats.frameworks import as_plain, fields_of
from headroom_nb.formats.registry import read_document, read_image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.formats.base import Source, WireFormat
    from headroom_nb.formats.document_block import DocumentFormat, DocumentSource
    from headroom_nb.records import BlockPath

Speaker = Literal["user", "assistant", "tool", "other"]

ENVELOPES = ("body", "params", "request")
"""Where the batch files of OpenAI, Anthropic and Google keep the request."""

LISTS = ("messages", "input", "contents")
"""Where a request body keeps its messages."""

CONTENT = ("content", "parts", "output", "blocks")
"""Where a message keeps its blocks."""

WRAPPERS = ("message", "kwargs", "data")
"""Where a line of a transcript (Claude Code) and messages that LangChain wrote as JSON keep the message."""

BARE_IMAGES = "images"
"""Where an Ollama message keeps its images, each a bare text."""

NESTED = (
    ("content",),  # Anthropic tool results, MCP results, pydantic-ai's parts of a request
    ("source", "content"),  # Anthropic documents made of blocks
    ("toolResult", "content"),  # Bedrock
    ("result",),  # Haystack's results of tools
    ("functionResponse", "parts"),  # Google
    ("function_response", "parts"),
)
"""Where a block keeps blocks of its own."""

MAX_DEPTH = 4
"""Levels of blocks in blocks; no format needs more than two."""

_ROLES: dict[str, Speaker] = {
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "model": "assistant",
    "tool": "tool",
    "function": "tool",
    "system": "other",
    "developer": "other",
}
"""Speakers by role; LangChain writes the role into ``type``."""

_INPUT_TYPES = frozenset(
    {
        "message",
        "text",
        "input_text",
        "image",
        "image_url",
        "input_image",
        "file",
        "input_file",
        "document",
        "input_audio",
    }
)
"""Types of items without a role that a user sends; every other one is the model's: calls, reasoning, references."""


@dataclass(frozen=True)
class Block:
    """A block.

    Attributes
    ----------
    path, value
        Where it stands, and what stands there.
    tool
        Path of the tool result it stands in; None for the message's own content.
    image
        Its format and source when it is an image.
    document
        Its kind and what it says when it is a document.
    original
        The object of a framework that ``value`` stands for; ``value`` itself where it is no such object.
    """

    path: BlockPath
    value: Any
    tool: BlockPath | None = None
    image: tuple[WireFormat, Source] | None = None
    original: Any = None
    document: tuple[DocumentFormat, DocumentSource] | None = None


@dataclass(frozen=True)
class Message:
    """Who speaks, and every block in order; a block's own blocks follow it."""

    speaker: Speaker
    blocks: tuple[Block, ...]


def request_body(document: Any) -> tuple[BlockPath, Mapping[str, Any] | None]:
    """Return the path and the value of the request body in a document; None when it is no request body."""
    document = fields_of(document)
    if not is_mapping(document):
        return (), None
    if any(key in document for key in LISTS) or _generates(document):
        return (), document
    for key in ENVELOPES:
        inner = document.get(key)
        if is_mapping(inner) and any(name in inner for name in LISTS):
            return (key,), inner
    return (), None


def _generates(document: Mapping[str, Any]) -> bool:
    """Return whether a document is a body of Ollama's ``/api/generate``, which has a prompt instead of messages."""
    return isinstance(document.get("prompt"), str) and isinstance(document.get(BARE_IMAGES), (list, tuple))


def check_document(document: Any) -> None:
    """Raise MessageError for what can be no conversation."""
    first = document[0] if isinstance(document, (list, tuple)) and document else None
    if isinstance(fields_of(document), (Mapping, list, tuple)) and not isinstance(first, (str, PathLike, list, tuple)):
        return
    from headroom_nb.formats.meant import what_is_wrong  # few documents come to this

    wrong = what_is_wrong(document)
    if wrong:
        raise MessageError(wrong)


def read_messages(document: Any) -> list[Message]:
    """Return the messages of a document; empty when it has none. Never raises."""
    path, body = request_body(document)
    if body is None:
        return _messages_of(document, ())
    if _generates(body):
        return [_message(body, path)]
    return [message for key in LISTS if key in body for message in _messages_of(body[key], (*path, key))]


def attribute(item: Any, name: str) -> Any:
    """Return a field of a message, be it a dict or an SDK's object; None when it has none."""
    if is_mapping(item):
        return item.get(name)
    try:
        return getattr(item, name, None)
    except Exception:  # noqa: BLE001 - an object that loads its fields when asked, and cannot any more
        return None


def _messages_of(value: Any, path: BlockPath) -> list[Message]:
    plain = fields_of(value)
    if isinstance(plain, str):
        return [Message("user", (Block(path, plain),))]
    if is_mapping(plain):
        return _messages_in(value, plain, path)
    if not isinstance(plain, (list, tuple)):
        loose = tuple(_blocks(value, path, None, 0)) if read_image(value) is not None else ()
        return [Message("user", loose)] if loose else []
    messages: list[Message] = []
    loose_blocks: list[Block] = []
    for index, item in enumerate(plain):
        fields = fields_of(item)
        if _is_loose(item, fields):
            loose_blocks.extend(_blocks(item, (*path, index), None, 0))
            continue
        if loose_blocks:
            messages.append(Message("user", tuple(loose_blocks)))
            loose_blocks = []
        messages.extend(_messages_in(item, fields, (*path, index)))
    return [*messages, Message("user", tuple(loose_blocks))] if loose_blocks else messages


def _messages_in(item: Any, fields: Any, path: BlockPath) -> list[Message]:
    """Return the messages of one item: itself, the one that it wraps, or those of a request among others."""
    if is_mapping(fields) and not any(key in fields for key in ("role", *CONTENT)):
        for key in WRAPPERS:
            if is_mapping(fields.get(key)) and any(name in fields[key] for name in CONTENT):
                return [_message(fields[key], (*path, key), outer=fields)]
        inner, body = request_body(fields) if path else ((), None)
        if body is not None:
            return [found for key in LISTS if key in body for found in _messages_of(body[key], (*path, *inner, key))]
    if is_mapping(fields) and read_image(item) is not None:
        return [Message("user", tuple(_blocks(item, path, None, 0)))]
    return [_message(fields, path)]


def _is_loose(item: Any, fields: Any) -> bool:
    """Return whether an item of a message list is a block without a message, as Google's SDK and pydantic-ai allow."""
    if isinstance(fields, str):
        return True
    if not is_mapping(fields):
        return read_image(item) is not None
    if any(key in fields for key in ("role", BARE_IMAGES, *CONTENT, *LISTS, *ENVELOPES, *WRAPPERS)):
        return False
    return _speaker(fields) == "user"


def _message(item: Any, path: BlockPath, outer: Any = None) -> Message:
    speaker = _speaker(item if outer is None or "role" in item or "type" in item else outer)
    tool = path if speaker == "tool" else None
    if not is_mapping(item):
        texts = tuple(Block(path, text, tool) for text in _texts_of_object(item))
        return Message(speaker, texts or (Block(path, item, tool),))
    blocks: list[Block] = []
    for key in CONTENT:
        if key in item:
            blocks.extend(_contained(item[key], (*path, key), tool, 0))
    bare = item.get(BARE_IMAGES)
    if isinstance(bare, (list, tuple)):
        if isinstance(item.get("prompt"), str):
            blocks.append(Block((*path, "prompt"), item["prompt"]))
        for index, entry in enumerate(bare):
            source = ollama.read(entry)
            image = (ollama.FORMAT, source) if source is not None else read_image(entry)
            blocks.append(Block((*path, BARE_IMAGES, index), as_plain(entry), tool, image, entry))
    return Message(speaker, tuple(blocks))


def _contained(value: Any, path: BlockPath, tool: BlockPath | None, depth: int) -> Iterator[Block]:
    """Yield the blocks of a list of blocks, or of a block that stands alone in its place."""
    if isinstance(value, (list, tuple)):
        for index, block in enumerate(value):
            yield from _blocks(block, (*path, index), tool, depth)
    elif value is not None:
        yield from _blocks(value, path, tool, depth)


def _blocks(value: Any, path: BlockPath, tool: BlockPath | None, depth: int) -> Iterator[Block]:
    """Yield a block and the blocks inside it, in order."""
    image = read_image(value)
    fields = fields_of(value)
    plain = as_plain(value) if image is not None or fields is not value else fields
    document = read_document(plain) if image is None else None
    if image is not None or document is not None:
        fields = plain
    yield Block(path, fields, tool, image, value, document)
    if document is not None or image is not None or not is_mapping(fields) or depth == MAX_DEPTH:
        return
    if fields.get("part_kind") != "user-prompt":  # pydantic-ai: the user's own words, in no tool result
        tool = tool or path
    for keys in NESTED:
        if keys[0] not in fields:
            continue
        inner: Any = fields
        for key in keys:
            inner = fields_of(inner.get(key)) if is_mapping(inner) else None
        if keys == ("result",) and not isinstance(inner, (list, tuple)):
            continue
        yield from _contained(inner, (*path, *keys), tool, depth + 1)


def _speaker(item: Any) -> Speaker:
    role, kind = attribute(item, "role"), attribute(item, "type")
    if attribute(item, "kind") == "response":  # pydantic-ai's answer of the model
        return "assistant"
    if isinstance(role, str):
        return _ROLES.get(role.lower(), "other")
    if not isinstance(kind, str) or kind in _INPUT_TYPES:
        return "user"
    return "tool" if kind.endswith("_output") else _ROLES.get(kind, "assistant")


def _texts_of_object(item: Any) -> list[str]:
    """Return the texts of an SDK's object, which is read but never written to."""
    texts: list[Any] = []
    for content in (attribute(item, "content"), attribute(item, "parts")):
        if isinstance(content, (list, tuple)):
            texts.extend(attribute(part, "text") for part in content)
        else:
            texts.append(content)
    return [text for text in texts if isinstance(text, str)]
