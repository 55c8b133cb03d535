"""A Google SDK's conversation as plain data, so that its images can be found and replaced."""

from __future__ import annotations

import sys
from typing import Any


def plain(value: Any) -> Any:
    """Return contents with the SDK's objects and PIL images as the dicts they stand for; other values as they are.

    ``types.Content``, ``types.Part`` and the like become what ``model_dump`` gives, which the SDK takes as well.
    """
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if type(value).__module__.startswith("google.genai.") and hasattr(value, "model_dump"):
        return value.model_dump(exclude_none=True)
    images = sys.modules.get("PIL.Image")
    if images is not None and isinstance(value, images.Image):
        from headroom_nb.formats import user_message

        return user_message("", value, provider="google")["parts"][0]
    return value
