"""What a conversation holds that no format reads: named with its place and a remedy, so that nothing is passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import is_mapping
from headroom_nb.formats.google import FILE, INLINE, MIME, first
from headroom_nb.formats.leftovers import leftovers
from headroom_nb.formats.question import text_of
from headroom_nb.formats.text_images import SHORTEST, embedded, tokens_of
from headroom_nb.records import format_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
