"""What was meant by something that is no conversation, in one sentence with the fix."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from headroom_nb.formats.frameworks import fields_of
from headroom_nb.runtime.files import is_file, shown

_MESSAGE = "[headroom_nb.user_message(question, {})] makes a conversation of it"

_KINDS = (
    "pass a message list, one message or a request body (headroom_nb.user_message(question, image) makes a message of "
    "an image)"
)


def what_is_wrong(document: Any) -> str:
    """Return why a document can be no conversation, and what to call instead; empty where it may be one."""
    if not isinstance(fields_of(document), (Mapping, list, tuple)):
        return _not_a_conversation(document)
    if isinstance(document, (list, tuple)) and all(map(_names_image, document)) and document:
        return _not_a_conversation(document[0])
    return _one_too_deep(document) if holds_conversations(document) else ""


def _names_image(value: object) -> bool:
    """Return whether text or a path names an image file that is there."""
    if not isinstance(value, (str, PathLike)) or isinstance(value, bytes):
        return False
    from headroom_nb.pictures.anything import IMAGE_SUFFIXES

    path = Path(value)
    return path.suffix.lower() in IMAGE_SUFFIXES and is_file(path)


def holds_conversations(value: Any) -> bool:
    """Return whether this is a list of message lists instead of one."""
    return (
        isinstance(value, (list, tuple))
        and bool(value)
        and all(isinstance(each, (list, tuple)) and bool(each) for each in value)
        and all(isinstance(message, Mapping) and "role" in message for each in value for message in each)
    )


def _one_too_deep(value: Any) -> str:
    """Return what to call for a list of message lists."""
    if len(value) == 1:
        return "this is a list with a conversation in it: pass the conversation itself, without the outer list"
    return (
        f"this is a list of {len(value)} conversations: pass one of them, [compress(each) for each in …], or "
        "compress_batch for many"
    )


def _not_a_conversation(value: Any) -> str:
    """Return what a value is instead of messages, and what to call."""
    from headroom_nb.pictures.libraries import READERS, kind_of
    from headroom_nb.pictures.plugins import sniff

    kind = type(value).__name__
    if isinstance(value, (str, PathLike)):
        if _names_image(value):
            return f"{shown(value)} is an image file, not a conversation; {_MESSAGE.format(repr(str(value)))}"
        if is_file(Path(value)):
            return f"{shown(value)} is a file, not a conversation; read its messages first, or use compress_batch"
        return f"{shown(value)} is not a conversation; the messages come first: {_KINDS}"
    if kind == "DataFrame":
        return (
            "a DataFrame is a table, not a conversation; df.headroom.compress(image=column, question=column) takes its "
            "rows"
        )
    if (isinstance(value, (bytes, bytearray)) and sniff(bytes(value))) or kind_of(value, READERS) is not None:
        return f"{kind} is an image, not a conversation; {_MESSAGE.format('image')}"
    return f"{kind} is not a conversation; {_KINDS}"
