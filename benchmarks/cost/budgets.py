"""Whether the forms chosen within a budget are the best there are, and how long the choice takes.

    python -m benchmarks.cost.budgets [--out FILE.json]

Conversations are made up: forms halve their tokens in steps, and lose answers the sooner the finer the image is. Up to
eight images, every combination is tried. The time is that of the choice alone, after the images were measured.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

from headroom_nb.budget.choose import choose_forms
from headroom_nb.costs import find_model
from headroom_nb.costs.cache_simulator import Turn, price_run
from headroom_nb.costs.caching import cache_rule

Forms = list[tuple[int, float]]

SHARES = (0.1, 0.2, 0.35, 0.5, 0.8)
"""Budgets, as shares of the tokens of all images as they are."""

MODELS = ("claude-opus-5-5", "gpt-6-astra", "gpt-5.4", "gemini-3.5-flash")


def main() -> None:
    """Print what was measured and write the JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    found = {"optimal": optimal(400), "large": [large(count) for count in (20, 64, 100, 500)], "runs": runs()}
    print(json.dumps(found, indent=1))
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps(found, indent=1) + "\n")


def conversation(seed: int, count: int, steps: int) -> list[Forms]:
    """Return the forms of some images: tokens and risk, from the whole image down."""
    pick = random.Random(seed)
    images = []
    for _ in range(count):
        whole, steep = pick.randint(400, 4000), pick.uniform(0.5, 4)
        factor = 0.04 ** (1 / max(1, steps - 1))
        images.append(
            [
                (max(20, round(whole * factor**step)), round(min(1.0, (step / steps) ** steep), 4))
                for step in range(steps)
            ]
        )
    return images


def optimal(conversations: int) -> dict[str, Any]:
    """Return how many choices are as good as the best of all combinations, on two to eight images."""
    cases = best = 0
    for seed in range(conversations):
        count = 2 + seed % 7
        images = conversation(seed, count, steps=3 if count > 6 else 4)
        sums = [
            (round(sum(risk for _, risk in combination), 4), sum(tokens for tokens, _ in combination))
            for combination in product(*images)
        ]
        whole = sum(forms[0][0] for forms in images)
        for share in SHARES:
            within = [each for each in sums if each[1] <= share * whole]
            chosen = choose_forms(images, int(share * whole))
            cases += 1
            found = (round(chosen.risk, 4), chosen.tokens)
            best += found == min(within) if within else not chosen.fits
    return {"cases": cases, "optimal": best}


def large(count: int) -> dict[str, Any]:
    """Return time and bound for conversations of so many images with 14 forms each."""
    times, bounds = [], []
    for seed in range(5):
        images = conversation(seed, count, steps=14)
        whole = sum(forms[0][0] for forms in images)
        for share in SHARES:
            begun = time.process_time()
            chosen = choose_forms(images, int(share * whole))
            times.append(1000 * (time.process_time() - begun))
            bounds.append(chosen.bound / chosen.risk if chosen.risk else 0.0)
    return {
        "images": count,
        "median_ms": round(median(times), 2),
        "most_ms": round(max(times), 2),
        "exact": sum(not bound for bound in bounds) / len(bounds),
        "most_bound": round(max(bounds), 6),
    }


def runs() -> list[dict[str, Any]]:
    """Return what 100 turns that each add a screenshot cost, with and without the cache of each model's provider."""
    found = []
    for name in MODELS:
        spec = find_model(name)
        blocks: list[tuple[str, int]] = [("system", 800)]
        turns = []
        for number in range(100):
            blocks = [*blocks, (f"screen {number}", 1100), (f"step {number}", 30)]
            turns.append(Turn(blocks, at=20.0 * number))
            blocks = [*blocks, (f"reply {number}", 60)]
        begun = time.process_time()
        run = price_run(turns, cache_rule(spec))
        milliseconds = 1000 * (time.process_time() - begun)
        price = spec.usd_per_million_tokens or 0.0
        found.append(
            {
                "model": name,
                "usd": round(run.usd_without_cache(price), 4),
                "cached_usd": round(run.usd(price), 4),
                "ms": round(milliseconds, 1),
            }
        )
    return found


if __name__ == "__main__":
    main()
