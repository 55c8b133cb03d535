"""How well font sizes are measured: on pages whose sizes are known, and beside the boxes of real answers.

    python -m benchmarks.text.text_size [--count 300] [--seed 7] [--data DATA] [--json build/text_size.json]

Pages of ten kinds are drawn by Chromium (by Pillow where that is missing), scaled, saved as JPEG, made noisy, dotted or
photographed. The truth is the 15th percentile of the font sizes, weighted by characters. The constants of
:mod:`headroom_nb.signals.text_size` were fixed on seed 1; other seeds are fresh. ``DATA`` holds
``answers.jsonl`` (rows with ``image``, ``kind``, a ``box`` around a text) and ``images/``: there the smallest size
is compared with the height of the lowest box, which is 1 to 2 times the font size: only the spread means something.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.text.text_size_pages import chromium_pages, pillow_pages
from headroom_nb.pictures import open_picture
from headroom_nb.signals import measure
from headroom_nb.signals.text_size import TextSize, measure_text_size
from tests.browser.jupyter_lab import find_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

BAR = {"within_15": 0.88, "within_30": 0.95, "largest": 1.25}
"""Least shares within ±15 % and ±30 %, and the largest ratio of measured to true size."""


def measured(data: bytes) -> tuple[TextSize, float]:
    """Return the font sizes in an image file, and the processor seconds of the first look without decoding."""
    picture = open_picture(data)
    picture.rgb()
    start = time.process_time()
    measure.inspect(picture)
    found = measure_text_size(picture)
    return found, time.process_time() - start


def rendered(count: int, seed: int, first: int = 0) -> Iterator[dict[str, Any]]:
    """Yield one row for each page, from a number on."""
    pages = chromium_pages if find_chromium() else pillow_pages
    for page in pages(count, seed, first):
        buffer = io.BytesIO()
        page.image.save(buffer, "PNG", compress_level=1)
        found, seconds = measured(buffer.getvalue())
        truth = page.percentile(0.15) or 0.0
        yield {
            "kind": page.kind,
            "wear": page.wear or "none",
            "size": page.image.size,
            "truth": round(truth, 2),
            "smallest": found.smallest and round(found.smallest, 2),
            "sure": found.sure,
            "ratio": round((found.smallest or 0.0) / truth, 3),
            "seconds": round(seconds, 3),
        }


def real(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield one row for each picture with a box around a text answer."""
    lowest: dict[str, tuple[float, str]] = {}
    for line in (folder / "answers.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        box = row.get("box")
        if row.get("judge") == "text" and box:
            height = min(box[3] - box[1], box[2] - box[0])
            lowest[row["image"]] = min(lowest.get(row["image"], (height, row["kind"])), (height, row["kind"]))
    for file, (height, kind) in sorted(lowest.items()):
        found, seconds = measured((folder / "images" / file).read_bytes())
        yield {
            "kind": kind,
            "file": file,
            "box_height": height,
            "smallest": found.smallest and round(found.smallest, 2),
            "ratio": round((found.smallest or 0.0) / height, 3),
            "seconds": round(seconds, 3),
        }


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the shares of rows that are near the truth, and the spread."""
    ratios = np.array([row["ratio"] for row in rows])
    return {
        "count": len(rows),
        "within_15": round(float((abs(ratios - 1) <= 0.15).mean()), 3),
        "within_30": round(float((abs(ratios - 1) <= 0.3).mean()), 3),
        "smallest": float(ratios.min()),
        "median": round(float(np.median(ratios)), 3),
        "largest": float(ratios.max()),
        "none": int((ratios == 0).sum()),
        "seconds": round(float(np.median([row["seconds"] for row in rows])), 3),
        "seconds_90": round(float(np.percentile([row["seconds"] for row in rows], 90)), 3),
    }


def grouped(rows: list[dict[str, Any]], key: str) -> dict[str, Any]:
    """Return the summary of each group."""
    groups = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return {name: summary(group) for name, group in sorted(groups.items())}


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.text.text_size", description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--json", type=Path, default=Path("build/text_size.json"))
    arguments = parser.parse_args()
    seen = [] if arguments.data is None else list(real(arguments.data))
    result = report(list(rendered(arguments.count, arguments.seed)), seen, arguments.seed)
    print(json.dumps({key: result[key] for key in ("all", "sure", "by_kind", "by_wear")}, indent=1))
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


def report(rows: list[dict[str, Any]], seen: list[dict[str, Any]], seed: int) -> dict[str, Any]:
    """Return what the rows of rendered and of real pages come to."""
    result: dict[str, Any] = {
        "seed": seed,
        "bar": BAR,
        "all": summary(rows),
        "sure": summary([row for row in rows if row["sure"]] or rows),
        "by_kind": grouped(rows, "kind"),
        "by_wear": grouped(rows, "wear"),
        "misses": [row for row in rows if abs(row["ratio"] - 1) > 0.15],
    }
    if seen:
        result["real"] = {"by_kind": grouped(seen, "kind"), "rows": seen}
    return result


if __name__ == "__main__":
    main()
