"""The kinds of picture the router is trained on: one list for the questions, the rendered images and the measurements."""

from __future__ import annotations

KINDS = (
    "document",
    "receipt",
    "form",
    "table",
    "chart",
    "code",
    "terminal",
    "web_screenshot",
    "mobile_screenshot",
    "slide",
    "sign_scene",
    "photo",
    "photo_small_objects",
    "texture",
    "infographic",
    "book_cover",
    "diagram",
    "phone_photo_text",
)
"""Names of the kinds, in a fixed order (the order is part of the training data's format)."""
