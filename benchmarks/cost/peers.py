"""How often the image count is exactly what was billed, beside LiteLLM's, on the same vectors in one run.

    python -m benchmarks.cost.peers [--litellm PYTHON] [--vectors FILE] [--out FILE.json]

PYTHON is an interpreter that has litellm, best in an environment of its own. LiteLLM's ``token_counter`` is asked for a
message with the image, less the same message without it, and where its version has it ``estimate_image_tokens`` (which
only its proxy's rate limiter uses). A vector whose picture the provider refuses is met by refusing it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from headroom_nb.costs import estimate
from headroom_nb.errors import ImageRejectedError

VECTORS = Path(__file__).parents[2] / "tests" / "costs" / "vectors.json"

PEER = r"""
import base64, json, struct, sys, zlib
import litellm
from litellm.litellm_core_utils import token_counter

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

def url(width, height):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(data).decode()

def counted(model, image, detail):
    text = {"type": "text", "text": "x"}
    picture = {"type": "image_url", "image_url": {"url": image, "detail": detail}}
    with_image, without = ([{"role": "user", "content": content}] for content in ([text, picture], [text]))
    return litellm.token_counter(model, messages=with_image) - litellm.token_counter(model, messages=without)

answers = []
for vector in json.load(sys.stdin):
    image, answer = url(*vector["size"]), {}
    counters = {"token_counter": counted}
    if hasattr(token_counter, "estimate_image_tokens"):
        counters["estimate_image_tokens"] = token_counter.estimate_image_tokens
    for name, count in counters.items():
        try:
            answer[name] = count(vector["model"], image, vector["detail"])
        except Exception as error:
            answer[name] = type(error).__name__
    answers.append(answer)
json.dump(answers, sys.stdout)
"""


def main() -> None:
    """Print the table and write the JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--litellm", metavar="PYTHON", help="interpreter that has litellm")
    parser.add_argument("--vectors", type=Path, default=VECTORS)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()

    vectors = [row for row in json.loads(arguments.vectors.read_text(encoding="utf-8")) if row["kind"] != "retired"]
    answers: dict[str, list[Any]] = {"headroom_nb": [ours(vector) for vector in vectors]}
    if arguments.litellm:
        for name, figures in peers(arguments.litellm, vectors).items():
            answers[f"litellm {name}"] = figures
    table = score(vectors, answers)
    print(f"{'provider':<14}{'vectors':>8}" + "".join(f"{name:>32}" for name in answers))
    for provider, row in table.items():
        print(f"{provider:<14}{row['vectors']:>8}" + "".join(f"{row[name]:>32}" for name in answers))
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        rows = [{**vector, **{name: answers[name][at] for name in answers}} for at, vector in enumerate(vectors)]
        arguments.out.write_text(json.dumps({"exact": table, "vectors": rows}, indent=1) + "\n")


def ours(vector: dict[str, Any]) -> int | None:
    """Return our count, or None where we refuse the picture."""
    try:
        return estimate(tuple(vector["size"]), vector["model"], vector["detail"]).tokens
    except ImageRejectedError:
        return None


def peers(python: str, vectors: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return LiteLLM's counts by function, from its own interpreter."""
    environment = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "PATH": ""}
    done = subprocess.run(
        [python, "-c", PEER], input=json.dumps(vectors), capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode:
        sys.exit(f"litellm failed: {done.stderr.strip().splitlines()[-1]}")
    answers = json.loads(done.stdout)
    return {name: [answer[name] for answer in answers] for name in answers[0]}


def score(vectors: list[dict[str, Any]], answers: dict[str, list[Any]]) -> dict[str, dict[str, int]]:
    """Return how many vectors each counter met exactly, by provider and in all."""
    table: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for at, vector in enumerate(vectors):
        for group in (vector["provider"], "all"):
            table[group]["vectors"] += 1
            for name, figures in answers.items():
                table[group][name] += figures[at] == vector["tokens"]
    return {group: dict(table[group]) for group in sorted(table, key=lambda name: (name == "all", name))}


if __name__ == "__main__":
    main()
