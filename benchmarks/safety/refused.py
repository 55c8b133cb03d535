"""Sends made-up requests through wrapped clients to a local server with the providers' rules; counts what it refuses.

Run as ``python -m benchmarks.safety.refused --requests 10000 --out build/refused.json``; ``--add`` adds to what
stands there, so that other seeds can be sent in several runs.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.sdk.conftest import serve
from tests.sdk.generated import Clients, know_the_tight_model, run


def _sum(one: Any, other: Any) -> Any:
    """Return the figures of two runs together."""
    if isinstance(one, dict):
        return {key: _sum(one.get(key, 0), other.get(key, 0)) for key in one | other}
    return one + other if one and other else one or other


def main() -> None:
    """Print and write how many requests were refused that the originals would have passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--add", action="store_true", help="add to the figures that stand in the file")
    arguments = parser.parse_args()
    know_the_tight_model()
    refused, failures, passed, sent = [], [], 0, Counter()
    started = time.monotonic()
    with serve() as provider:
        clients = Clients(provider.url)
        for seed in range(arguments.seed, arguments.seed + arguments.requests):
            passes, at_once, said, techniques = run(seed, clients, provider)
            provider.bodies.clear()
            provider.seen.clear()
            passed += passes
            sent.update(techniques)
            if passes and not at_once:
                refused.append(seed)
            if said:
                failures.append({"seed": seed, "said": said})
        clients.close()
    found = {
        "requests": arguments.requests,
        "originals_passed": passed,
        "refused_after_rewriting": len(refused),
        "images_sent": dict(sorted(sent.items())),
        "seeds_refused": refused[:100],
        "failures": failures[:100],
        "seconds": round(time.monotonic() - started, 1),
    }
    if arguments.add and arguments.out.exists():
        found = _sum(json.loads(arguments.out.read_text(encoding="utf-8")), found)
    print(json.dumps({key: value for key, value in found.items() if key != "failures"}))
    if arguments.out is not None:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
