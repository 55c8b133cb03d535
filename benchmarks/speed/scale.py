"""How a batch of 10,000 message lists scales: one process, a pool of two, Dask with two; and whether memory leaks.

::

    python -m benchmarks.speed.scale [--out build/scale.json] [--lists 10000] [--workers 2] [--runs 1] [--leak 100000]

A quarter of the lists hold a picture: 200 drawn photographs, each file distinct by a comment in it, as files from a
camera are, so that no result is remembered. None holds text: reading takes seconds a page and would hide all else. The
router is the package's own. Every crew has done a small batch before the clock starts, so that processes run and models
are loaded. The bytes written are compared. CPU seconds say what the work cost where other programs disturb the clock.
``--leak N`` makes N calls in one process instead, and looks at its memory. About three minutes on two idle cores.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import platform
import random
import re
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.speed.inputs import photograph
from benchmarks.speed.worker import peak_mb
from headroom_nb import ImageCompressor, compress_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Look = Callable[[], list[tuple[int, float, float]]]

PICTURES = 200
SIZES = ((640, 480), (480, 640), (720, 540), (512, 512))
QUESTIONS = (
    "Describe photograph {} in one sentence.",
    "Is there anything round in picture {}?",
    "Which colours stand out in number {}?",
)
MODEL = "gpt-4o"
DASK = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
    "distributed.worker.profile.enabled": False,
}
"""As docs/batches.md says."""
FRESH = 20
LEAST_SPEEDUP, MOST_OVERHEAD, MOST_GROWTH = 0.9, 0.10, 16.0
"""Speed-up per worker; Dask's time beyond a pool's; MB that memory may grow over the last four fifths of the calls."""


def pictures(count: int) -> list[bytes]:
    """Return drawn photographs as JPEG files."""
    return [photograph(SIZES[seed % len(SIZES)], seed) for seed in range(count)]


def distinct(picture: bytes, number: int) -> bytes:
    """Return the JPEG file with a comment in it that no other has."""
    note = f"picture {number}".encode()
    return picture[:2] + b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note + picture[2:]


def conversation(number: int, pool: list[bytes]) -> list[dict[str, Any]]:
    """Return a message list, the same for the same number; every fourth has a picture."""
    dice = random.Random(number)
    if number % 4:
        return [{"role": "user", "content": f"Question {number}: what is {number} times {number % 17}?"}]
    url = "data:image/jpeg;base64," + base64.b64encode(distinct(dice.choice(pool), number)).decode()
    question = dice.choice(QUESTIONS).format(number)
    return [
        {"role": "system", "content": "Answer in one sentence."},
        {
            "role": "user",
            "content": [{"type": "text", "text": question}, {"type": "image_url", "image_url": {"url": url}}],
        },
    ]


def write(path: Path, count: int, first: int = 0) -> None:
    """Write a JSONL file of message lists."""
    pool = pictures(min(PICTURES, max(1, count // 4)))
    with path.open("w", encoding="utf-8") as file:
        for number in range(first, first + count):
            file.write(json.dumps(conversation(number, pool)) + "\n")


@contextmanager
def here(_workers: int) -> Iterator[tuple[None, Look]]:
    """Give this process."""
    yield None, lambda: [facts()]


@contextmanager
def pool(workers: int) -> Iterator[tuple[Any, Look]]:
    """Give a pool of processes."""
    with ProcessPoolExecutor(workers, get_context("spawn")) as executor:
        yield executor, lambda: list({found[0]: found for found in executor.map(facts, [0.05] * 4 * workers)}.values())


@contextmanager
def dask(workers: int) -> Iterator[tuple[Any, Look]]:
    """Give a Dask cluster on this machine, one thread a process, set up as docs/batches.md says."""
    import dask.config
    from distributed import Client, LocalCluster

    with (
        dask.config.set(DASK),
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
        Client(cluster) as client,
    ):
        yield client, lambda: list(client.run(facts).values())


CREWS = {"one process": here, "process pool": pool, "Dask": dask}


def facts(wait: float = 0.0) -> tuple[int, float, float]:
    """Return this process's number, its most memory in MB, and its CPU seconds; waits so that all answer."""
    time.sleep(wait)
    return os.getpid(), peak_mb(), time.process_time()


def measure(name: str, source: Path, warm_up: Path, folder: Path, workers: int) -> dict[str, Any]:
    """Return a crew's figures: seconds, items a second, the most memory of each worker in MB."""
    options = {"model": MODEL, "progress": False}
    with CREWS[name](workers) as (executor, look):
        compress_batch(warm_up, folder / "warm.jsonl", executor=executor, overwrite=True, **options)
        before = look()
        begun = time.perf_counter()
        summary = compress_batch(source, folder / f"{name}.jsonl", executor=executor, overwrite=True, **options)
        seconds = time.perf_counter() - begun
        after = look()
    if summary.error_count or summary.failed_images:
        raise SystemExit(
            f"{name}: {summary.error_count} items failed, {summary.failed_images} images: {summary.errors[:1]}"
        )
    return {
        "seconds": round(seconds, 2),
        "items_per_second": round(summary.items / seconds, 1),
        "images": summary.images,
        "cpu_seconds": round(sum(cpu for _, _, cpu in after) - sum(cpu for _, _, cpu in before), 2),
        "peak_mb": [round(peak, 1) for _, peak, _ in after],
        "peak_mb_before": [round(peak, 1) for _, peak, _ in before],
        "saved_tokens": summary.saved_tokens,
    }


def leak(calls: int) -> dict[str, Any]:
    """Return the memory of this process over many calls, in MB, and how much it grew after the first fifth.

    One call in twenty brings a picture that was never seen, four one of the last fifty, and fifteen none.
    """
    compressor = ImageCompressor(MODEL)
    dice = random.Random(1)
    some = pictures(PICTURES)
    samples: list[tuple[int, float]] = []
    for number in range(calls + 1):
        fresh = number - number % FRESH
        seen = fresh if number % 4 or number == fresh else fresh - FRESH * dice.randrange(1 + min(50, fresh // FRESH))
        compressor.run(conversation(number if number % 4 else seen, some))
        if number % max(1, calls // 20) == 0:
            samples.append((number, round(resident_mb(), 1)))
            print(f"{number:8} calls {samples[-1][1]:8.1f} MB", flush=True)
    settled = [memory for number, memory in samples if number >= calls / 5]
    half = len(settled) // 2
    growth = sum(settled[-half:]) / half - sum(settled[:half]) / half
    return {"calls": calls, "resident_mb": samples, "growth_mb": round(growth, 1)}


def resident_mb() -> float:
    """Return the memory this process holds now, in MB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    return int(found[1]) / 1000 if found else 0.0


def machine() -> dict[str, Any]:
    """Return what this ran on."""
    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s+: (.+)", info.read_text("utf-8")) if info.exists() else []
    return {
        "cpu": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def scale(lists: int, workers: int, runs: int) -> dict[str, Any]:
    """Run every crew, the best of some runs each, and return the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, warm_up = folder / "lists.jsonl", folder / "few.jsonl"
        with ProcessPoolExecutor(1, get_context("spawn")) as other:  # so that drawing does not count in our memory
            other.submit(write, source, lists).result()
            other.submit(write, warm_up, 24 * workers, lists).result()
        size = source.stat().st_size
        print(f"{lists:,} lists, {size / 1e6:.0f} MB")
        print(f"{'':14} {'seconds':>8} {'CPU s':>8} {'items/s':>8}  peak MB per worker")
        found: dict[str, Any] = {}
        for crew in CREWS:
            tries = [measure(crew, source, warm_up, folder, workers) for _ in range(runs)]
            figures = found[crew] = min(tries, key=lambda figures: figures["seconds"])
            memory = ", ".join(f"{peak:.0f}" for peak in figures["peak_mb"])
            times = f"{figures['seconds']:8.1f} {figures['cpu_seconds']:8.1f} {figures['items_per_second']:8.0f}"
            print(f"{crew:14} {times}  {memory}", flush=True)
        contents = {hashlib.sha256((folder / f"{crew}.jsonl").read_bytes()).digest() for crew in CREWS}
    return {
        "lists": lists,
        "megabytes": round(size / 1e6, 1),
        "workers": workers,
        "crews": found,
        "same_bytes": len(contents) == 1,
        "speedup": round(found["one process"]["seconds"] / found["Dask"]["seconds"], 3),
        "pool_speedup": round(found["one process"]["seconds"] / found["process pool"]["seconds"], 3),
        "dask_overhead": round(found["Dask"]["seconds"] / found["process pool"]["seconds"] - 1, 3),
    }


def bars(report: dict[str, Any]) -> list[tuple[str, bool]]:
    """Return what must hold, and whether it did."""
    held = []
    if "crews" in report:
        least = LEAST_SPEEDUP * report["workers"]
        held = [
            (
                f"{report['workers']} Dask workers {report['speedup']:.2f} × one (≥ {least:.1f})",
                report["speedup"] >= least,
            ),
            (f"Dask {report['dask_overhead']:+.1%} beyond a pool (≤ 10 %)", report["dask_overhead"] <= MOST_OVERHEAD),
            ("the same bytes from all", report["same_bytes"]),
        ]
    if "leak" in report:
        found = report["leak"]
        held.append((f"{found['growth_mb']:+.1f} MB over {found['calls']:,} calls", found["growth_mb"] <= MOST_GROWTH))
    return held


def main() -> int:
    """Measure, print, write JSON; 1 when a bar was missed and ``--check`` was given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build/scale.json"))
    parser.add_argument("--lists", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=int, default=1, help="runs per crew; the best counts")
    parser.add_argument("--leak", type=int, default=0, metavar="N", help="look at memory over N calls instead")
    parser.add_argument("--check", action="store_true", help="fail when a bar is missed")
    options = parser.parse_args()
    report = {"machine": machine()}
    report |= {"leak": leak(options.leak)} if options.leak else scale(options.lists, options.workers, options.runs)
    held = bars(report)
    for sentence, good in held:
        print(f"{'held' if good else 'MISSED'}: {sentence}")
    if options.out.exists():  # the two kinds of run stand side by side
        report = {**json.loads(options.out.read_text("utf-8")), **report}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    return int(options.check and not all(good for _, good in held))


if __name__ == "__main__":
    raise SystemExit(main())
