"""OpenAI Responses: ``{"type": "input_image", "image_url": "data:…" | "https:…", "file_id": …, "detail": …}``.

The screenshot of a ``computer_call_output`` is the same block under another type, and takes one image and no text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import Source, WireFormat, is_mapping, without
from headroom_nb.formats.openai_chat import DETAILS, data_url, source_of_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import ImagePart


def _read_as(kind: str, block: Any) -> Source | None:
    if not is_mapping(block) or block.get("type") != kind:
        return None
    file_id, url = block.get("file_id"), block.get("image_url")
    if isinstance(file_id, str) and file_id:
        return Source(reference=file_id, detail=source_of_url(None, block.get("detail")).detail)
    if is_mapping(url):
        url = url.get("url")
    return source_of_url(url, block.get("detail"))


def read(block: Any) -> Source | None:
    """Return the source of an ``input_image`` block."""
    return _read_as("input_image", block)


def read_screenshot(block: Any) -> Source | None:
    """Return the source of a ``computer_screenshot``."""
    return _read_as("computer_screenshot", block)


def write_image(block: Mapping[str, Any], part: ImagePart) -> dict[str, Any]:
    """Return the block with another image."""
    old = block.get("image_url")
    url: object = {**old, "url": data_url(part)} if is_mapping(old) else data_url(part)
    detail = {} if part.detail is None else {"detail": DETAILS[part.detail]}
    kept = block if block.get("file_id") is None else without(block, "file_id")
    return {**kept, "image_url": url, **detail}


def write_text(block: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return a text block; in a model's input these are called ``input_text``."""
    return {**without(block, "image_url", "file_id", "detail"), "type": "input_text", "text": text}


FORMAT = WireFormat(
    "openai_responses", "openai", read, write_image, write_text, DETAILS, labelled=True, signs=("type:input_image",)
)
SCREENSHOT = WireFormat(
    "openai_screenshot",
    "openai",
    read_screenshot,
    write_image,
    None,
    labelled=True,
    signs=("type:computer_screenshot",),
)
