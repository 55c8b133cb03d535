"""How often the routers choose right, how sure they are, how fast and how large: a table and JSON.

    python -m benchmarks.deciding.router DATA [--routers embedded,rules] [--out benchmarks/results/router.json]

``DATA`` holds ``questions.jsonl``: one object a line with ``q`` (the question), ``label`` (the technique that is
right), ``also_ok`` (others that can be defended), ``source``, ``stand_in`` (a picture in ``DATA`` to ask it of, or
null), and ``enriched`` on rows that were picked because they name a place in the picture; those are reported apart.
A row without a picture is decided by its words, whatever the quality; "pictured" are the random rows without these.
Set OMP_NUM_THREADS=1 for the figures of one thread.

Measures
--------
strict, lenient
    Share of the rows where the choice is the label; where it is the label or in ``also_ok``.
shrunk
    Share of the rows labelled "preserve" where the router chose to shrink; ``shrunk_badly`` leaves out those where the
    choice can be defended.
crop_recall
    Share of the rows labelled "crop" where the choice is "crop" or can be defended.
ece
    Expected calibration error: mean distance between confidence and the share of right choices, over ten bins of equal
    width, weighted by their rows. ``ece_lenient`` counts defensible choices as right.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from headroom_nb.pictures import open_picture
from headroom_nb.records import QUALITIES, RouteDecision, Technique
from headroom_nb.routing import load_router

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_nb.pictures import Picture
    from headroom_nb.records import ImageSignals
    from headroom_nb.routing import Router

TECHNIQUES = [technique.value for technique in Technique]
RUNS = 21


class Fixed:
    """Baseline: always the same technique."""

    def __init__(self, technique: Technique) -> None:
        self.name = f"always {technique}"
        self._technique = technique

    def classify(self, image: bytes | Picture, query: str, *, quality: str = "balanced") -> RouteDecision:  # noqa: ARG002
        """Return the technique."""
        return RouteDecision(self._technique, 1.0, "always", self.name)

    def classify_query(self, query: str) -> tuple[Technique, float]:  # noqa: ARG002
        """Return the technique."""
        return self._technique, 1.0

    def analyze_image(self, image: bytes | Picture) -> ImageSignals:
        """Refuse: nothing is looked at."""
        raise NotImplementedError


class QuestionOnly(Fixed):
    """Baseline: a router's reading of the question, blind to the picture."""

    def __init__(self, router: Router) -> None:
        self.name = f"{router.name}, question only"
        self._router = router

    def classify(self, image: bytes | Picture, query: str, *, quality: str = "balanced") -> RouteDecision:  # noqa: ARG002
        """Return what the words alone suggest."""
        technique, confidence = self._router.classify_query(query)
        return RouteDecision(technique, confidence, "question only", self.name)

    def classify_query(self, query: str) -> tuple[Technique, float]:
        """Return what the words alone suggest."""
        return self._router.classify_query(query)


class ImageOnly(Fixed):
    """Baseline: measured signals, deaf to the question. Text is transcribed, graphics are kept, photos are shrunk."""

    def __init__(self, router: Router) -> None:
        self.name = "picture only"
        self._router = router

    def classify(self, image: bytes | Picture, query: str, *, quality: str = "balanced") -> RouteDecision:  # noqa: ARG002
        """Return what the picture alone suggests."""
        seen = self._router.analyze_image(image)
        if seen.has_text < 0.5:
            return RouteDecision(Technique.FULL_LOW, 1 - seen.has_text, "no text", self.name)
        if seen.is_document >= 0.5 or seen.text_coverage < 0.1:
            return RouteDecision(Technique.TRANSCODE, max(seen.is_document, 0.5), "text", self.name)
        return RouteDecision(Technique.PRESERVE, 1 - seen.is_document, "graphic", self.name)

    def classify_query(self, query: str) -> tuple[Technique, float]:  # noqa: ARG002
        """Return what is done without a picture."""
        return Technique.PRESERVE, 0.5


def decide(router: Router, rows: Sequence[dict[str, Any]], data: Path, quality: str) -> list[RouteDecision]:
    """Return a decision per row; a row without a picture is decided by its words."""
    pictures: dict[str, Picture] = {}
    decisions = []
    for row in rows:
        name = row["stand_in"]
        if name is None:
            technique, confidence = router.classify_query(row["q"])
            decisions.append(RouteDecision(technique, confidence, "no picture", router.name))
            continue
        if name not in pictures:
            pictures[name] = open_picture((data / name).read_bytes())
        decisions.append(router.classify(pictures[name], row["q"], quality=quality))
    return decisions


def measure(rows: Sequence[dict[str, Any]], decisions: Sequence[RouteDecision]) -> dict[str, Any]:
    """Return the measures of the module's docstring."""
    chosen = [decision.technique.value for decision in decisions]
    right = np.array([pick == row["label"] for row, pick in zip(rows, chosen, strict=True)])
    fine = np.array([pick in (row["label"], *row["also_ok"]) for row, pick in zip(rows, chosen, strict=True)])
    confidence = np.array([decision.confidence for decision in decisions])
    label = np.array([row["label"] for row in rows])
    shrunk = np.array(chosen) != "preserve"
    keep, crop = label == "preserve", label == "crop"
    return {
        "rows": len(rows),
        "strict": _mean(right),
        "lenient": _mean(fine),
        "shrunk": _mean(shrunk[keep]),
        "shrunk_badly": _mean((shrunk & ~fine)[keep]),
        "crop_recall": _mean(fine[crop]),
        "ece": calibration_error(confidence, right),
        "ece_lenient": calibration_error(confidence, fine),
        "confusion": {
            truth: dict(Counter(pick for pick, name in zip(chosen, label, strict=True) if name == truth))
            for truth in TECHNIQUES
            if (label == truth).any()
        },
    }


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 10) -> float | None:
    """Return the expected calibration error; None without rows."""
    if not len(right):
        return None
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        (places == place).mean() * abs(confidence[places == place].mean() - right[places == place].mean())
        for place in np.unique(places)
    ]
    return round(float(sum(gaps)), 4)


def _mean(values: np.ndarray) -> float | None:
    return round(float(values.mean()), 4) if len(values) else None


def report(router: Router, rows: list[dict[str, Any]], data: Path) -> dict[str, Any]:
    """Return the measures for each quality on random rows, those with a picture and enriched ones; also by source."""
    parts = {
        "random": [row for row in rows if not row.get("enriched")],
        "pictured": [row for row in rows if not row.get("enriched") and row["stand_in"]],
        "enriched": [row for row in rows if row.get("enriched")],
    }
    measured: dict[str, Any] = {}
    for quality in QUALITIES:
        decisions = decide(router, rows, data, quality)
        by_row = {id(row): decision for row, decision in zip(rows, decisions, strict=True)}
        measured[quality] = {
            name: measure(part, [by_row[id(row)] for row in part]) for name, part in parts.items() if part
        }
        if quality == "balanced":
            sources = sorted({row["source"] for row in parts["random"]})
            measured["by_source"] = {
                source: measure(part, [by_row[id(row)] for row in part])
                for source in sources
                if (part := [row for row in parts["random"] if row["source"] == source])
            }
    return measured


def test_pictures() -> dict[str, Callable[[int], Image.Image]]:
    """Return makers of 1024×1024 pictures, each number another one: a page of text, and noise like a photo's."""

    def page(number: int) -> Image.Image:
        image = Image.new("RGB", (1024, 1024), "white")
        draw, font = ImageDraw.Draw(image), ImageFont.load_default(18)
        for line in range(44):
            draw.text(
                (40, 20 + line * 22), f"{number} line {line}: the quick brown fox counts {line * number} hens", 0, font
            )
        return image

    def photo(number: int) -> Image.Image:
        rng = np.random.default_rng(number)
        soft = Image.fromarray(rng.integers(0, 256, (24, 24, 3), dtype=np.uint8)).resize((1024, 1024), 3)
        pixels = np.asarray(soft) + rng.normal(0, 4, (1024, 1024, 1))
        return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))

    return {"page": page, "photo": photo}


def latency(router: Router) -> dict[str, float]:
    """Return the median milliseconds of a first decision on decoded 1024² pictures, and of a question alone."""
    figures: dict[str, float] = {}
    for kind, make in test_pictures().items():
        times = []
        for number in range(RUNS):
            buffer = io.BytesIO()
            make(number).save(buffer, "PNG", compress_level=1)
            picture = open_picture(buffer.getvalue())
            picture.rgb()
            start = time.perf_counter()
            router.classify(picture, f"What does line {number} say, and who wrote it?")
            times.append(time.perf_counter() - start)
        figures[f"decision_{kind}_ms"] = round(statistics.median(times) * 1e3, 2)
    times = []
    for number in range(RUNS):
        start = time.perf_counter()
        router.classify_query(f"How many hens are there in row {number}?")
        times.append(time.perf_counter() - start)
    figures["question_ms"] = round(statistics.median(times) * 1e3, 2)
    return figures


def footprint(name: str) -> dict[str, float]:
    """Load a router in a fresh process: seconds to load it, MB it takes at its peak with one decision."""
    command = [sys.executable, "-m", "benchmarks.deciding.router", "--footprint", name]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return figures


def _footprint(name: str) -> None:
    before = peak_megabytes()
    start = time.perf_counter()
    router = load_router(name)
    loaded = time.perf_counter() - start
    buffer = io.BytesIO()
    test_pictures()["page"](1).save(buffer, "PNG")
    router.classify(buffer.getvalue(), "What is the total?")
    peak = peak_megabytes()
    figures = {"load_s": round(loaded, 3), "peak_mb": round(peak), "above_imports_mb": round(peak - before)}
    print(json.dumps(figures))


def peak_megabytes() -> float:
    """Return the most memory this process has held. On Linux ``ru_maxrss`` also counts the parent's, before exec."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show(results: dict[str, Any]) -> None:
    """Print the tables."""
    head = f"{'router':28} {'rows':>9} {'quality':>9} strict lenient shrunk  badly  crop   ECE  ECE(len)"
    print(head, "-" * len(head), sep="\n")
    for name, result in results.items():
        for quality in QUALITIES if name in ("embedded", "onnx", "torch") else ("balanced",):
            for part, row in result[quality].items():
                cells = [
                    row[key]
                    for key in ("strict", "lenient", "shrunk", "shrunk_badly", "crop_recall", "ece", "ece_lenient")
                ]
                text = " ".join("     –" if cell is None else f"{cell:6.3f}" for cell in cells)
                print(f"{name:28} {part:>9} {quality:>9} {text}")
    for name, result in results.items():
        if "latency" not in result:
            continue
        print(f"\n{name}: {result['latency']} {result['footprint']}")
        for part in ("random", "enriched"):
            if part in result["balanced"]:
                print(f"  balanced, {part}; rows are right, columns chosen: {' '.join(f'{t:>10}' for t in TECHNIQUES)}")
                for truth, picks in result["balanced"][part]["confusion"].items():
                    print(f"  {truth:>48} {' '.join(f'{picks.get(t, 0):10d}' for t in TECHNIQUES)}")
        for source, row in result["by_source"].items():
            print(f"  {source:24} {row['rows']:4d} strict {row['strict']:.2f} lenient {row['lenient']:.2f}")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?", help="folder with questions.jsonl and its pictures")
    parser.add_argument("--routers", default="embedded,rules", help="names, with commas")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/router.json"))
    parser.add_argument("--footprint", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.footprint:
        _footprint(arguments.footprint)
        return
    if arguments.data is None:
        parser.error("name the folder that holds questions.jsonl")
    lines = (arguments.data / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    results: dict[str, Any] = {}
    for name in arguments.routers.split(","):
        router = load_router(name)
        if router.name != name:
            print(f"{name}: {router.note}")
            continue
        results[name] = report(router, rows, arguments.data)
        results[name] |= {"latency": latency(router), "footprint": footprint(name)}
        results.setdefault("picture only", report(ImageOnly(router), rows, arguments.data))
        blind = QuestionOnly(router)
        results[blind.name] = report(blind, rows, arguments.data)
    fixed = Fixed(Technique.TRANSCODE)
    results[fixed.name] = report(fixed, rows, arguments.data)
    show(results)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
