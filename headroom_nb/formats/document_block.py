"""What a document block is, in any format: what it says of its document, and how another one is written for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, is_mapping
from headroom_nb.runtime.base64_text import data_url_media_type, is_data_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from headroom_nb.records import DocumentPart, ImagePart

PDF = "application/pdf"
PDF_IN_BASE64 = "JVBERi0"
"""How the base64 of ``%PDF-`` begins."""

MIME = ("mime_type", "mimeType", "media_type", "mediaType", "document_mimetype")
NAMES = ("filename", "file_name", "name", "title", "display_name", "displayName")


@dataclass(frozen=True)
class DocumentSource:
    """What a block says of its document.

    Attributes
    ----------
    source
        Where it is.
    name
        Its file name or title; empty where it has none.
    text
        A plain text that the block holds instead of a file; None for a file.
    citations
        Whether the block asks for citations, which name pages of the very file.
    """

    source: Source
    name: str = ""
    text: str | None = None
    citations: bool = False


@dataclass(frozen=True)
class DocumentFormat:
    """One way to write a document into a block.

    Attributes
    ----------
    name
        Key in :data:`DOCUMENTS`.
    provider
        Who speaks it, by the model table's name; None where several do.
    read
        Returns what a block says of its document, or None for any other block. Decodes nothing.
    write_document, write_text
        Return the block with another PDF, and a text block for its place.
    write_image
        Returns an image block for its place; None where none may stand there.
    writes_detail
        Whether a block can ask for a level of its pages' images.
    """

    name: str
    provider: str | None
    read: Callable[[Mapping[str, Any]], DocumentSource | None]
    write_document: Callable[[Mapping[str, Any], DocumentPart], dict[str, Any]]
    write_text: Callable[[Mapping[str, Any], str], dict[str, Any] | str]
    write_image: Callable[[Mapping[str, Any], ImagePart], dict[str, Any]] | None
    writes_detail: bool = False


def named(*holders: Any) -> str:
    """Return the file name or title that one of these mappings has; empty where none has one."""
    for holder in holders:
        for key in NAMES:
            if is_mapping(holder) and isinstance(holder.get(key), str) and holder[key].strip():
                return str(holder[key]).strip()
    return ""


def wants_citations(block: Mapping[str, Any]) -> bool:
    """Return whether a block asks for citations."""
    citations = block.get("citations")
    return is_mapping(citations) and citations.get("enabled") is True


def inline(data: object, media_type: str | None, *, raw: bool = True) -> Source | None:
    """Return the source of inline data that is a PDF by its label or, without one, by its first bytes."""
    if isinstance(data, str) and is_data_url(data):
        kind = data_url_media_type(data)
        pdf = kind == PDF or (kind in {None, "application/octet-stream"} and f",{PDF_IN_BASE64}" in data[:200])
        return Source(data, "data-url", media_type=PDF) if pdf else None
    if media_type not in {None, PDF, "application/octet-stream"}:
        return None
    begins = (isinstance(data, str) and data[:16].lstrip().startswith(PDF_IN_BASE64)) or (
        isinstance(data, (bytes, bytearray)) and b"%PDF-" in data[:1024]
    )
    if media_type == PDF or begins:
        return Source(bytes(data) if isinstance(data, bytearray) else data, media_type=PDF, raw_bytes=raw)
    return None


def declared(*holders: Any) -> str | None:
    """Return the media type that one of these mappings declares, in lower case; None where none does."""
    for holder in holders:
        for key in MIME:
            if is_mapping(holder) and isinstance(holder.get(key), str):
                return str(holder[key]).lower().partition(";")[0].strip()
    return None


def encoded(part: DocumentPart, before: object) -> str | bytes:
    """Return a PDF in the style that stood there: bytes, a data URL or base64."""
    if isinstance(before, (bytes, bytearray)):
        return part.data
    return data_url(part) if isinstance(before, str) and is_data_url(before) else part.base64


def data_url(part: DocumentPart) -> str:
    """Return a PDF as a data URL."""
    return f"data:{PDF};base64,{part.base64}"
