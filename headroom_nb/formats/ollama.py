"""Ollama: a message's ``images`` is a list of base64 texts, bytes, paths or ``Image`` objects.

There is no block, so no text can stand in its place.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, is_mapping
from headroom_nb.formats.frameworks import as_plain

if TYPE_CHECKING:
    from headroom_nb.records import ImagePart


def read(item: Any) -> Source | None:
    """Return the source of an entry of ``images``; the walk looks nowhere else for this format."""
    item = as_plain(item)
    if is_mapping(item):
        item = item.get("value")
    if isinstance(item, Path):
        return Source(item)
    if isinstance(item, str) and item[:8].lower().startswith(("http://", "https://")):
        return Source(reference=item)
    return Source(item, raw_bytes=True) if isinstance(item, (str, bytes)) else None


def write_image(item: Any, part: ImagePart) -> str | bytes:
    """Return another image, bytes or base64 as before."""
    item = item.get("value") if is_mapping(item) else item
    return part.data if isinstance(item, bytes) else part.base64


FORMAT = WireFormat("ollama", None, read, write_image, None)
