"""One image found in a document: where it stands, what it shows, what was asked of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from headroom_nb.runtime.base64_text import EncodedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from headroom_nb.formats.document_block import DocumentSource
    from headroom_nb.records import BlockPath


def address_name(address: str) -> str:
    """Return the file name at the end of a URL; empty where it has none."""
    # by hand: the library refuses addresses with odd brackets, and this one is only named
    path = re.split("[?#]", address.partition("://")[2], maxsplit=1)[0].partition("/")[2]
    name = PurePath(unquote(path)).name
    return name if PurePath(name).suffix else ""


@dataclass(frozen=True)
class ImageSlot:
    """An image block in a message list or request body.

    Attributes
    ----------
    path
        Keys and indices from the document to the block; the last one is an index into the list that holds the
        block, or a key where a block stands alone in its place.
    format
        Name of the wire format the block is written in (a key of ``FORMATS``).
    block
        The block itself (bare text or bytes in an Ollama message); never mutated.
    detail
        The detail level asked for, in the package's words (``"low"``, ``"medium"``, ``"high"``, ``"ultra_high"``,
        ``"original"``), or ``"auto"`` when the block and its request leave it open.
    question
        Text of the image's own turn (see :mod:`headroom_nb.formats.question`).
    reference
        URL or file id when the image is not inline, else None. Never fetched here.
    declared_media_type
        What the block says the bytes are; the bytes decide.
    raw
        The encoded image as it stands in the block (base64 or data-URL text, or bytes), to recognise it by; None when
        it is not inline or of a wrong type.
    load
        Decodes and returns the image's bytes; raises ImageSourceError with the path when they cannot be had.
    original
        What stands in the document: the object of a framework that ``block`` was read from, or ``block`` itself.
    """

    path: BlockPath
    format: str
    block: Mapping[str, Any] | str | bytes = field(repr=False)
    detail: str
    question: str
    reference: str | None = field(repr=False)
    declared_media_type: str | None
    raw: str | bytes | None = field(repr=False)
    load: Callable[[], bytes] = field(repr=False)
    original: Any = field(default=None, repr=False)

    def held(self, data: bytes) -> bytes | Callable[[], bytes]:
        """Return what gives the bytes that were loaded: where base64 stands in the document, that; else themselves."""
        return EncodedFile(self.raw) if isinstance(self.raw, str) else data


@dataclass(frozen=True)
class DocumentSlot:
    """A document block in a message list or request body.

    Attributes
    ----------
    path, block, detail, question, original
        As of :class:`ImageSlot`.
    format
        Name of its kind (a key of :data:`headroom_nb.formats.registry.DOCUMENTS`).
    held
        What the block says of its document.
    load
        Decodes and returns the file's bytes; raises ImageSourceError with the path when they cannot be had.
    """

    path: BlockPath
    format: str
    block: Mapping[str, Any] = field(repr=False)
    detail: str
    question: str
    held: DocumentSource = field(repr=False)
    load: Callable[[], bytes] = field(repr=False)
    original: Any = field(default=None, repr=False)

    @property
    def reference(self) -> str | None:
        """URL or file id when the document is not inline."""
        return self.held.source.reference

    @property
    def name(self) -> str:
        """Its file name or title, or the file name in its address; empty where it has none."""
        return self.held.name or ("" if self.reference is None else address_name(self.reference))
