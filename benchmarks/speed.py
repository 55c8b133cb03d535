"""How long compressing takes and what memory it needs, beside headroom-ai where its environment is given.

::

    python benchmarks/speed.py [--peer build/peer-venv] [--out build/speed.json] [--runs 3] [--ocr]

Every time is the best of several fresh processes, ours and the peer's by turns, and memory their most. "cold" is the
first call of a process, "first" a new picture in a process that has seen another, "again" the same picture once more.
Routers are fixed to one technique except in the rows called "own router". The peer looks for its models on a hub; it is
told to stay offline (``HF_HUB_OFFLINE=1``) except in the last row, which shows what it does without being told.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from speed_inputs import write_inputs

HERE = Path(__file__).parent
IMPORTS = {"ours": "headroom_nb", "peer": "headroom.image"}


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
)
OCR_ROWS = (
    Row("1024² PNG, openai, transcode", "screen-1024", "openai", "transcode"),
    Row("1024² PNG, anthropic, crop", "screen-1024", "anthropic", "crop"),
    Row("1024² PNG, openai, own router", "screen-1024", "openai", "own"),
    Row("20 screenshots, openai, own router", "twenty", "openai", "own"),
)
"""Rows in which a picture may be read, which takes seconds for each."""

ONLINE_ROW = Row("1024² PNG, openai, own router, hub not told off", "screen-1024", "openai", "own", online=True)


def run(python: Path, arguments: list[str], *, online: bool) -> str:
    """Return what a Python prints; its own errors stop the benchmark."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONWARNINGS": "ignore"}
    if online:
        del environment["HF_HUB_OFFLINE"]
    done = subprocess.run([python, *arguments], capture_output=True, text=True, env=environment, check=False, cwd=HERE)
    if done.returncode:
        raise SystemExit(f"{python} {' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


def measure(python: Path, package: str, row: Row, inputs: Path) -> dict[str, float]:
    """Return one fresh cold process's and one fresh warmed process's figures, times in ms and memory in MB."""
    path = inputs / f"{row.conversation}-{row.provider}.json"
    warm_up = inputs / f"warm-up-{row.provider}.json"
    worker = [str(HERE / "speed_worker.py"), package, row.technique, row.provider]
    cold = json.loads(run(python, [*worker, "-", str(path)], online=row.online))
    warm = json.loads(run(python, [*worker, str(warm_up), str(path)], online=row.online))
    return {
        "cold_ms": 1000 * cold["first"],
        "first_ms": 1000 * warm["first"],
        "cpu_ms": 1000 * warm["cpu"],
        "again_ms": 1000 * warm["again"],
        "peak_mb": cold["peak_mb"],
        "delta_mb": warm["peak_mb"] - warm["before_mb"],
    }


def import_seconds(python: Path, package: str) -> float:
    """Return the seconds that importing a package takes in a fresh process."""
    code = f"import time; start = time.perf_counter(); import {IMPORTS[package]}; print(time.perf_counter() - start)"
    return float(run(python, ["-c", code], online=False))


def summarise(samples: list[dict[str, float]]) -> dict[str, float]:
    """Return the best of each time, which other work on the machine disturbs least, and the most memory."""
    return {key: (max if key.endswith("_mb") else min)(sample[key] for sample in samples) for key in samples[0]}


def bars(table: dict[str, dict[str, dict[str, float]]], imports: dict[str, float]) -> list[tuple[str, bool]]:
    """Return what must hold, and whether it did."""
    found = [("importing headroom_nb takes under 100 ms", imports["ours"] < 0.1)]
    for name, figures in table.items():
        mine = figures["ours"]
        if "bomb" in name:
            found.append((f"{name}: under 50 ms and 50 MB", mine["first_ms"] < 50 and mine["delta_mb"] < 50))
        else:
            quick = mine["again_ms"] < 1 or mine["first_ms"] >= 20 * mine["again_ms"]
            found.append((f"{name}: again under 1 ms or ≥ 20 × faster than first", quick))
        if "peer" in figures:
            slower = [key for key in ("cold_ms", "first_ms", "again_ms") if mine[key] > figures["peer"][key]]
            found.append((f"{name}: no slower than the peer ({', '.join(slower) or 'all'})", not slower))
    return found


def main() -> int:
    """Run every row, print the table, write JSON; 1 when a bar was missed and ``--check`` was given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", type=Path, help="virtual environment that holds headroom-ai[image]")
    parser.add_argument("--out", type=Path, default=Path("build/speed.json"))
    parser.add_argument("--runs", type=int, default=3, help="fresh processes per figure")
    parser.add_argument("--only", default="", help="rows whose name contains this")
    parser.add_argument("--ocr", action="store_true", help="also the rows that read pictures (minutes per run)")
    parser.add_argument("--check", action="store_true", help="fail when a bar is missed")
    options = parser.parse_args()
    pythons = {"ours": Path(sys.executable)}
    if options.peer:
        pythons["peer"] = options.peer.absolute() / "bin" / "python"
    rows = [row for row in (*ROWS, *(OCR_ROWS if options.ocr else ())) if options.only in row.name]
    with tempfile.TemporaryDirectory() as folder:
        inputs = Path(folder)
        write_inputs(inputs)
        imports = {
            package: min(import_seconds(python, package) for _ in range(2 * options.runs + 1))
            for package, python in pythons.items()
        }
        print("import: " + ", ".join(f"{package} {1000 * seconds:.0f} ms" for package, seconds in imports.items()))
        print(f"{'row':46} {'':5} {'cold':>8} {'first':>8} {'cpu':>8} {'again':>8} {'peak MB':>8} {'Δ MB':>7}  (ms)")
        table: dict[str, dict[str, dict[str, float]]] = {}
        for row in rows:
            samples: dict[str, list[dict[str, float]]] = {package: [] for package in pythons}
            for _ in range(options.runs):
                for package, python in pythons.items():
                    samples[package].append(measure(python, package, row, inputs))
            table[row.name] = {package: summarise(found) for package, found in samples.items()}
            show(row.name, table[row.name])
        online = {"peer": measure(pythons["peer"], "peer", ONLINE_ROW, inputs)} if "peer" in pythons else {}
        if online:
            show(ONLINE_ROW.name, online)
    verdicts = bars(table, imports)
    missed = [name for name, held in verdicts if not held]
    print(
        f"{len(verdicts) - len(missed)} of {len(verdicts)} bars held"
        + "".join(f"\n  missed: {name}" for name in missed)
    )
    options.out.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "import_s": imports,
        "rows": table,
        "peer_online": online,
        "missed": missed,
        "setup": [asdict(r) for r in rows],
    }
    options.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 1 if missed and options.check else 0


def show(name: str, figures: dict[str, dict[str, float]]) -> None:
    """Print a row, one line per package."""
    for package, found in figures.items():
        times = " ".join(f"{found[key]:8.1f}" for key in ("cold_ms", "first_ms", "cpu_ms", "again_ms"))
        print(f"{name:46} {package:5} {times} {found['peak_mb']:8.0f} {found['delta_mb']:7.0f}", flush=True)
        name = ""


if __name__ == "__main__":
    raise SystemExit(main())
