"""What the small things cost: loading the extension, messages without images, a wrapped call, counting.

Each figure is the best of several rounds. ``python -m benchmarks.speed.overheads`` prints a table and writes JSON.
``--against FOLDER``, a checkout of an earlier version, instead compares imports and first calls with that version, turn
by turn in one run, each in a fresh process::

    git worktree add build/first c820227
    python -m benchmarks.speed.overheads --against build/first --out build/overheads-ratio.json
"""

from __future__ import annotations

import argparse
import io
import json
import os
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
shell.user_ns["messages"] = [{"role": "user", "content": "no image here"}]
start = time.perf_counter()
shell.run_line_magic("load_ext", "headroom_nb")
loaded = time.perf_counter()
shell.run_line_magic("headroom", "compress messages")
print(loaded - start, time.perf_counter() - loaded)
"""

FIRST_CALLS = """
import base64, io, time
start = time.perf_counter()
from headroom_nb import compress
imported = time.perf_counter()
compress([{"role": "user", "content": "no image here"}], model="gpt-4o", router="rules", quality="safe")
text_only = time.perf_counter()
from PIL import Image
out = io.BytesIO()
Image.linear_gradient("L").resize((1400, 1000)).convert("RGB").save(out, "PNG")
url = "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
block = {"type": "image_url", "image_url": {"url": url}}
messages = [{"role": "user", "content": [{"type": "text", "text": "Is it sunny?"}, block]}]
ready = time.perf_counter()
compress(messages, model="gpt-4o", router="rules", quality="safe", cache="off")
first_image = time.perf_counter()
compress(messages, model="gpt-4o", router="rules", quality="safe", cache="off")
print(imported - start, text_only - imported, first_image - ready, time.perf_counter() - first_image)
"""
COMPARED = {
    "import": (FIRST_CALLS, 0),
    "first call without images": (FIRST_CALLS, 1),
    "first image": (FIRST_CALLS, 2),
    "second image": (FIRST_CALLS, 3),
    "%load_ext": (NOTEBOOK, 0),
    "first %headroom compress without images": (NOTEBOOK, 1),
}
"""What is compared with another version: the script, and which of the figures that it prints."""

COMPARED_ROUNDS = 9


def in_a_process(script: str, folder: Path) -> list[float]:
    """Return the figures that a script prints with the package of a folder, in seconds of the processor.

    Other processes change the time on the wall far more than the differences that are looked for.
    """
    script = script.replace("perf_counter", "process_time")
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment, cwd=folder
    )
    return [float(figure) for figure in done.stdout.split()]


def against(folder: Path, rounds: int = COMPARED_ROUNDS) -> dict[str, dict[str, float]]:
    """Return the seconds of this version and of another, the best of rounds that take turns, and their ratio."""
    folders = {"this": Path(__file__).parents[2], "other": folder.resolve()}
    found: dict[tuple[str, str], list[list[float]]] = {}
    for _ in range(rounds):
        for script in (FIRST_CALLS, NOTEBOOK):
            for who, where in folders.items():
                found.setdefault((script, who), []).append(in_a_process(script, where))
    figures = {}
    for name, (script, place) in COMPARED.items():
        this, other = (min(round_[place] for round_ in found[script, who]) for who in folders)
        figures[name] = {"this, ms": 1000 * this, "other, ms": 1000 * other, "ratio": this / other}
    return figures


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
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "results" / "overheads.json")
    parser.add_argument("--against", type=Path, help="a checkout of another version to compare with")
    parser.add_argument("--rounds", type=int, default=COMPARED_ROUNDS, help="rounds of the comparison")
    options = parser.parse_args()
    if options.against is not None:
        compared = against(options.against, options.rounds)
        for name, row in compared.items():
            print(f"{name:42} {row['this, ms']:8.1f} ms, {row['other, ms']:8.1f} ms: {row['ratio']:.2f}")
        options.out.write_text(json.dumps(compared, indent=1) + "\n", "utf-8")
        return
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
