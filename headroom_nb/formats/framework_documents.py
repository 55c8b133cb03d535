"""Document blocks of frameworks and SDKs: LangChain, Vercel, Haystack, MCP, LlamaIndex, pydantic-ai."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, is_mapping, text_or_none, without
from headroom_nb.formats.document_block import (
    PDF,
    DocumentFormat,
    DocumentSource,
    declared,
    encoded,
    inline,
    named,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import DocumentPart, ImagePart


# ---- LangChain, Vercel, Haystack, MCP resources: a PDF by its media type under one of several keys

_FILE_DATA = ("base64", "data", "base64_data", "blob")
_FILE_REFERENCES = ("url", "file_id", "id", "uri", "fileId")


def _held(block: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what describes the file: the block, or the mapping in it that does."""
    if text_or_none(block.get("type")) in {"file", "media"}:
        return block
    for key in ("resource", "file"):
        if is_mapping(block.get(key)):
            inner: Mapping[str, Any] = block[key]
            return inner
    return block if "base64_data" in block else None


def _read_file(block: Mapping[str, Any]) -> DocumentSource | None:
    held = _held(block)
    if held is None or declared(held) != PDF:
        return None
    key = next((key for key in _FILE_DATA if held.get(key) is not None), None)
    data = None if key is None else held[key]
    if isinstance(data, str) and data.startswith(("http://", "https://")):
        return DocumentSource(Source(reference=data, media_type=PDF), named(block, held))
    if isinstance(data, Path):
        return DocumentSource(Source(data, media_type=PDF, raw_bytes=True), named(block, held))
    if data is None:
        place = next((text_or_none(held[key]) for key in _FILE_REFERENCES if held.get(key) is not None), None)
        return DocumentSource(Source(reference=place or "a file", media_type=PDF), named(block, held))
    found = inline(data, PDF)
    return None if found is None else DocumentSource(found, named(block, held.get("metadata"), held))


def _write_file(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    held = _held(block)
    if held is None:
        raise ValueError("no file block")
    key = next(key for key in _FILE_DATA if held.get(key) is not None)
    changed = {**held, key: encoded(part, held[key])}
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
        return DocumentSource(Source(reference=str(block["path"]), media_type=PDF), named(block)) if pdf else None
    if data is None and block.get("url") is not None:
        return DocumentSource(Source(reference=str(block["url"]), media_type=PDF), named(block))
    found = inline(data, declared(block))
    return None if found is None else DocumentSource(found, named(block))


def _write_llama(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    data = part.base64 if isinstance(block.get("data"), str) else part.base64.encode("ascii")
    return {**block, "data": data}


# ---- pydantic-ai: {"kind": "document-url", "url"} and {"kind": "binary", "media_type": "application/pdf", "data"}


def _read_pydantic(block: Mapping[str, Any]) -> DocumentSource | None:
    if block.get("kind") == "document-url":
        return DocumentSource(Source(reference=str(block.get("url")), media_type=PDF), named(block))
    if block.get("kind") == "binary" and declared(block) == PDF:
        found = inline(block.get("data"), PDF)
        return None if found is None else DocumentSource(found, text_or_none(block.get("identifier")) or "")
    return None


def _write_pydantic(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    return {**block, "data": encoded(part, block.get("data"))}


def _pydantic_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    data = part.base64 if isinstance(block.get("data"), str) else part.data
    return {**without(block, "identifier"), "data": data, "media_type": part.media_type}


FORMATS = (
    DocumentFormat("file_document", None, _read_file, _write_file, _file_text, None),
    DocumentFormat(
        "llama_document",
        None,
        _read_llama,
        _write_llama,
        lambda _, text: {"block_type": "text", "text": text},
        None,
    ),
    DocumentFormat("pydantic_document", None, _read_pydantic, _write_pydantic, lambda _, text: text, _pydantic_image),
)
"""Those without a provider of their own."""
