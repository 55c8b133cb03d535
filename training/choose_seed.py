"""Ship the seed in the middle: rank the seeds on held-back questions, and copy the weights of the median one.

The score is fixed before any seed is trained: the mean of how often the technique chosen at ``balanced`` and the
largest need agree with the tables, on held-back templates and held-back pictures. No public question takes part, and
the shipped weights are not the luckiest ones.

Run as ``python -m training.choose_seed build/router/7/weights build/router/8/weights build/router/9/weights``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
from pathlib import Path
from typing import Any

from headroom_nb.routing.picture_kind import FILE as FUSION
from headroom_nb.routing.question_model import MODEL, TOKENIZER
from training.manifest import write_manifest

METRICS = "metrics.json"


def score(metrics: dict[str, Any]) -> float:
    """Return the score of one seed's metrics, 0 to 1."""
    return (metrics["both"]["balanced"]["agrees"] + metrics["needs, both"]["argmax agrees with the policy"]) / 2


def median_of(scores: dict[str, float]) -> str:
    """Return the name whose score is in the middle; the lower of the two middle ones of an even number."""
    ranked = sorted(scores, key=scores.__getitem__)
    return ranked[(len(ranked) - 1) // 2]


def main() -> None:
    """Choose, copy and write the manifest; the metrics get the scores of all seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", help="weights of each seed")
    parser.add_argument("--weights", type=Path, default=Path("headroom_nb/routing/weights"))
    options = parser.parse_args()
    metrics = {str(folder): json.loads((folder / METRICS).read_text("utf-8")) for folder in options.folders}
    scores = {name: score(row) for name, row in metrics.items()}
    chosen = median_of(scores)
    for name in (MODEL, TOKENIZER, FUSION):
        shutil.copyfile(Path(chosen) / name, options.weights / name)
    values = list(scores.values())
    seeds = {
        "scores": scores,
        "mean": statistics.mean(values),
        "spread": max(values) - min(values),
        "shipped": chosen,
    }
    (options.weights / METRICS).write_text(json.dumps({"seeds": seeds} | metrics[chosen], indent=1) + "\n", "utf-8")
    write_manifest(options.weights)
    print(json.dumps(seeds, indent=1))


if __name__ == "__main__":
    main()
