"""The kinds of picture the router is trained on: one list for questions, rendered images and measurements."""

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

GROUP_OF = {
    "document": "page",
    "receipt": "page",
    "form": "page",
    "table": "page",
    "code": "page",
    "terminal": "page",
    "web_screenshot": "window",
    "mobile_screenshot": "window",
    "chart": "chart",
    "diagram": "chart",
    "slide": "graphic",
    "infographic": "graphic",
    "sign_scene": "scene",
    "book_cover": "scene",
    "phone_photo_text": "scene",
    "photo": "photo",
    "photo_small_objects": "fine",
    "texture": "fine",
}
"""The group (:data:`headroom_nb.routing.decision.GROUPS`) the router takes each kind for."""
