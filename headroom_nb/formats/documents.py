"""Blocks that hold a document, in every format: recognised by their shape, as those of images are.

Only PDF is made smaller. Documents of plain text, and those behind an address or a file id, are recognised so that they
can be counted or named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats import framework_documents, provider_documents
from headroom_nb.formats.base import is_mapping

if TYPE_CHECKING:
    from headroom_nb.formats.document_block import DocumentFormat, DocumentSource

DOCUMENTS: dict[str, DocumentFormat] = {
    each.name: each for each in (*provider_documents.FORMATS, *framework_documents.FORMATS)
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
