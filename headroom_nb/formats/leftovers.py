"""Images and documents that stand where no format looks: found by what they are, wherever a conversation holds them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import is_image, is_mapping
from headroom_nb.formats.frameworks import fields_of
from headroom_nb.formats.text_images import SHORTEST, embedded, tokens_of
from headroom_nb.records import format_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from headroom_nb.records import BlockPath

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
    return {}


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
