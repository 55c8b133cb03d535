"""The flat records of images and documents, in the same columns, as data frames take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.errors import format_path
from headroom_nb.records.images import Technique

if TYPE_CHECKING:
    from headroom_nb.records.documents import DocumentResult
    from headroom_nb.records.images import ImageResult


def row_of_image(image: ImageResult, name: str) -> dict[str, Any]:
    """Return an image's record under the name it is shown by."""
    width, height = image.original_size or (None, None)
    return {
        "name": name,
        "kind": "image",
        "path": format_path(image.path),
        "question": image.question,
        "technique": image.done,
        "confidence": image.confidence,
        "width": width,
        "height": height,
        "original_tokens": image.original_tokens,
        "compressed_tokens": image.compressed_tokens,
        "saved_tokens": image.saved_tokens,
        "free_tokens": image.free_tokens,
        "traded_tokens": image.traded_tokens,
        "original_bytes": image.original_bytes,
        "compressed_bytes": image.compressed_bytes,
        "risk": image.risk,
        "exact": image.exact,
        "note": image.note,
        "error": image.error,
    }


def row_of_document(document: DocumentResult) -> dict[str, Any]:
    """Return a document's record, in the columns of an image's: its technique names the forms of its pages."""
    forms = ", ".join(dict.fromkeys(str(page.form) for page in document.pages)) if document.parts else ""
    return {
        "name": document.name or format_path(document.path),
        "kind": "document",
        "path": format_path(document.path),
        "question": document.question,
        "technique": forms or str(Technique.PRESERVE),
        "confidence": None,
        "width": None,
        "height": None,
        "original_tokens": document.original_tokens,
        "compressed_tokens": document.compressed_tokens,
        "saved_tokens": document.saved_tokens,
        "free_tokens": 0,
        "traded_tokens": document.saved_tokens,
        "original_bytes": document.original_bytes,
        "compressed_bytes": document.compressed_bytes,
        "risk": document.risk if document.parts else 0.0,
        "exact": document.exact,
        "note": document.note,
        "error": document.error,
    }
