"""What is measured in a picture before it is routed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.pictures import Picture, open_picture
from headroom_nb.results import ImageSignals
from headroom_nb.routing.detector import ClassicalDetector
from headroom_nb.routing.statistics import detail_loss, measure_statistics

if TYPE_CHECKING:
    from headroom_nb.routing.detector import TextLines


def as_picture(image: bytes | Picture) -> Picture:
    """Return the picture itself, or the bytes opened as one; raises PictureError."""
    return open_picture(image) if isinstance(image, bytes | bytearray) else image


def measure(picture: Picture, *, detector: str = "auto") -> ImageSignals:
    """Return the signals of a picture."""
    lines = ClassicalDetector().find(picture)
    return _signals(picture, lines)


def _signals(picture: Picture, lines: TextLines) -> ImageSignals:
    working = picture.small(1024)
    loss = detail_loss(working)
    statistics = measure_statistics(picture.small(256))
    boxes = lines.boxes
    scale = picture.size[0] / lines.size[0]
    heights = (boxes[:, 3] - boxes[:, 1]) * scale
    coverage = float(
        ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).sum() / (lines.size[0] * lines.size[1])
    )
    count = len(boxes)
    coverage = min(1.0, coverage)
    return ImageSignals(
        has_text=min(1.0, count / 4),
        is_document=min(1.0, coverage / 0.2) * min(1.0, count / 6),
        is_complex=min(1.0, statistics.entropy / 8),
        has_small_details=min(1.0, loss / 0.4),
        text_coverage=coverage,
        text_lines=count,
        min_text_height=float(np.percentile(heights, 10)) if count else None,
        median_text_height=float(np.median(heights)) if count else None,
        detail_loss=loss,
        size=picture.size,
    )
