"""What the speed benchmark prints, draws and holds against its bars."""

from __future__ import annotations

import os
import platform
import statistics
from importlib import metadata
from pathlib import Path
from typing import Any

LIBRARIES = ("numpy", "pillow", "onnxruntime", "tokenizers", "rapidocr")

# The bars: milliseconds and MB that must not be exceeded.
SMALL_MS, LARGE_MS, LARGE_MB = 15.0, 100.0, 90.0
AGAIN_MS = 1.0
GROWTH = 1.5
"""How many times what the first turns cost the last ones may."""

EARLY, LATE = (5, 25), (180, 200)
"""Turns that are compared, by the images in them."""


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    model = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "load_before": os.getloadavg(),
    }


def bars(report: dict[str, Any]) -> list[tuple[str, bool]]:
    """Return what must hold, and whether it did; CPU time stands for wall time where only one thread works."""
    found = [("importing headroom_nb takes under 100 ms", report["import_s"]["ours"] < 0.1)]
    for name, figures in report.get("rows", {}).items():
        found += _row_bars(name, figures)
    told, untold = (
        report.get("rows", {}).get(f"4000×3000 JPEG, openai, own router{end}") for end in ("", ", hub not told off")
    )
    if told and untold:
        quick = untold["ours"]["cpu_ms"] <= 1.3 * told["ours"]["cpu_ms"]
        found.append(("without a hub as fast as with one", quick))
    for name, figures in report.get("cores", {}).items():
        if name.startswith("20 "):
            speedup = figures["1"]["first_ms"] / figures["2"]["first_ms"]
            found.append((f"{name}: two cores at least 1.5 times one", speedup >= 1.5))
    if "growth" in report:
        ours = report["growth"]["ours"]
        found.append(
            (f"a new turn costs at most {GROWTH} times as much at 200 images as at 10", growth(ours) <= GROWTH)
        )
        found.append(("200 images again under 1 ms each", ours["again_cpu_ms"] < AGAIN_MS * len(ours["turns"])))
    return found


def _row_bars(name: str, figures: dict[str, dict[str, float]]) -> list[tuple[str, bool]]:
    mine, found = figures["ours"], []
    if "bomb" in name:
        found.append((f"{name}: under 50 ms and 50 MB", mine["first_ms"] < 50 and mine["delta_mb"] < 50))
    else:
        quick = mine["again_ms"] <= AGAIN_MS * mine["images"]
        found.append((f"{name}: again under {AGAIN_MS:g} ms an image", quick))
    if "own router" in name:
        return found
    if name.startswith("1024²") and "transcode" not in name and "crop" not in name:
        found.append((f"{name}: first under {SMALL_MS:g} ms", mine["first_ms"] <= SMALL_MS))
    if name.startswith("4000×3000"):
        within = mine["first_ms"] <= LARGE_MS and mine["peak_mb"] <= LARGE_MB
        found.append((f"{name}: first under {LARGE_MS:g} ms, and {LARGE_MB:g} MB in all", within))
    if "peer" in figures:
        slower = [key for key in ("first_ms", "again_ms") if mine[key] > figures["peer"][key]]
        found.append((f"{name}: no slower than the peer ({', '.join(slower) or 'both'})", not slower))
    return found


def growth(found: dict[str, Any]) -> float:
    """Return how many times what the early turns cost the late ones do, CPU time."""
    early, late = (
        statistics.median(turn["cpu_ms"] for turn in found["turns"] if first <= turn["images"] <= last)
        for first, last in (EARLY, LATE)
    )
    return late / early


def show_row(name: str, figures: dict[str, dict[str, float]]) -> None:
    """Print a row, one line per package."""
    for package, found in figures.items():
        times = " ".join(f"{key} {found[key + '_ms']:8.1f}" for key in ("cold", "first", "cpu", "again"))
        print(
            f"{name:52} {package:5} {times} ms  peak {found['peak_mb']:4.0f} Δ {found['delta_mb']:4.0f} MB", flush=True
        )
        name = ""


def show_stages(name: str, found: dict[str, Any]) -> None:
    """Print the CPU time of each stage."""
    stages = ", ".join(f"{stage} {times['cpu_ms']:.1f}" for stage, times in found["stages"].items())
    print(f"{name:16} CPU ms: {stages}; peak {found['peak_mb']:.0f} MB", flush=True)


def show_cores(name: str, found: dict[str, dict[str, float]]) -> None:
    """Print a row on one core and two."""
    times = ", ".join(f"{cores} core(s) {figures['first_ms']:.0f} ms" for cores, figures in found.items())
    print(f"{name:52} {times}", flush=True)


def show_growth(found: dict[str, dict[str, Any]]) -> None:
    """Print the cost of some turns."""
    for package, figures in found.items():
        some = [turn for turn in figures["turns"] if turn["images"] in {1, 2, 5, 10, 20, 50, 100, 150, 200}]
        costs = ", ".join(f"{turn['images']}: {turn['cpu_ms']:.0f}" for turn in some)
        print(f"growing conversation, {package}: CPU ms at each length {costs}", flush=True)


def plot(report: dict[str, Any], path: Path) -> None:
    """Draw the growing conversation, and the rows beside the peer's; nothing where either was never measured."""
    if not (report.get("rows") and report.get("growth")):
        return
    try:
        import matplotlib as mpl
    except ImportError:
        print("no plot: Matplotlib is not installed")
        return
    mpl.use("agg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.6), layout="constrained", width_ratios=(1, 1.2))
    styles = {"ours": ("headroom-nb", "#0072b2", "-"), "peer": ("headroom-ai 0.42", "#d55e00", "--")}
    for package, found in report["growth"].items():
        label, colour, dashes = styles[package]
        turns = [(turn["images"], turn["cpu_ms"]) for turn in found["turns"]]
        left.plot(*zip(*turns, strict=True), dashes, color=colour, label=label, marker="" if package == "ours" else "o")
    left.set(xlabel="images in the conversation", ylabel="CPU time of the turn, ms", yscale="log")
    left.set_title("A conversation that grows by one image a turn", fontsize=10)
    left.grid(axis="y", alpha=0.3)
    rows = {name: found for name, found in report["rows"].items() if "not told off" not in name}
    for offset, package in enumerate(("peer", "ours")):
        label, colour, _ = styles[package]
        bars_of = [found.get(package, {}).get("first_ms", 0) for found in rows.values()]
        places = [index + 0.38 * offset - 0.19 for index in range(len(rows))]
        drawn = right.barh(places, bars_of, 0.36, color=colour, label=label, hatch="//" if package == "peer" else "")
        right.bar_label(drawn, fmt="%.0f", fontsize=7, padding=2)
    right.set_yticks(range(len(rows)), list(rows), fontsize=8)
    right.invert_yaxis()
    right.set(xscale="log", xlabel="first call on a new picture, ms")
    right.set_title("By picture, provider and technique", fontsize=10)
    for axes in (left, right):
        axes.legend(fontsize=8)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
