"""How long compressing takes and what memory it needs, beside headroom-ai where its environment is given.

::

    python -m benchmarks.speed [--peer build/peer-venv] [--out benchmarks/results/speed.json] [--runs 2] [--ocr]

Four parts, every figure from fresh processes: rows (a conversation, a provider, a technique), ours and the peer's by
turns; the stages by size and file format; one core and two; and a conversation that grows from 1 to 200 images. Every
time is the best of several, which other work on the machine disturbs least; memory is the most. "cold" is the first
call of a process, "first" a new picture in a process that has seen another, "again" the same picture once more.

Routers are fixed to one technique, and pictures count as free of text, except in the rows called "own router". The peer
looks for its models on a hub; it is told to stay offline (``HF_HUB_OFFLINE=1``) except in the rows "hub not told off",
which show what either does without being told. JSON and a plot beside it; ``--only`` names the parts to run, and the
others keep the figures they have in the file.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.speed.inputs import write_inputs
from benchmarks.speed.report import bars, machine, plot, show_cores, show_growth, show_row, show_stages

ROOT = Path(__file__).parents[2]
IMPORTS = {"ours": "headroom_nb", "peer": "headroom.image"}
PARTS = ("rows", "stages", "cores", "growth")
TURNS, REPEATS = 200, 5


@dataclass(frozen=True)
class Row:
    """One line of the table: which conversation, which provider's format, which technique."""

    name: str
    conversation: str
    provider: str
    technique: str
    online: bool = False


ROWS = (
    Row("1024² PNG, openai, preserve", "screen-1024", "openai", "preserve"),
    Row("1024² PNG, openai, full_low", "screen-1024", "openai", "full_low"),
    Row("1024² PNG, anthropic, full_low", "screen-1024", "anthropic", "full_low"),
    Row("1920×1080 PNG, openai, preserve", "screen-1920", "openai", "preserve"),
    Row("1920×1080 PNG, openai, full_low", "screen-1920", "openai", "full_low"),
    Row("1920×1080 PNG, anthropic, full_low", "screen-1920", "anthropic", "full_low"),
    Row("4000×3000 JPEG, openai, preserve", "photo-12mp", "openai", "preserve"),
    Row("4000×3000 JPEG, openai, full_low", "photo-12mp", "openai", "full_low"),
    Row("4000×3000 JPEG, anthropic, full_low", "photo-12mp", "anthropic", "full_low"),
    Row("20 screenshots, openai, preserve", "twenty", "openai", "preserve"),
    Row("20 screenshots, openai, full_low", "twenty", "openai", "full_low"),
    Row("20 screenshots, anthropic, full_low", "twenty", "anthropic", "full_low"),
    Row("0.5 MB bomb, openai, full_low", "bomb", "openai", "full_low"),
    Row("4000×3000 JPEG, openai, own router", "photo-12mp", "openai", "own"),
    Row("4000×3000 JPEG, openai, own router, hub not told off", "photo-12mp", "openai", "own", online=True),
)
OCR_ROWS = (
    Row("1024² PNG, openai, transcode", "screen-1024", "openai", "transcode"),
    Row("1024² PNG, anthropic, crop", "screen-1024", "anthropic", "crop"),
    Row("1024² PNG, openai, own router", "screen-1024", "openai", "own"),
    Row("20 screenshots, openai, own router", "twenty", "openai", "own"),
)
"""Rows in which a picture may be read, which takes seconds for each."""

CORE_ROWS = (
    Row("20 screenshots, anthropic, full_low", "twenty", "anthropic", "full_low"),
    Row("4000×3000 JPEG, openai, own router", "photo-12mp", "openai", "own"),
)
SIZES = ((512, 512), (1024, 1024), (1920, 1080), (4000, 3000))
FORMATS = ("PNG", "JPEG", "WEBP")


def run(python: Path, *arguments: object, online: bool = False, cores: int | None = None) -> str:
    """Return what a Python prints; its own errors stop the benchmark."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONWARNINGS": "ignore"}
    if online:
        del environment["HF_HUB_OFFLINE"]
    bind = None
    if cores is not None:
        if len(os.sched_getaffinity(0)) < cores:
            raise SystemExit(f"this needs {cores} cores, and this process may use {len(os.sched_getaffinity(0))}")
        bind = functools.partial(os.sched_setaffinity, 0, sorted(os.sched_getaffinity(0))[:cores])
    command = [str(python), *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, cwd=ROOT, preexec_fn=bind
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def measure(python: Path, package: str, row: Row, inputs: Path, cores: int | None = None) -> dict[str, float]:
    """Return one fresh cold process's and one fresh warmed process's figures, times in ms and memory in MB."""
    path = inputs / f"{row.conversation}-{row.provider}.json"
    warm_up = inputs / f"warm-up-{row.provider}.json"
    worker = ("-m", "benchmarks.speed.worker", package, row.technique, row.provider)
    cold = json.loads(run(python, *worker, "-", path, 0, online=row.online, cores=cores))
    # each call that asks for the hub takes the peer half a minute: the first says it all
    quick = package == "ours" or not row.online
    warm = json.loads(run(python, *worker, warm_up, path, REPEATS, online=row.online, cores=cores)) if quick else cold
    return {
        "cold_ms": 1000 * cold["first"],
        "first_ms": 1000 * warm["first"],
        "cpu_ms": 1000 * warm["cpu"],
        "again_ms": 1000 * warm["again"],
        "again_cpu_ms": 1000 * warm["again_cpu"],
        "images": warm["images"],
        "peak_mb": cold["peak_mb"],
        "delta_mb": warm["peak_mb"] - warm["before_mb"],
    }


def import_seconds(python: Path, package: str) -> float:
    """Return the seconds that importing a package takes in a fresh process."""
    code = f"import time; start = time.perf_counter(); import {IMPORTS[package]}; print(time.perf_counter() - start)"
    return float(run(python, "-c", code))


def summarise(samples: list[dict[str, float]]) -> dict[str, float]:
    """Return the best of each time, which other work on the machine disturbs least, and the most memory."""
    return {key: (max if key.endswith("_mb") else min)(sample[key] for sample in samples) for key in samples[0]}


def rows_part(pythons: dict[str, Path], rows: list[Row], inputs: Path, runs: int) -> dict[str, Any]:
    """Return the figures of each row by package."""
    table: dict[str, Any] = {}
    for row in rows:
        samples: dict[str, list[dict[str, float]]] = {package: [] for package in pythons}
        for _ in range(1 if row.online else runs):
            for package, python in pythons.items():
                samples[package].append(measure(python, package, row, inputs))
        table[row.name] = {package: summarise(found) for package, found in samples.items()}
        show_row(row.name, table[row.name])
    return table


def stages_part(python: Path) -> dict[str, Any]:
    """Return the stages of each size and format."""
    table: dict[str, Any] = {}
    for width, height in SIZES:
        for kind in FORMATS:
            name = f"{width}×{height} {kind}"
            table[name] = json.loads(run(python, "-m", "benchmarks.speed.stages", width, height, kind))
            show_stages(name, table[name])
    return table


def cores_part(python: Path, inputs: Path, runs: int) -> dict[str, Any]:
    """Return the figures of some rows on one core and on two."""
    table: dict[str, Any] = {}
    for row in CORE_ROWS:
        table[row.name] = {
            str(cores): summarise([measure(python, "ours", row, inputs, cores) for _ in range(runs)])
            for cores in (1, 2)
        }
        show_cores(row.name, table[row.name])
    return table


def growth_part(pythons: dict[str, Path], inputs: Path) -> dict[str, Any]:
    """Return what each turn of a growing conversation costs, by package."""
    path = inputs / "growing-anthropic.json"
    found = {
        package: json.loads(run(python, "-m", "benchmarks.speed.growth", package, "anthropic", path))
        for package, python in pythons.items()
    }
    show_growth(found)
    return found


def main() -> int:
    """Run the parts, print them, write JSON and a plot; 1 when a bar was missed and ``--check`` was given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", type=Path, help="virtual environment that holds headroom-ai[image]")
    parser.add_argument("--out", type=Path, default=Path("build/speed.json"))
    parser.add_argument("--runs", type=int, default=2, help="fresh processes per figure")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS, help="parts to run")
    parser.add_argument("--rows", default="", help="rows whose name contains this")
    parser.add_argument("--ocr", action="store_true", help="also the rows that read pictures (minutes per run)")
    parser.add_argument("--check", action="store_true", help="fail when a bar is missed")
    options = parser.parse_args()
    pythons = {"ours": Path(sys.executable)}
    if options.peer:
        pythons["peer"] = options.peer.absolute() / "bin" / "python"
    rows = [row for row in (*ROWS, *(OCR_ROWS if options.ocr else ())) if options.rows in row.name]
    kept = options.out.exists() and set(options.only) != set(PARTS)
    report: dict[str, Any] = json.loads(options.out.read_text("utf-8")) if kept else {}
    report |= {"machine": machine(), "setup": [asdict(row) for row in rows]}
    with tempfile.TemporaryDirectory() as folder:
        inputs = Path(folder)
        write_inputs(inputs, turns=TURNS)
        report["import_s"] = {
            package: min(import_seconds(python, package) for _ in range(2 * options.runs + 1))
            for package, python in pythons.items()
        }
        if "rows" in options.only:
            report["rows"] = rows_part(pythons, rows, inputs, options.runs)
        if "stages" in options.only:
            report["stages"] = stages_part(pythons["ours"])
        if "cores" in options.only:
            report["cores"] = cores_part(pythons["ours"], inputs, options.runs)
        if "growth" in options.only:
            report["growth"] = growth_part(pythons, inputs)
    verdicts = bars(report)
    report["missed"] = [name for name, held in verdicts if not held]
    report["machine"]["load_after"] = os.getloadavg()
    print(
        f"{len(verdicts) - len(report['missed'])} of {len(verdicts)} bars held"
        + "".join(f"\n  missed: {name}" for name in report["missed"])
    )
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    plot(report, options.out.with_suffix(".png"))
    return 1 if report["missed"] and options.check else 0


if __name__ == "__main__":
    raise SystemExit(main())
