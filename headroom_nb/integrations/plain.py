"""A Google SDK's conversation with its PIL images as the parts they stand for, so that they can be replaced."""

from __future__ import annotations

import sys
from typing import Any


def plain(value: Any) -> Any:
    """Return contents with PIL images as parts that hold them; other values as they are."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    images = sys.modules.get("PIL.Image")
    if images is not None and isinstance(value, images.Image):
        from headroom_nb.formats import user_message

        return user_message("", value, provider="google")["parts"][0]
    return value
