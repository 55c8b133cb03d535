"""What the small things cost: loading the extension, messages without images, a wrapped call, counting.

Each figure is the best of several rounds. ``python benchmarks/overheads.py`` prints a table and writes JSON.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
NOTEBOOK = """
import time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell()
shell.user_ns["messages"] = [{"role": "user", "content": "no picture here"}]
start = time.perf_counter()
shell.run_line_magic("load_ext", "headroom_nb")
loaded = time.perf_counter()
shell.run_line_magic("headroom", "compress messages")
print(loaded - start, time.perf_counter() - loaded)
"""


def best(run: Callable[[], object], calls: int = 1) -> float:
    """Return the least seconds of one call over the rounds."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(calls):
            run()
        seconds.append((time.perf_counter() - start) / calls)
    return min(seconds)


def in_a_notebook() -> tuple[float, float]:
    """Return the seconds of ``%load_ext`` and of the first text-only ``%headroom compress``, in fresh processes."""
    rounds = []
    for _ in range(ROUNDS):
        done = subprocess.run([sys.executable, "-c", NOTEBOOK], capture_output=True, text=True, check=True)
        rounds.append(tuple(map(float, done.stdout.split()[-2:])))
    return min(one[0] for one in rounds), min(one[1] for one in rounds)


def wrapped_call() -> float:
    """Return what wrapping adds to a call of thirty messages without images, in seconds."""
    import openai

    from headroom_nb import wrap

    client = openai.OpenAI(api_key="none", base_url="http://127.0.0.1:9/v1")
    client.chat.completions.create = lambda **_: None
    arguments = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello " * 200}] * 30}
    plain = best(lambda: client.chat.completions.create(**arguments), 50)
    wrap(client)
    return best(lambda: client.chat.completions.create(**arguments), 50) - plain


def thousand_counts() -> float:
    """Return the seconds of counting 1,000 JPEGs of 12 megapixels from their bytes."""
    from PIL import Image

    from headroom_nb.costs import estimate
    from headroom_nb.pictures import read_header

    out = io.BytesIO()
    Image.effect_noise((4000, 3000), 40).save(out, "JPEG")
    data = out.getvalue()
    return 1000 * best(lambda: estimate(read_header(data).size, "claude-opus-5-5"), 1000)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "overheads.json")
    options = parser.parse_args()
    loading, text_only = in_a_notebook()
    figures = {
        "%load_ext headroom_nb, ms": 1000 * loading,
        "first %headroom compress without images, ms": 1000 * text_only,
        "wrapped call of 30 messages without images, ms more": 1000 * wrapped_call(),
        "counting 1,000 JPEGs of 12 megapixels, ms": 1000 * thousand_counts(),
    }
    for name, value in figures.items():
        print(f"{name:54} {value:8.2f}")
    options.out.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
