"""A thousand hostile files: how long it takes to refuse each, and how much memory.

    python -m benchmarks.safety.bombs --out benchmarks/results/bombs.json

Each stands in a message as a data URL and takes the way of any image: found, decoded from base64, its header read, and
decoded to pixels where nothing has refused it by then. Time is the thread's own, the best of three, so that the figure
is the file's and not that of a busy machine; memory is the peak of what Python allocated (tracemalloc), and the growth
of the process's own peak over all of them (Pillow's memory included).
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import re
import statistics
import sys
import time
import tracemalloc
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.safety.bomb_files import bombs
from headroom_nb.errors import HeadroomError
from headroom_nb.formats import find_images
from headroom_nb.pictures import open_picture

if TYPE_CHECKING:
    from benchmarks.safety.bomb_files import Bomb

MOST_SECONDS = 0.010
MOST_BYTES = 5_000_000
REPEATS = 3


def refuse(bomb: Bomb) -> str:
    """Take a file the way of any image; returns the error's name, or ``"read"``."""
    block = {"type": "image_url", "image_url": {"url": bomb.url()}}
    (slot,) = find_images([{"role": "user", "content": [block]}])
    try:
        open_picture(slot.load()).rgb()
    except HeadroomError as error:
        return type(error).__name__
    return "read"


def peak_kilobytes() -> int:
    """Return the most memory this process ever had, in kilobytes; 0 where that is not told."""
    status = Path("/proc/self/status")
    return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) if status.exists() else 0  # type: ignore[index]


def measure(bomb: Bomb) -> dict[str, Any]:
    """Return a file's outcome, its seconds and its bytes."""
    bomb = bomb._replace(text=bomb.url())
    seconds = []
    for _ in range(REPEATS):
        begun = time.thread_time()
        outcome = refuse(bomb)
        seconds.append(time.thread_time() - begun)
    gc.collect()
    tracemalloc.start()
    refuse(bomb)
    allocated = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {"kind": bomb.kind, "outcome": outcome, "seconds": min(seconds), "bytes": allocated, "file": len(bomb.url())}


def main() -> None:
    """Measure all, print a table and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    for bomb in bombs(50, seed=99):
        refuse(bomb)  # libraries load
    before = peak_kilobytes()
    found = [measure(bomb) for bomb in bombs(asked.count)]
    grown = peak_kilobytes() - before
    kinds = defaultdict(list)
    for each in found:
        kinds[each["kind"]].append(each)
    table = {
        kind: {
            "files": len(each),
            "outcomes": sorted({one["outcome"] for one in each}),
            "milliseconds_median": round(1000 * statistics.median(one["seconds"] for one in each), 3),
            "milliseconds_most": round(1000 * max(one["seconds"] for one in each), 3),
            "megabytes_most": round(max(one["bytes"] for one in each) / 1e6, 3),
            "text_kilobytes_most": round(max(one["file"] for one in each) / 1e3),
        }
        for kind, each in sorted(kinds.items())
    }
    outcome = {
        "files": len(found),
        "refused": sum(each["outcome"] != "read" for each in found),
        "over_10_ms": sum(each["seconds"] > MOST_SECONDS for each in found),
        "over_5_mb": sum(each["bytes"] > MOST_BYTES for each in found),
        "process_peak_grew_mb": round(grown / 1e3, 1),
        "kinds": table,
        "python": sys.version.split()[0],
        "machine": platform.machine(),
    }
    print(json.dumps(outcome, indent=1))
    if asked.out is not None:
        asked.out.write_text(json.dumps(outcome, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
