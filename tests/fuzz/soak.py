"""Many generated inputs through every entry point and target: ``python -m tests.fuzz.soak --inputs 100000``.

Half are arguments drawn for the public entry points, half mutations of the seed corpus for the targets. The answer is
a count by entry point: came to a result, raised our error, broke the promise (with the input, so that it can become a
test). The counts are written after each piece, so that a run that is stopped keeps what it saw. The status is 1 when a
promise was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.corpus import seeds
from tests.fuzz.entry_points import arguments, entry, keeps_its_promise, names
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import TARGETS, _own_models

PIECE = 10_000
"""Inputs between two writings of the counts, each with a seed of its own: the first one, the next, and so on."""

CHUNK = 500
"""Inputs of one entry point drawn in a row; hypothesis remembers what it drew, and so is started anew."""

MOST_FAILURES = 20


def main() -> None:
    """Run, print the table and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    out = None if asked.out is None else asked.out.resolve()
    warnings.simplefilter("error")
    os.environ["HEADROOM_NB_OFFLINE"] = "1"  # nothing drawn may lead to a hub, or to the own cache
    os.environ["HEADROOM_NB_CACHE_FOLDER"] = tempfile.mkdtemp()
    begun = time.perf_counter()
    counts: Counter[str] = Counter()
    failures: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for number, start in enumerate(range(0, asked.inputs, PIECE)):
            inputs = min(PIECE, asked.inputs - start)
            _entry_points(inputs // 2, asked.seed + number, counts, failures)
            _targets(inputs - inputs // 2, asked.seed + number, counts, failures)
            done = {
                "inputs": sum(counts.values()),
                "seconds": round(time.perf_counter() - begun, 1),
                "broken_promises": sum(count for name, count in counts.items() if name.endswith(": broken")),
                "by_entry_point": dict(sorted(counts.items())),
                "failures": failures,
                "seeds": [asked.seed, asked.seed + number],
                "python": sys.version.split()[0],
            }
            if out is not None:
                out.write_text(json.dumps(done, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        os.chdir("/")
    print(json.dumps(done, indent=1, ensure_ascii=False))  # noqa: T201
    raise SystemExit(1 if done["broken_promises"] else 0)


def _entry_points(inputs: int, first: int, counts: Counter[str], failures: list[dict[str, str]]) -> None:
    asked = names()
    rounds = max(1, -(-inputs // (CHUNK * len(asked))))
    each = -(-inputs // (rounds * len(asked)))
    for number in range(rounds):
        for name in asked:
            with _own_models():
                _draw(name, each, first + number, counts, failures)


def _draw(name: str, inputs: int, number: int, counts: Counter[str], failures: list[dict[str, str]]) -> None:
    found = entry(name)

    @seed(number)
    @settings(
        max_examples=inputs,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def run(data: Any) -> None:
        given_ = data.draw(arguments(found))
        try:
            outcome = "done" if keeps_its_promise(found, *given_) else "our error"
        except Exception as error:  # noqa: BLE001 - counting every kind is the point
            outcome = "broken"
            _note(failures, name, error, given_)
        counts[f"{name}: {outcome}"] += 1

    run()


def _targets(inputs: int, first: int, counts: Counter[str], failures: list[dict[str, str]]) -> None:
    chance = random.Random(first)
    for name, target in TARGETS.items():
        found = list(seeds(target.seeds).values())
        for _ in range(-(-inputs // (len(TARGETS) * 10))):
            for changed in mutated(chance.choice(found), 10, chance.getrandbits(32)):
                try:
                    target.run(changed)
                    outcome = "kept"
                except Exception as error:  # noqa: BLE001 - counting every kind is the point
                    outcome = "broken"
                    _note(failures, name, error, changed)
                counts[f"target {name}: {outcome}"] += 1


def _note(failures: list[dict[str, str]], name: str, error: Exception, given_: object) -> None:
    if len(failures) < MOST_FAILURES:
        failures.append({"name": name, "error": f"{type(error).__name__}: {error}"[:300], "input": repr(given_)[:600]})


if __name__ == "__main__":
    main()
