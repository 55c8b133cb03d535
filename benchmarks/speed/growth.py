"""A conversation that grows turn by turn, in one fresh process; run by the speed benchmark.

``python -m benchmarks.speed.growth PACKAGE PROVIDER MESSAGES`` prints a JSON object: per turn, the images so far and
the milliseconds of wall and CPU time of compressing the whole conversation again. Every picture is shrunk (a fixed
router), so that each turn has one new picture to work on. The peer, which works on all of them every time, is asked at
a few lengths only.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from pathlib import Path

from benchmarks.speed.worker import PACKAGES, peak_mb, timed

LENGTHS_OF_PEER = (1, 2, 5, 10, 20, 50, 100, 200)


def main() -> None:
    """Measure and print."""
    package, provider, path = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    messages = json.loads(Path(path).read_text("utf-8"))
    compressor = PACKAGES[package]("full_low")
    turns = (len(messages) + 1) // 2
    counts = range(1, turns + 1) if package == "ours" else [count for count in LENGTHS_OF_PEER if count <= turns]
    found = []
    for images in counts:
        wall, cpu = timed(compressor, messages[: 2 * images - 1], provider)
        found.append({"images": images, "wall_ms": 1000 * wall, "cpu_ms": 1000 * cpu})
    again = [timed(compressor, messages, provider)[1] for _ in range(5 if package == "ours" else 1)]
    print(json.dumps({"turns": found, "again_cpu_ms": 1000 * min(again), "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
