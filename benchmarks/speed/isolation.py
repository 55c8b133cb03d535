"""What reading text in a process of its own costs: milliseconds for each picture, the start, a crash, memory.

``python -m benchmarks.speed.isolation`` prints a table and writes JSON. The overhead is measured with an engine that
answers at once, in this process and in the other, so that nothing but the way there and back is in it.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from headroom_nb.ocr import FakeOcr, IsolatedOcr
from headroom_nb.ocr.engine import RapidOcr
from headroom_nb.ocr.weights import find_weights

if TYPE_CHECKING:
    from collections.abc import Callable

NOTHING = "headroom_nb.ocr.fake:FakeOcr"
SIZES = ((640, 480), (1600, 1200), (4000, 3000), (8000, 8000))


def milliseconds(run: Callable[[], object], rounds: int) -> list[float]:
    """Return how long each round took."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        found.append(1000 * (time.perf_counter() - start))
    return found


def way_there_and_back(rounds: int) -> list[dict[str, float | str]]:
    """Return, by size, the least and the median of what the other process adds to a reading."""
    isolated, usual = IsolatedOcr(NOTHING), FakeOcr()
    rows: list[dict[str, float | str]] = []
    for size in SIZES:
        picture = Image.new("RGB", size, "white")
        isolated.read(picture)
        there = milliseconds(lambda picture=picture: isolated.read(picture), rounds)
        here = statistics.median(milliseconds(lambda picture=picture: usual.read(picture), rounds))
        rows.append(
            {
                "size": f"{size[0]}x{size[1]}",
                "median_ms": round(statistics.median(there) - here, 2),
                "least_ms": round(min(there) - here, 2),
            }
        )
    isolated.close()
    return rows


def page(number: int) -> Image.Image:
    """Return a page of thirty lines, no two alike."""
    picture = Image.new("RGB", (1000, 1400), "white")
    draw = ImageDraw.Draw(picture)
    for row in range(30):
        draw.text(
            (60, 50 + 43 * row),
            f"Line {row} of page {number}: the quick brown fox",
            "black",
            ImageFont.load_default(26),
        )
    return picture


def resident_mb(pid: int) -> float | None:
    """Return the memory a process holds, MB; None where the system does not say."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except OSError:
        return None
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def real_pages(count: int) -> dict[str, float | None]:
    """Return the time of the real engine in both processes, by turns, and the other one's memory."""
    isolated, usual = IsolatedOcr(), RapidOcr(find_weights())
    before = resident_mb(os.getpid())
    start = time.perf_counter()
    isolated.read(page(0))
    first = time.perf_counter() - start
    usual.read(page(0))
    here, there = [], []
    for number in range(1, count + 1):
        here += milliseconds(lambda number=number: usual.read(page(number)), 1)
        there += milliseconds(lambda number=number: isolated.read(page(number)), 1)
    pid = isolated.pid
    found: dict[str, float | None] = {
        "first_page_with_start_ms": round(1000 * first, 1),
        "page_here_ms": round(statistics.median(here), 1),
        "page_isolated_ms": round(statistics.median(there), 1),
        "process_mb": None if pid is None else resident_mb(pid),
        "this_process_before_mb": before,
        "this_process_with_its_own_engine_mb": resident_mb(os.getpid()),
    }
    isolated.close()
    return found


def after_a_crash(rounds: int) -> float:
    """Return the median milliseconds of a reading that has to start the process again."""
    isolated = IsolatedOcr(NOTHING)
    picture = Image.new("RGB", (1600, 1200))
    isolated.read(picture)
    found = []
    for _ in range(rounds):
        pid = isolated.pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        found += milliseconds(lambda: isolated.read(picture), 1)
    isolated.close()
    return round(statistics.median(found), 1)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--pages", type=int, default=6)
    options = parser.parse_args()
    overhead = way_there_and_back(options.rounds)
    found = {"overhead": overhead, "pages": real_pages(options.pages), "restart_ms": after_a_crash(5)}
    for row in overhead:
        print(f"{row['size']:>10}  +{row['median_ms']} ms a picture (least +{row['least_ms']} ms)")
    for name, value in found["pages"].items():
        print(f"{name:>36}  {value}")
    print(f"{'reading after a crash':>36}  {found['restart_ms']} ms")
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
