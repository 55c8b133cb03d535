"""Wire formats: finding the images of a conversation, and writing others back in the format that came in."""

from headroom_nb.formats.build import user_message
from headroom_nb.formats.find import detect_provider, find_documents, find_images, request_model
from headroom_nb.formats.registry import FORMATS
from headroom_nb.formats.replace import document_refusal, refusal, replace_images
from headroom_nb.formats.slots import DocumentSlot, ImageSlot
from headroom_nb.records import format_path

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
