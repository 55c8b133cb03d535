"""What a conversation holds that no format reads: named with its place and a remedy, so that nothing is passed over.

This is content that stands where a format looks, and images and documents that stand anywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import is_image, is_mapping
from headroom_nb.formats.frameworks import fields_of
from headroom_nb.formats.google import FILE, INLINE, MIME, first
from headroom_nb.formats.question import text_of
from headroom_nb.formats.text_images import SHORTEST, embedded, tokens_of
from headroom_nb.formats.walk import CONTENT, attribute
from headroom_nb.records import format_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from headroom_nb.formats.walk import Block, Message
    from headroom_nb.records import BlockPath

MOST_NAMED = 20
"""Places that are named; of further ones only their number."""

_DOCUMENTS = {"document", "file", "input_file", "pdf"}
_OFFICE = ("application/msword", "application/vnd", "application/rtf", "text/")
"""How media types of documents begin that are not read."""
_MEDIA_KEYS = {"image", "image_url", "image_data", "img", "picture", "base64", "b64_json", "data", "bytes", "file_data"}
_KNOWN = {
    "text", "input_text", "output_text", "refusal", "thinking", "redacted_thinking", "reasoning", "reasoning_text",
    "summary_text", "tool_use", "tool_call", "tool_result", "function_call", "function_call_output", "web_search_call",
    "file_search_call", "computer_call", "computer_call_output", "server_tool_use", "web_search_tool_result",
    "input_audio", "audio", "video", "video_url", "item_reference", "compaction", "encrypted_content",
}  # fmt: skip


def unread(messages: Sequence[Message], document: Any = None) -> tuple[str, ...]:
    """Return a sentence for each place whose content no format reads; empty when everything is understood.

    Parameters
    ----------
    messages
        As :func:`headroom_nb.formats.walk.read_messages` gives them.
    document
        The document they were read from: it is looked through for images and documents that stand elsewhere.
    """
    found: list[str] = []
    known: list[BlockPath] = []
    for message in messages:
        for block in message.blocks:
            sentences = list(_of_block(block))
            found += sentences
            is_text = block.original is not None and (isinstance(block.value, str) or text_of(block.value))
            if sentences or is_text or block.image is not None or block.document is not None:
                known.append(block.path)
    found += leftovers(document, known)
    if len(found) > MOST_NAMED:
        return (*found[:MOST_NAMED], f"{len(found) - MOST_NAMED:,} more places hold content that is not read")
    return tuple(found)


def _of_block(block: Block) -> Iterator[str]:
    where, value = format_path(block.path), block.value
    if block.image is not None or block.document is not None or value is None:
        return
    text = value if isinstance(value, str) else text_of(value)
    if text:
        yield from _of_text(where, text)
    elif is_mapping(value):
        yield from _of_mapping(where, value)
    elif not isinstance(value, (str, bytes, bool, int, float)):
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        yield f"{where} is a {kind}, which is not read; pass it as a dict (its model_dump(), for one)"


def _of_text(where: str, text: str) -> Iterator[str]:
    if len(text) < SHORTEST:
        return
    for found in embedded(text):
        yield (
            f"{where} holds an image as base64 inside its text, billed as about {tokens_of(found):,} text tokens; "
            'send it as an image block (text_images="extract" does where the format has a place for one)'
        )


def _of_mapping(where: str, value: Any) -> Iterator[str]:
    written = value.get("type")
    kind = written if isinstance(written, str) else None
    media_type = _media_type(value)
    if kind in _DOCUMENTS or (media_type or "").startswith(_OFFICE):
        what = media_type or "a document"
        yield f"{where} is a file ({what}): it is neither counted nor made smaller, and goes out as it is"
        return
    output = value.get("output")
    if isinstance(output, str):
        yield from _of_text(f"{where}.output", output)
    if kind in _KNOWN or not _MEDIA_KEYS & value.keys():
        return
    if media_type is not None and not media_type.startswith("image/"):
        return
    known = f"of type {kind!r}" if kind else f"with the keys {', '.join(map(str, list(value)[:4]))}"
    yield f"{where} is a block {known}, in which no format finds an image; headroom_nb.user_message writes one"


def _media_type(value: Any) -> str | None:
    """Return what a block says its data is."""
    inner = first(value, (*INLINE, *FILE, "source", "file"))
    for holder in (value, inner):
        if is_mapping(holder):
            name = first(holder, (*MIME, "media_type", "mediaType"))
            if isinstance(name, str):
                return name.lower()
    return None


DEEPEST = 12
"""Levels of lists and mappings that are looked through."""

NOT_SENT = frozenset({"artifact", "response_metadata", "usage_metadata", "tools", "metadata"})
"""Keys of what no model is shown as content: what LangChain keeps beside a result, what tools take."""

_FILES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"%PDF-", b"iVBORw0KGgo", b"/9j/", b"JVBERi0")
"""How images and PDFs begin, as they are and in base64."""

_KIND = re.compile(r"image|picture|screenshot|document|pdf|(?:^|[_-])file(?:$|[_-])|^media$")
_PASSED = re.compile(r"search|text|reference|_call$|citation|result")
_MIME = ("mimeType", "mime_type", "mediaType", "media_type", "contentType", "content_type", "mimetype")
_HELD = (
    "data", "url", "uri", "blob", "base64", "file_uri", "fileUri", "file_id", "fileId", "image_bytes", "source", "path",
)  # fmt: skip


def leftovers(document: Any, known: Collection[BlockPath]) -> Iterator[str]:
    """Yield a sentence for each image or document in a conversation that stands at none of the known paths.

    Parameters
    ----------
    document
        A message list, a message or a request body, in any shape.
    known
        Where blocks stand that a format reads, or that are named already.
    """
    above = {prefix for path in known for prefix in accumulate(((step,) for step in path), initial=())}
    yield from _look(document, (), set(known), above)


def _look(value: Any, path: BlockPath, known: set[BlockPath], above: set[BlockPath]) -> Iterator[str]:
    if path in known or len(path) > DEEPEST:
        return
    if isinstance(value, str):
        yield from _in_text(value, path)
    elif isinstance(value, (bytes, bytearray)):
        if bytes(value[:8]).startswith(_FILES):
            yield _named(path, "the bytes of an image or a PDF")
    elif is_image(value):
        yield _named(path, "an image of Pillow")
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _look(item, (*path, index), known, above)
    else:
        inner = _fields(value)
        what = "" if path in above else _media(inner)
        if what:
            yield _named(path, what)
            return
        for key, item in inner.items():
            if isinstance(key, str) and key not in NOT_SENT:
                yield from _look(item, (*path, key), known, above)


def _fields(value: Any) -> Mapping[Any, Any]:
    """Return the fields of a mapping or of an object that declares them; none for any other value."""
    plain = fields_of(value)
    if is_mapping(plain):
        return plain
    if isinstance(getattr(type(value), "model_fields", None), Mapping):
        return dict(vars(value))
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name, None) for each in fields(value)}
    return _own_fields(value)


def _own_fields(value: Any) -> Mapping[str, Any]:
    """Return what an object of any other class keeps under the names that messages and blocks have."""
    kind = type(value)
    if kind.__module__ == "builtins" or isinstance(value, type):
        return {}
    slots = (getattr(each, "__slots__", ()) for each in kind.__mro__)
    names = {name for each in slots for name in ((each,) if isinstance(each, str) else each)}
    kept = getattr(value, "__dict__", None)
    names = (names | kept.keys() if isinstance(kept, dict) else names) & _NAMES
    return {name: attribute(value, name) for name in sorted(names)}


_NAMES = frozenset({"type", "role", "message", *CONTENT, *_MEDIA_KEYS, *_MIME, *_HELD})


def _media(block: Mapping[Any, Any]) -> str:
    """Return what a mapping holds by its own words, where that is an image or a document; else an empty text."""
    kind = block.get("type")
    media_type = next((block[key] for key in _MIME if isinstance(block.get(key), str)), "")
    held = any(block.get(key) for key in _HELD)
    if held and media_type.startswith(("image/", "application/pdf")):
        return f"{media_type} data"
    if isinstance(kind, str) and _KIND.search(kind) and not _PASSED.search(kind) and len(block) > 1:
        return f"a block of type {kind[:40]!r}"
    return ""


def _in_text(text: str, path: BlockPath) -> Iterator[str]:
    if len(text) < SHORTEST:
        return
    for found in embedded(text):
        if len(found[0]) > 0.95 * len(text):
            yield _named(path, "an image as base64")
        else:
            yield (
                f"{format_path(path)} holds an image as base64 inside its text, billed as about "
                f"{tokens_of(found):,} text tokens where the model is shown it; send it as an image block"
            )


def _named(path: BlockPath, what: str) -> str:
    return (
        f"{format_path(path)} is {what} where no format reads one: it is neither counted nor made smaller, and goes "
        "out as it is; headroom_nb.user_message writes an image block"
    )
