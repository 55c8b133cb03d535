"""Sends made-up requests through wrapped clients to a local server with the providers' rules; counts what it refuses.

Run as ``python -m benchmarks.refused --requests 10000 --out build/refused.json``.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from tests.sdk.conftest import serve
from tests.sdk.generated import Clients, know_the_tight_model, run


def main() -> None:
    """Print and write how many requests were refused that the originals would have passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    know_the_tight_model()
    refused, failures, passed = [], [], 0
    started = time.monotonic()
    with serve() as provider:
        clients = Clients(provider.url)
        for seed in range(arguments.seed, arguments.seed + arguments.requests):
            passes, at_once, said = run(seed, clients, provider)
            provider.bodies.clear()
            provider.seen.clear()
            passed += passes
            if passes and not at_once:
                refused.append(seed)
            if said:
                failures.append({"seed": seed, "said": said})
            if (seed + 1) % 500 == 0:
                print(
                    f"{seed + 1 - arguments.seed:,} requests, {len(refused)} refused, {len(failures)} not done",
                    flush=True,
                )
        clients.close()
    found = {
        "requests": arguments.requests,
        "originals_passed": passed,
        "refused_after_rewriting": len(refused),
        "seeds_refused": refused[:100],
        "failures": failures[:100],
        "seconds": round(time.monotonic() - started, 1),
    }
    print(json.dumps({key: value for key, value in found.items() if key != "failures"}))
    if arguments.out is not None:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
