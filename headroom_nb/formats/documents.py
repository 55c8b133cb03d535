"""Blocks that hold a document, in every format: recognised by their shape, as those of images are.

Only PDF is made smaller. Documents of plain text, and those behind an address or a file id, are recognised so that they
can be counted or named.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.formats import anthropic, bedrock, google, openai_chat, openai_responses
from headroom_nb.formats.base import Source, is_mapping, text_or_none, without
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
    """

    name: str
    provider: str | None
    read: Callable[[Mapping[str, Any]], DocumentSource | None]
    write_document: Callable[[Mapping[str, Any], DocumentPart], dict[str, Any]]
    write_text: Callable[[Mapping[str, Any], str], dict[str, Any] | str]
    write_image: Callable[[Mapping[str, Any], ImagePart], dict[str, Any]] | None


def _named(*holders: Any) -> str:
    for holder in holders:
        for key in NAMES:
            if is_mapping(holder) and isinstance(holder.get(key), str) and holder[key].strip():
                return str(holder[key]).strip()
    return ""


def _enabled(block: Mapping[str, Any]) -> bool:
    citations = block.get("citations")
    return is_mapping(citations) and citations.get("enabled") is True


def _inline(data: object, media_type: str | None, *, raw: bool = True) -> Source | None:
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


def _mime(*holders: Any) -> str | None:
    for holder in holders:
        for key in MIME:
            if is_mapping(holder) and isinstance(holder.get(key), str):
                return str(holder[key]).lower().partition(";")[0].strip()
    return None


def _encoded(part: DocumentPart, before: object) -> str | bytes:
    """Return a PDF in the style that stood there: bytes, a data URL or base64."""
    if isinstance(before, (bytes, bytearray)):
        return part.data
    return _url(part) if isinstance(before, str) and is_data_url(before) else part.base64


def _url(part: DocumentPart) -> str:
    return f"data:{PDF};base64,{part.base64}"


# ---- Anthropic: {"type": "document", "source": {"type": "base64" | "url" | "file" | "text" | "content", …}}


def _read_anthropic(block: Mapping[str, Any]) -> DocumentSource | None:
    source = block.get("source")
    if block.get("type") != "document" or not is_mapping(source):
        return None
    name, citations, kind = _named(block), _enabled(block), source.get("type")
    if kind in {"text", "content"}:
        data = source.get("data" if kind == "text" else "content")
        if not isinstance(data, str):
            return None  # its blocks are read one by one
        return DocumentSource(Source(media_type="text/plain"), name, data, citations=citations)
    for key in ("url", "file_id"):
        if isinstance(source.get(key), str) and "data" not in source:
            return DocumentSource(Source(reference=source[key], media_type=PDF), name, citations=citations)
    found = _inline(source.get("data"), text_or_none(source.get("media_type")))
    return None if found is None else DocumentSource(found, name, citations=citations)


def _write_anthropic(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    kept = without(block["source"], "url", "file_id")
    return {**block, "source": {**kept, "type": "base64", "media_type": PDF, "data": part.base64}}


def _anthropic_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return a text block; a document of plain text where there is a title or context, which no text block takes."""
    if block.get("title") or block.get("context"):
        return {**block, "source": {"type": "text", "media_type": "text/plain", "data": text}}
    return {**without(block, "source", "title", "context", "citations"), "type": "text", "text": text}


def _anthropic_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    plain = {**without(block, "source", "title", "context", "citations"), "type": "image"}
    return anthropic.FORMAT.write_image(plain, part)  # type: ignore[no-any-return]


# ---- OpenAI Chat: {"type": "file", "file": {"filename", "file_data" | "file_id"}}


def _read_openai(block: Mapping[str, Any]) -> DocumentSource | None:
    file = block.get("file")
    if block.get("type") != "file" or not is_mapping(file):
        return None
    if isinstance(file.get("file_id"), str) and not file.get("file_data"):
        return DocumentSource(Source(reference=file["file_id"]), _named(file))
    found = _inline(file.get("file_data"), None)
    return None if found is None else DocumentSource(found, _named(file))


def _write_openai(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    return {**block, "file": {**block["file"], "file_data": _encoded(part, block["file"].get("file_data"))}}


def _openai_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    return {**without(block, "file"), "type": "text", "text": text}


def _openai_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    plain = {**without(block, "file"), "type": "image_url", "image_url": {}}
    return openai_chat.FORMAT.write_image(plain, part)  # type: ignore[no-any-return]


# ---- OpenAI Responses: {"type": "input_file", "filename", "file_data" | "file_id" | "file_url", "detail"}

_INPUT_FILE = ("file_data", "file_id", "file_url", "filename", "detail")


def _read_input_file(block: Mapping[str, Any]) -> DocumentSource | None:
    if block.get("type") != "input_file":
        return None
    detail = block.get("detail") if block.get("detail") in {"low", "high"} else "auto"
    for key in ("file_id", "file_url"):
        if isinstance(block.get(key), str) and not block.get("file_data"):
            return DocumentSource(Source(reference=block[key], detail=str(detail)), _named(block))
    found = _inline(block.get("file_data"), None)
    if found is None:
        return None
    return DocumentSource(Source(found.data, found.encoding, media_type=PDF, detail=str(detail)), _named(block))


def _write_input_file(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    level = {} if part.detail is None else {"detail": part.detail}
    return {**block, "file_data": _encoded(part, block.get("file_data")), **level}


def _input_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    return {**without(block, *_INPUT_FILE), "type": "input_text", "text": text}


def _input_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    plain = {**without(block, *_INPUT_FILE), "type": "input_image", "detail": "auto"}
    return openai_responses.FORMAT.write_image(plain, part)  # type: ignore[no-any-return]


# ---- Google: {"inlineData": {"mimeType": "application/pdf", "data"}} or fileData


def _read_google(block: Mapping[str, Any]) -> DocumentSource | None:
    level = google.level_of(google.first(block, google.RESOLUTION))
    inline = google.first(block, google.INLINE)
    if is_mapping(inline):
        found = _inline(inline.get("data"), _mime(inline))
        if found is not None:
            return DocumentSource(Source(found.data, media_type=PDF, detail=level, raw_bytes=True), _named(inline))
    file = google.first(block, google.FILE)
    if is_mapping(file) and _mime(file) == PDF:
        uri = text_or_none(google.first(file, ("fileUri", "file_uri")))
        return DocumentSource(Source(reference=uri or "a file", media_type=PDF, detail=level), _named(file))
    return None


def _write_google(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    key = next(key for key in google.INLINE if block.get(key) is not None)
    written = {**block, key: {**block[key], "data": _encoded(part, block[key].get("data"))}}
    if part.detail is not None:
        level = next((name for name in google.RESOLUTION if name in block), google.RESOLUTION[google.INLINE.index(key)])
        written[level] = {"level": google.DETAILS[part.detail]}
    return written


def _google_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    key = next((key for key in google.INLINE if block.get(key) is not None), google.INLINE[0])
    held = block.get(key)
    style = {mime: "" for mime in google.MIME if is_mapping(held) and mime in held}
    data = b"" if is_mapping(held) and isinstance(held.get("data"), (bytes, bytearray)) else ""
    plain = {**without(block, *google.INLINE, *google.FILE, *google.RESOLUTION), key: {**style, "data": data}}
    return google.FORMAT.write_image(plain, part)  # type: ignore[no-any-return]


# ---- Bedrock: {"document": {"format": "pdf", "name", "source": {"bytes" | "s3Location" | "text"}, "citations"}}


def _read_bedrock(block: Mapping[str, Any]) -> DocumentSource | None:
    document = block.get("document")
    if not is_mapping(document) or not is_mapping(document.get("source")):
        return None
    source, name, citations = document["source"], _named(document), _enabled(document)
    if isinstance(source.get("text"), str):
        return DocumentSource(Source(media_type="text/plain"), name, source["text"], citations=citations)
    if document.get("format") not in {"pdf", None}:
        return None
    stored = source.get("s3Location")
    if is_mapping(stored) and source.get("bytes") is None:
        return DocumentSource(Source(reference=str(stored.get("uri")), media_type=PDF), name, citations=citations)
    found = _inline(source.get("bytes"), PDF)
    return None if found is None else DocumentSource(found, name, citations=citations)


def _write_bedrock(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    document = block["document"]
    data = _encoded(part, document["source"].get("bytes"))
    return {**block, "document": {**document, "source": {**document["source"], "bytes": data}}}


def _bedrock_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    held = block["document"]["source"].get("bytes")
    empty: Any = "" if isinstance(held, str) else b""
    plain = {**without(block, "document"), "image": {"source": {"bytes": empty}}}
    return bedrock.FORMAT.write_image(plain, part)  # type: ignore[no-any-return]


# ---- LangChain, Vercel, Haystack, MCP resources: a PDF by its media type under one of several keys

_FILE_DATA = ("base64", "data", "base64_data", "blob")
_FILE_REFERENCES = ("url", "file_id", "id", "uri", "fileId")


def _held(block: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what describes the file: the block, or the mapping in it that does."""
    if block.get("type") in {"file", "media"}:
        return block
    for key in ("resource", "file"):
        if is_mapping(block.get(key)):
            inner: Mapping[str, Any] = block[key]
            return inner
    return block if "base64_data" in block else None


def _read_file(block: Mapping[str, Any]) -> DocumentSource | None:
    held = _held(block)
    if held is None or _mime(held) != PDF:
        return None
    key = next((key for key in _FILE_DATA if held.get(key) is not None), None)
    data = None if key is None else held[key]
    if isinstance(data, str) and data.startswith(("http://", "https://")):
        return DocumentSource(Source(reference=data, media_type=PDF), _named(block, held))
    if isinstance(data, Path):
        return DocumentSource(Source(data, media_type=PDF, raw_bytes=True), _named(block, held))
    if data is None:
        place = next((text_or_none(held[key]) for key in _FILE_REFERENCES if held.get(key) is not None), None)
        return DocumentSource(Source(reference=place or "a file", media_type=PDF), _named(block, held))
    found = _inline(data, PDF)
    return None if found is None else DocumentSource(found, _named(block, held.get("metadata"), held))


def _write_file(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    held = _held(block)
    if held is None:
        raise ValueError("no file block")
    key = next(key for key in _FILE_DATA if held.get(key) is not None)
    changed = {**held, key: _encoded(part, held[key])}
    if held is block:
        return changed
    return {**block, next(name for name in ("resource", "file") if block.get(name) is held): changed}


def _file_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    if "base64_data" in block or is_mapping(block.get("file")):
        return {"text": text}
    return {"type": "text", "text": text}


# ---- LlamaIndex: {"block_type": "document", "data" | "path" | "url", "document_mimetype", "title"}


def _read_llama(block: Mapping[str, Any]) -> DocumentSource | None:
    if block.get("block_type") != "document":
        return None
    data = block.get("data")
    if isinstance(data, bytes):
        data = data if data[:5] == b"%PDF-" else data.decode("latin-1")
    if data is None and block.get("path") is not None:
        pdf = str(block["path"]).lower().endswith(".pdf")
        return DocumentSource(Source(reference=str(block["path"]), media_type=PDF), _named(block)) if pdf else None
    if data is None and block.get("url") is not None:
        return DocumentSource(Source(reference=str(block["url"]), media_type=PDF), _named(block))
    found = _inline(data, _mime(block))
    return None if found is None else DocumentSource(found, _named(block))


def _write_llama(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    data = part.base64 if isinstance(block.get("data"), str) else part.base64.encode("ascii")
    return {**block, "data": data}


# ---- pydantic-ai: {"kind": "document-url", "url"} and {"kind": "binary", "media_type": "application/pdf", "data"}


def _read_pydantic(block: Mapping[str, Any]) -> DocumentSource | None:
    if block.get("kind") == "document-url":
        return DocumentSource(Source(reference=str(block.get("url")), media_type=PDF), _named(block))
    if block.get("kind") == "binary" and _mime(block) == PDF:
        found = _inline(block.get("data"), PDF)
        return None if found is None else DocumentSource(found, text_or_none(block.get("identifier")) or "")
    return None


def _write_pydantic(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    return {**block, "data": _encoded(part, block.get("data"))}


def _pydantic_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    data = part.base64 if isinstance(block.get("data"), str) else part.data
    return {**without(block, "identifier"), "data": data, "media_type": part.media_type}


# ---- Mistral: {"type": "document_url", "document_url": "data:application/pdf;…" | "https://…", "document_name"}


def _read_mistral(block: Mapping[str, Any]) -> DocumentSource | None:
    url = block.get("document_url")
    if block.get("type") != "document_url" or not isinstance(url, str):
        return None
    name = text_or_none(block.get("document_name")) or ""
    found = _inline(url, None) if is_data_url(url) else Source(reference=url, media_type=PDF)
    return None if found is None else DocumentSource(found, name)


def _write_mistral(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    return {**block, "document_url": _url(part)}


def _mistral_image(_: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    return {"type": "image_url", "image_url": openai_chat.data_url(part)}


DOCUMENTS: dict[str, DocumentFormat] = {
    each.name: each
    for each in (
        DocumentFormat(
            "anthropic_document", "anthropic", _read_anthropic, _write_anthropic, _anthropic_text, _anthropic_image
        ),
        DocumentFormat("openai_file", "openai", _read_openai, _write_openai, _openai_text, _openai_image),
        DocumentFormat("openai_input_file", "openai", _read_input_file, _write_input_file, _input_text, _input_image),
        DocumentFormat("google_document", "google", _read_google, _write_google, google.write_text, _google_image),
        DocumentFormat(
            "bedrock_document",
            "bedrock",
            _read_bedrock,
            _write_bedrock,
            lambda block, text: {**without(block, "document"), "text": text},
            _bedrock_image,
        ),
        DocumentFormat("file_document", None, _read_file, _write_file, _file_text, None),
        DocumentFormat(
            "llama_document",
            None,
            _read_llama,
            _write_llama,
            lambda _, text: {"block_type": "text", "text": text},
            None,
        ),
        DocumentFormat(
            "pydantic_document", None, _read_pydantic, _write_pydantic, lambda _, text: text, _pydantic_image
        ),
        DocumentFormat(
            "mistral_document",
            "mistral",
            _read_mistral,
            _write_mistral,
            lambda _, text: {"type": "text", "text": text},
            _mistral_image,
        ),
    )
}
"""Every kind of document block by name; the shapes exclude each other."""

_TYPES = {"document", "file", "input_file", "media", "resource", "document_url"}
_KEYS = ("inlineData", "inline_data", "fileData", "file_data", "document", "block_type", "kind", "base64_data", "file")


def read_document(block: Any) -> tuple[DocumentFormat, DocumentSource] | None:
    """Return a block's kind and what it says of its document; None for any other block. Never raises."""
    if not is_mapping(block):
        return None
    kind = block.get("type")
    if not (isinstance(kind, str) and kind in _TYPES) and not any(key in block for key in _KEYS):
        return None
    for each in DOCUMENTS.values():
        found = each.read(block)
        if found is not None:
            return each, found
    return None
