"""Wire formats: finding the images of a conversation, and writing others back in the format that came in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.errors import format_path
from headroom_nb.formats.find import detect_provider, find_documents, find_images, request_model
from headroom_nb.formats.registry import FORMATS
from headroom_nb.formats.replace import document_refusal, refusal, replace_images
from headroom_nb.formats.slots import DocumentSlot, ImageSlot

if TYPE_CHECKING:
    from headroom_nb.formats.build import user_message as user_message

__all__ = [
    "FORMATS",
    "DocumentSlot",
    "ImageSlot",
    "detect_provider",
    "document_refusal",
    "find_documents",
    "find_images",
    "format_path",
    "refusal",
    "replace_images",
    "request_model",
    "user_message",
]


if not TYPE_CHECKING:  # or a type checker would take any name for this one

    def __getattr__(name: str) -> Any:
        """Load what builds messages when it is first used: reading them needs none of it."""
        if name != "user_message":
            raise AttributeError(f"module 'headroom_nb.formats' has no attribute {name!r}")
        from headroom_nb.formats import build

        globals()[name] = build.user_message
        return build.user_message
