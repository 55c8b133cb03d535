"""Ollama: a message's ``images`` is a list of base64 texts. There is no block, so no text can stand in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat

if TYPE_CHECKING:
    from headroom_nb.records import ImagePart


def read(item: Any) -> Source | None:
    """Return the source of an entry of ``images``; the walk looks nowhere else for this format."""
    if isinstance(item, str) and item[:8].lower().startswith(("http://", "https://")):
        return Source(reference=item)
    return Source(item, raw_bytes=True) if isinstance(item, (str, bytes)) else None


def write_image(item: str | bytes, part: ImagePart) -> str | bytes:
    """Return another image, bytes or base64 as before."""
    return part.data if isinstance(item, bytes) else part.base64


FORMAT = WireFormat("ollama", None, read, write_image, None)
