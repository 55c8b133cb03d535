"""Tokens against answers kept, for every policy and several models.

    python -m benchmarks.fidelity [--quick] [--per-kind 5] [--peer VENV] [--resume] [--out FOLDER]
    python -m benchmarks.fidelity --data FOLDER [--data FOLDER] [--policies P …] [--every N] [--peer VENV] [--resume]
    python -m benchmarks.fidelity --calibrate

Images are rendered with known facts (receipts, tables, charts, forms, code, signs, screens, shapes, scenes, pages).
With ``--data``, the questions are real ones instead, from folders that ``data.py`` describes, and there are
two judges; both halves of the images are reported, as constants may be set on one of them. An answer is kept when it
can still be recovered from what is sent, in the model's own view of it. How that is judged, and what it cannot show,
stands in ``judge.py`` and ``data.py``.

Prints a table, and writes ``fidelity.json`` (with every answer that was lost) and ``fidelity.png`` (Pareto); every
answer goes to ``build/fidelity-rows.json``. Readings are cached by content in ``build/fidelity-ocr``. ``--calibrate``
measures how much text survives by its size in the view: the source of the numbers in
``headroom_nb/signals/legibility.py``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.fidelity import data, judge
from benchmarks.fidelity.data import load
from benchmarks.fidelity.facts import rendered
from benchmarks.fidelity.judge import Judge
from benchmarks.fidelity.ocr import DiskOcr
from benchmarks.fidelity.peer import Peer, PeerProcess
from benchmarks.fidelity.policies import AlwaysLow, Careful, Fixed, Routed, Techniques, Untouched
from benchmarks.fidelity.real import (
    calibration,
    measure_real,
    real_policies,
    show_calibration,
    show_real,
    summarise_real,
)
from headroom_nb.costs import find_model
from headroom_nb.ocr import get_ocr
from headroom_nb.pictures import read_header
from headroom_nb.records import QUALITIES, Technique

if TYPE_CHECKING:
    from benchmarks.fidelity.facts import Sample
    from benchmarks.fidelity.policies import Policy
    from headroom_nb.costs import ModelSpec

Row = dict[str, Any]

MODELS = ("gpt-4o", "gpt-5.6-sol", "claude-opus-5-5", "claude-haiku-4-5", "gemini-3-flash-preview")
QUICK_MODELS = ("gpt-5.6-sol", "claude-opus-5-5")
BASE = "only preserve"


def policies(router: str, techniques: Techniques) -> list[Policy]:
    """Return every policy, the baselines first."""
    return [
        Untouched(),
        # What everything is compared with gives nothing up.
        Fixed(Technique.PRESERVE, techniques, "safe"),
        *(Fixed(technique, techniques, "balanced") for technique in Technique if technique is not Technique.PRESERVE),
        AlwaysLow(),
        Careful(techniques),
        *(Routed(quality, router, techniques) for quality in QUALITIES),
    ]


def measure(samples: list[Sample], tried: list[Policy], models: list[ModelSpec], judge: Judge) -> list[Row]:
    """Return one row per policy, model and question."""
    rows: list[Row] = []
    for number, sample in enumerate(samples):
        size = read_header(sample.data).size
        started = time.perf_counter()
        for fact in sample.facts:
            for model in models:
                for policy in tried:
                    sent = policy.send(sample, fact, model)
                    rows.append(
                        {
                            "policy": policy.name,
                            "model": model.name,
                            "sample": sample.name,
                            "kind": sample.kind,
                            "question": fact.question,
                            "tokens": sent.tokens,
                            "kept": judge.recovered(sent.parts, fact, size, model, "auto"),
                            "technique": sent.technique,
                            "careful": fact.careful.value,
                            "note": sent.note,
                        }
                    )
        print(f"{number + 1}/{len(samples)} {sample.name} {time.perf_counter() - started:.1f} s", flush=True)
    return rows


def summarise(rows: list[Row]) -> list[Row]:
    """Return one row per policy and model: tokens, and the share of the answers that `preserve` keeps."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["policy"], row["model"]].append(row)
    summary = []
    for (policy, model), mine in groups.items():
        base = groups[BASE, model]
        base_tokens = sum(row["tokens"] for row in base)
        both = sum(min(one["kept"], two["kept"]) for one, two in zip(mine, base, strict=True))
        base_kept = sum(row["kept"] for row in base)
        tokens = sum(row["tokens"] for row in mine)
        summary.append(
            {
                "policy": policy,
                "model": model,
                "questions": len(mine),
                "tokens": tokens,
                "saved_percent": round(100 * (1 - tokens / base_tokens), 1),
                "answers_percent": round(100 * sum(row["kept"] for row in mine) / len(mine), 1),
                "of_preserve_percent": round(100 * both / base_kept, 1) if base_kept else None,
            }
        )
    return summary


def show(summary: list[Row]) -> None:
    """Print a table per model."""
    for model in dict.fromkeys(row["model"] for row in summary):
        print(f"\n{model}\n{'policy':<18}{'tokens':>10}{'saved':>9}{'answers':>9}{'of preserve':>13}")
        for row in summary:
            if row["model"] == model:
                print(
                    f"{row['policy']:<18}{row['tokens']:>10,}{row['saved_percent']:>8} %{row['answers_percent']:>8}%"
                    f"{row['of_preserve_percent']:>12} %"
                )


MARKERS = "osD^vP*X<>hpd8H12"


def plot(summary: list[Row], path: Path) -> None:
    """Draw tokens against answers kept, one panel per model; up and left is better."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    models = list(dict.fromkeys(row["model"] for row in summary))
    policies = list(dict.fromkeys(row["policy"] for row in summary))
    columns = min(3, len(models))
    lines = -(-(len(models) + 1) // columns)
    figure, grid = plt.subplots(
        lines, columns, figsize=(4.4 * columns, 3.6 * lines), sharey=True, squeeze=False, layout="constrained"
    )
    for panel, model in zip(grid.flat, models, strict=False):
        for row in (row for row in summary if row["model"] == model):
            policy = row["policy"]
            panel.scatter(
                100 - row["saved_percent"],
                row["of_preserve_percent"],
                s=90 if policy in QUALITIES else 40,
                marker=MARKERS[policies.index(policy) % len(MARKERS)],
                color=_colour(policy),
                alpha=0.85,
                label=policy,
                zorder=3 if policy in QUALITIES else 2,
            )
        panel.set(title=model, xlabel="tokens, % of preserve", ylabel="answers, % of preserve's")
        panel.set_xlim(0, 108)
        panel.grid(alpha=0.3)
    spare = list(grid.flat)[len(models) :]
    for panel in spare:
        panel.set_axis_off()
    handles, labels = grid.flat[0].get_legend_handles_labels()
    spare[0].legend(handles, labels, loc="center", ncols=2, frameon=False)
    figure.savefig(path, dpi=100)


OURS, PEER, OTHERS = "#0b6bcb", "#c4541b", "#6d727b"


def _colour(policy: str) -> str:
    if policy in QUALITIES:
        return OURS
    return PEER if policy.startswith("peer") else OTHERS


def real(rows: list[Row], out: Path, name: str) -> None:
    """Print, write and draw what came out on real questions."""
    summary = summarise_real(rows)
    show_real(summary)
    named = calibration(rows)
    show_calibration(named)
    out.mkdir(parents=True, exist_ok=True)
    ours = [row for row in rows if row["policy"] in QUALITIES and row["strict"] is not None and row["strict"] < 1]
    lost = [{name: row[name] for name in ("policy", "model", "kind", "tokens", "risk", "strict")} for row in ours]
    account = {"about": data.__doc__, "summary": summary, "calibration": named, "lost": lost}
    (out / f"{name}.json").write_text(json.dumps(account, indent=1) + "\n")
    plot([row for row in summary if row["half"] == "all"], out / f"{name}.png")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="two images of each kind, two models")
    parser.add_argument("--per-kind", type=int, default=5)
    parser.add_argument("--data", type=Path, action="append", help="folder of answers or cases, see data.py")
    parser.add_argument("--every", type=int, default=1, help="with --data: every nth question")
    parser.add_argument("--policies", nargs="+", help="with --data: these alone")
    parser.add_argument("--name", default="fidelity-real", help="with --data: what the results are called")
    parser.add_argument("--models", nargs="+", default=None)
    parser.add_argument("--router", default="auto")
    parser.add_argument("--peer", type=Path, help="virtual environment with headroom-ai[image]")
    parser.add_argument("--resume", action="store_true", help="go on from an interrupted run of the same code")
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "results")
    options = parser.parse_args()
    if options.calibrate:
        from benchmarks.fidelity.calibrate import calibrate

        calibrate()
        return
    started = time.perf_counter()
    models = [find_model(name) for name in options.models or (QUICK_MODELS if options.quick else MODELS)]
    ocr = DiskOcr(get_ocr(), Path("build/fidelity-ocr"))
    peer = PeerProcess(options.peer) if options.peer else None
    if options.data:
        rows_so_far = Path("build") / f"{options.name}-rows.jsonl"
        if not options.resume:
            rows_so_far.unlink(missing_ok=True)
        questions = [question for folder in options.data for question in load(folder)][:: options.every]
        tried = [
            policy for policy in real_policies(ocr, peer) if options.policies is None or policy.name in options.policies
        ]
        real(measure_real(questions, models, tried, ocr, rows_so_far), options.out, options.name)
        return
    samples = rendered(2 if options.quick else options.per_kind)
    tried = policies(options.router, Techniques(ocr, Path("build/fidelity-sent"), resume=options.resume))
    if peer is not None:
        tried += [Peer(peer, technique) for technique in Technique]
    rows = measure(samples, tried, models, Judge(ocr))
    summary = summarise(rows)
    show(summary)
    options.out.mkdir(parents=True, exist_ok=True)
    name = "fidelity-quick" if options.quick else "fidelity"
    lost = [row for row in rows if row["kept"] < 1]
    account = {"about": judge.__doc__, "summary": summary, "lost": lost}
    (options.out / f"{name}.json").write_text(json.dumps(account, indent=1) + "\n")
    Path("build/fidelity-rows.json").write_text(json.dumps(rows) + "\n")
    plot(summary, options.out / f"{name}.png")
    seconds = time.perf_counter() - started
    print(f"\n{judge.__doc__}")
    print(f"{len(samples)} images, {ocr.readings} new readings, {seconds:.0f} s; wrote {options.out / name}.json")


if __name__ == "__main__":
    main()
