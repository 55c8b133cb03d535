"""Wire formats: finding the images of a conversation, and writing others back in the format that came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.errors import format_path
from headroom_nb.formats.find import detect_provider, find_documents, find_images, request_model
from headroom_nb.formats.registry import FORMATS
from headroom_nb.formats.replace import document_refusal, refusal, replace_images
from headroom_nb.formats.slots import DocumentSlot, ImageSlot
from headroom_nb.lazy import lazy_names

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
    __getattr__ = lazy_names(__name__, {"user_message": "build"})  # reading messages needs nothing that builds them
