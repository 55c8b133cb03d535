"""A picture as a block of each wire format."""

from __future__ import annotations

import base64
from typing import Any


def image_block(wire: str, data: bytes) -> dict[str, Any]:
    """An image block; the media type is PNG's whatever the bytes are, as careless callers write it."""
    text = base64.b64encode(data).decode()
    return {
        "openai_chat": {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{text}"}},
        "openai_responses": {"type": "input_image", "image_url": f"data:image/png;base64,{text}"},
        "anthropic": {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": text}},
        "google": {"inlineData": {"mimeType": "image/png", "data": text}},
        "bedrock": {"image": {"format": "png", "source": {"bytes": data}}},
        "mcp": {"type": "image", "data": text, "mimeType": "image/png"},
    }[wire]
