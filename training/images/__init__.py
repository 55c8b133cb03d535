"""Pictures rendered for training and measuring, one renderer per kind; nothing here is downloaded.

``samples("receipt", 10, seed=1)`` gives ten receipts, the same ten each time on the same machine (fonts differ between
machines). ``python -m training.images --table OUT.jsonl`` measures all kinds, and fits the signals on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from training.images import graphics, pages, scenes, screens
from training.images.base import Sample, worn
from training.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RENDERERS: dict[str, Callable[[np.random.Generator], Sample]] = {
    "document": pages.document,
    "receipt": pages.receipt,
    "form": pages.form,
    "table": pages.table,
    "chart": graphics.chart,
    "code": screens.code,
    "terminal": screens.terminal,
    "web_screenshot": screens.web_screenshot,
    "mobile_screenshot": screens.mobile_screenshot,
    "slide": screens.slide,
    "sign_scene": scenes.sign_scene,
    "photo": scenes.photo,
    "photo_small_objects": scenes.photo_small_objects,
    "texture": scenes.texture,
    "infographic": graphics.infographic,
    "book_cover": pages.book_cover,
    "diagram": graphics.diagram,
    "phone_photo_text": scenes.phone_photo_text,
}


def samples(kind: str, count: int, seed: int = 0) -> Iterator[Sample]:
    """Yield ``count`` pictures of a kind; each depends on kind, seed and its own number alone."""
    for number in range(count):
        rng = np.random.default_rng((seed, KINDS.index(kind), number))
        yield worn(RENDERERS[kind](rng), rng)


__all__ = ["RENDERERS", "Sample", "samples"]
