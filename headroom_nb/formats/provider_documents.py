"""Document blocks of the providers' own APIs, recognised by their shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats import anthropic, bedrock, google, openai_chat, openai_responses
from headroom_nb.formats.base import Source, is_mapping, text_or_none, without
from headroom_nb.formats.document_block import (
    PDF,
    DocumentFormat,
    DocumentSource,
    data_url,
    declared,
    encoded,
    inline,
    named,
    wants_citations,
)
from headroom_nb.runtime.base64_text import is_data_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import DocumentPart, ImagePart


# ---- Anthropic: {"type": "document", "source": {"type": "base64" | "url" | "file" | "text" | "content", …}}


def _read_anthropic(block: Mapping[str, Any]) -> DocumentSource | None:
    source = block.get("source")
    if block.get("type") != "document" or not is_mapping(source):
        return None
    name, citations, kind = named(block), wants_citations(block), text_or_none(source.get("type"))
    if kind in {"text", "content"}:
        data = source.get("data" if kind == "text" else "content")
        if not isinstance(data, str):
            return None  # its blocks are read one by one
        return DocumentSource(Source(media_type="text/plain"), name, data, citations=citations)
    for key in ("url", "file_id"):
        if isinstance(source.get(key), str) and "data" not in source:
            return DocumentSource(Source(reference=source[key], media_type=PDF), name, citations=citations)
    found = inline(source.get("data"), text_or_none(source.get("media_type")))
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
        return DocumentSource(Source(reference=file["file_id"]), named(file))
    found = inline(file.get("file_data"), None)
    return None if found is None else DocumentSource(found, named(file))


def _write_openai(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    return {**block, "file": {**block["file"], "file_data": encoded(part, block["file"].get("file_data"))}}


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
    detail = level if (level := text_or_none(block.get("detail"))) in {"low", "high"} else "auto"
    for key in ("file_id", "file_url"):
        if isinstance(block.get(key), str) and not block.get("file_data"):
            return DocumentSource(Source(reference=block[key], detail=str(detail)), named(block))
    found = inline(block.get("file_data"), None)
    if found is None:
        return None
    return DocumentSource(Source(found.data, found.encoding, media_type=PDF, detail=str(detail)), named(block))


def _write_input_file(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    level = {} if part.detail is None else {"detail": part.detail}
    return {**block, "file_data": encoded(part, block.get("file_data")), **level}


def _input_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    return {**without(block, *_INPUT_FILE), "type": "input_text", "text": text}


def _input_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    plain = {**without(block, *_INPUT_FILE), "type": "input_image", "detail": "auto"}
    return openai_responses.FORMAT.write_image(plain, part)  # type: ignore[no-any-return]


# ---- Google: {"inlineData": {"mimeType": "application/pdf", "data"}} or fileData


def _read_google(block: Mapping[str, Any]) -> DocumentSource | None:
    level = google.level_of(google.first(block, google.RESOLUTION))
    held = google.first(block, google.INLINE)
    if is_mapping(held):
        found = inline(held.get("data"), declared(held))
        if found is not None:
            return DocumentSource(Source(found.data, media_type=PDF, detail=level, raw_bytes=True), named(held))
    file = google.first(block, google.FILE)
    if is_mapping(file) and declared(file) == PDF:
        uri = text_or_none(google.first(file, ("fileUri", "file_uri")))
        return DocumentSource(Source(reference=uri or "a file", media_type=PDF, detail=level), named(file))
    return None


def _write_google(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    key = next(key for key in google.INLINE if block.get(key) is not None)
    written = {**block, key: {**block[key], "data": encoded(part, block[key].get("data"))}}
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
    source, name, citations = document["source"], named(document), wants_citations(document)
    if isinstance(source.get("text"), str):
        return DocumentSource(Source(media_type="text/plain"), name, source["text"], citations=citations)
    if document.get("format") not in ("pdf", None):  # whatever it is
        return None
    stored = source.get("s3Location")
    if is_mapping(stored) and source.get("bytes") is None:
        return DocumentSource(Source(reference=str(stored.get("uri")), media_type=PDF), name, citations=citations)
    found = inline(source.get("bytes"), PDF)
    return None if found is None else DocumentSource(found, name, citations=citations)


def _write_bedrock(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    document = block["document"]
    data = encoded(part, document["source"].get("bytes"))
    return {**block, "document": {**document, "source": {**document["source"], "bytes": data}}}


def _bedrock_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    held = block["document"]["source"].get("bytes")
    empty: Any = "" if isinstance(held, str) else b""
    plain = {**without(block, "document"), "image": {"source": {"bytes": empty}}}
    return bedrock.FORMAT.write_image(plain, part)  # type: ignore[no-any-return]


# ---- Mistral: {"type": "document_url", "document_url": "data:application/pdf;…" | "https://…", "document_name"}


def _read_mistral(block: Mapping[str, Any]) -> DocumentSource | None:
    url = block.get("document_url")
    if block.get("type") != "document_url" or not isinstance(url, str):
        return None
    name = text_or_none(block.get("document_name")) or ""
    found = inline(url, None) if is_data_url(url) else Source(reference=url, media_type=PDF)
    return None if found is None else DocumentSource(found, name)


def _write_mistral(block: Mapping[str, Any], part: DocumentPart) -> dict[str, Any]:
    return {**block, "document_url": data_url(part)}


def _mistral_image(_: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    return {"type": "image_url", "image_url": openai_chat.data_url(part)}


FORMATS = (
    DocumentFormat(
        "anthropic_document", "anthropic", _read_anthropic, _write_anthropic, _anthropic_text, _anthropic_image
    ),
    DocumentFormat("openai_file", "openai", _read_openai, _write_openai, _openai_text, _openai_image),
    DocumentFormat(
        "openai_input_file",
        "openai",
        _read_input_file,
        _write_input_file,
        _input_text,
        _input_image,
        writes_detail=True,
    ),
    DocumentFormat(
        "google_document", "google", _read_google, _write_google, google.write_text, _google_image, writes_detail=True
    ),
    DocumentFormat(
        "bedrock_document",
        "bedrock",
        _read_bedrock,
        _write_bedrock,
        lambda block, text: {**without(block, "document"), "text": text},
        _bedrock_image,
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
"""Anthropic, OpenAI, Google, Bedrock, Mistral."""
