"""Measures rendered pictures and writes a table: one JSON object per picture, with its truth.

The first row is a header: the names of the features, and the fonts and photographs the pictures were made of. The
others hold ``kind``, ``number``, ``features`` (in the header's order) and ``truth``.
"""

from __future__ import annotations

import io
import json
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from headroom_nb.pictures import open_picture
from headroom_nb.signals.measure import FEATURES, SMALL_TEXT, look
from training.images import samples
from training.images.fonts import found
from training.images.photographs import FILES, TEXTURES, sources
from training.kinds import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from headroom_nb.signals.detector import TextLines
    from training.images import Sample

DOCUMENTS = {"document", "receipt", "form", "table", "code", "terminal"}
"""Kinds that are mainly text in lines."""

UNDECIDED = {"slide", "phone_photo_text", "web_screenshot", "mobile_screenshot", "infographic"}
"""Kinds that are sometimes a document and sometimes not; they do not take part in fitting ``is_document``."""


def truth(sample: Sample, strokes: TextLines) -> dict[str, float | None]:
    """Return what is true of a sample, 0 or 1 per score; None where it cannot be said."""
    longest = max(sample.image.size)
    view = min(1.0, 512 / longest)
    lines = np.array(sample.facts["lines"], dtype=float).reshape(-1, 4)
    heights = (lines[:, 3] - lines[:, 1]) * view
    legible = heights[heights >= 3.5]
    small: float | None = float(np.percentile(heights, 10) < SMALL_TEXT and longest > 512) if len(heights) else 0.0
    if sample.kind == "photo_small_objects":
        small = 1.0
    return {
        "has_text": float(len(legible) > 0) if len(legible) or not len(heights) else None,
        "is_document": None if sample.kind in UNDECIDED else float(sample.kind in DOCUMENTS),
        "has_small_details": small,
        "strokes_are_text": _hits(strokes, lines / np.tile(sample.image.size, 2)),
        "min_height": float(np.percentile(heights, 10) / view) if len(heights) else None,
        "median_height": float(np.median(heights) / view) if len(heights) else None,
        "lines": float(len(heights)),
    }


def _hits(strokes: TextLines, lines: np.ndarray) -> float | None:
    """Return 1 where at least half of the lines found by strokes lie on true lines; None where none were found."""
    if not len(strokes):
        return None
    if not len(lines):
        return 0.0
    x = (strokes.boxes[:, 0] + strokes.boxes[:, 2])[:, None] / 2
    y = (strokes.boxes[:, 1] + strokes.boxes[:, 3])[:, None] / 2
    left, top, right, bottom = lines.T
    on = ((x >= left - 0.01) & (x <= right + 0.01) & (y >= top - 0.01) & (y <= bottom + 0.01)).any(axis=1)
    return float(on.mean() >= 0.5)


def rows(kind: str, count: int, seed: int) -> list[dict[str, Any]]:
    """Return ``count`` rows of one kind."""
    measured = []
    for number, sample in enumerate(samples(kind, count, seed)):
        buffer = io.BytesIO()
        sample.image.save(buffer, "BMP")
        seen = look(open_picture(buffer.getvalue()))
        features = [round(value, 6) for value in seen.features]
        measured.append({"kind": kind, "number": number, "features": features, "truth": truth(sample, seen.strokes)})
    return measured


def write(path: Path, count: int, seed: int, jobs: int = 1) -> None:
    """Write the header and ``count`` rows per kind, with ``jobs`` processes."""
    header = {
        "features": list(FEATURES),
        "seed": seed,
        "fonts": sum(map(len, found().values())),
        "photographs": [file.name for file in (*sources(FILES), *sources(TEXTURES))],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(header) + "\n")
        with ProcessPoolExecutor(jobs) as pool:
            for kind_rows in pool.map(rows, KINDS, repeat(count), repeat(seed)):
                file.writelines(json.dumps(row) + "\n" for row in kind_rows)


def read(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the header and the rows of a written table."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return json.loads(lines[0]), [json.loads(line) for line in lines[1:]]
