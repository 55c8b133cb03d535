"""One measurement in one fresh process; run by the speed benchmark with this or the other package's Python.

``python -m benchmarks.speed.worker PACKAGE TECHNIQUE PROVIDER WARM_UP MESSAGES REPEATS`` prints JSON: wall and CPU
seconds of the first and of the repeated call, and the process's peak memory in MB before and after. TECHNIQUE is
``own`` for the package's own router.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable


def ours(technique: str) -> Any:
    """Return our compressor, its router fixed to one technique unless that is ``own``.

    The fixed router measures nothing, as the peer's does not: pictures count as free of text.
    """
    from headroom_nb import ImageCompressor, ImageSignals, RouteDecision, Technique

    if technique == "own":
        return ImageCompressor()
    choice = Technique(technique)

    plain = ImageSignals(0, 0, 0, 0, 0, 0, None, None, 0, (0, 0))
    decision = RouteDecision(choice, 1.0, "fixed for the benchmark", "fixed", {choice: 1.0}, plain)
    router: Any = SimpleNamespace(
        name="fixed",
        classify=always(decision),
        analyze_image=always(plain),
        classify_query=always((choice, 1.0)),
    )
    return ImageCompressor(router=router)


def peer(technique: str) -> Any:
    """Return headroom-ai's compressor, its router fixed to one technique unless that is ``own``."""
    from headroom.image import ImageCompressor
    from headroom.image.image_types import RouteDecision, Technique

    compressor = ImageCompressor()
    if technique != "own":
        decision = mock.Mock(spec=RouteDecision, technique=Technique(technique), confidence=1.0)
        compressor._get_router = mock.Mock(return_value=mock.Mock(classify=mock.Mock(return_value=decision)))  # noqa: SLF001
    return compressor


def always(answer: Any) -> Callable[..., Any]:
    """Return a function that always answers the same, and keeps nothing it is shown as a mock would: memory counts."""
    return lambda *_arguments, **_options: answer


def peak_mb() -> float:
    """Return the most memory this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text("ascii"))
        return int(found[1]) / 1000 if found else 0.0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def timed(compressor: Any, messages: Any, provider: str) -> tuple[float, float]:
    """Return wall and CPU seconds of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    compressor.compress(messages, provider=provider)
    return time.perf_counter() - wall, time.process_time() - cpu


PACKAGES = {"ours": ours, "peer": peer}


def main() -> None:
    """Measure and print."""
    package, technique, provider, warm_up, path, count = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    compressor = PACKAGES[package](technique)
    messages = json.loads(Path(path).read_text("utf-8"))
    if warm_up != "-":
        compressor.compress(json.loads(Path(warm_up).read_text("utf-8")), provider=provider)
    before = peak_mb()
    first, cpu = timed(compressor, messages, provider)
    after = peak_mb()
    repeats = [timed(compressor, messages, provider) for _ in range(int(count))] or [(first, cpu)]
    found = {
        "first": first,
        "cpu": cpu,
        "again": min(wall for wall, _ in repeats),
        "again_cpu": min(cpu for _, cpu in repeats),
        "before_mb": before,
        "peak_mb": after,
        "images": sum(isinstance(message["content"], list) for message in messages),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
