"""What ``history=auto`` saves in long conversations, in dollars, and which answers about the screens are still there.

::

    python -m benchmarks.cost.history [--runs 1000] [--models claude-opus-4-8] [--out benchmarks/results/history.json]

Two parts:

- *generated*: runs of random lengths, texts and images on models of several caches; every request of both policies is
  priced by the simulator of the provider's cache, block by block;
- *recorded*: the run in ``headroom_nb/demo/run``, sent request by request. At some requests questions are asked about
  the screen that was sent last and about earlier ones; the page's own data has the answers. One counts as kept where it
  stands in what is sent for that screen: in its text, or in what OCR reads in its images at the size that the
  model sees them in, and in those of the screen that it refers to.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from headroom_nb import ImageCompressor, Limits
from headroom_nb.costs import estimate, find_model
from headroom_nb.costs.cache_simulator import price_run
from headroom_nb.costs.caching import cache_rule
from headroom_nb.demo.agent_run import agent_run
from headroom_nb.demo.eyes import look
from headroom_nb.history import plan
from headroom_nb.history.cache import Cache
from headroom_nb.history.requests import Item
from headroom_nb.records import TextPart

MODELS = ("claude-opus-4-8", "claude-sonnet-4-5", "gpt-5.4", "gpt-5.6-sol", "gpt-4o", "gemini-2.5-flash", "grok-4")
RECORDED = {"claude-opus-4-8": "anthropic", "gpt-5.4": "openai"}
"""Models of the recorded run, and whose format it is sent in."""

CHECKED = (10, 25, 40, 52, 64)
"""Steps of the recorded run at which questions are asked."""

EARLIER = 8
"""Questions about earlier screens at each of them."""

_REFERS = re.compile(r"screen (?:of|as) image (\d+)")


def generated(seed: int) -> plan.Run:
    """Return a run: up to 100 requests; four of five bring an image, and some images change the last one little."""
    rng = random.Random(seed)
    rule = cache_rule(find_model(rng.choice(MODELS)))
    share_changed, size = rng.uniform(0, 0.8), rng.randint(300, 2500)
    items: list[Item] = []
    tokens: list[tuple[int, int, int, int]] = []
    for request in range(rng.randint(1, 100)):
        items += [Item(request, rng.randint(5, 300)) for _ in range(rng.randint(1, 3))]
        if rng.random() < 0.8:
            items.append(Item(request, 0, len(tokens)))
            alone = int(size * rng.uniform(0.6, 1.4))
            new = int(alone * rng.uniform(0.05, 0.6)) if rng.random() < share_changed else alone
            old = int(new * rng.uniform(0.15, 1.0))
            tokens.append((new, old, old, alone))
    count = len(tokens)
    bases = [max(0, place - 4) for place in range(count)]
    cache = Cache(rule, on=rule.how != "none" and rng.random() < 0.8)
    return plan.Run(
        items, lambda image, tier: tokens[image][tier], [each[3] for each in tokens], [-1] * count, bases, cache
    )


def dollars(run: plan.Run, steps: list[plan.Step], *, keep: bool) -> float:
    """Return what a run is billed, in tokens at the full price, by the simulator where its cache is on."""
    turns = []
    for request, step in enumerate(steps):
        blocks = []
        for place, item in enumerate(run.items):
            if item.request > request:
                break
            tokens = item.tokens
            if item.image >= 0:
                tokens = run.keep[item.image] if keep else run.tokens(item.image, step.tiers[item.image])
            blocks.append(((place, tokens), tokens))
        turns.append(blocks)
    if not run.cache.on:
        return float(sum(tokens for blocks in turns for _, tokens in blocks))
    return float(price_run(turns, run.cache.rule).billed)


def generated_runs(count: int) -> dict[str, Any]:
    """Return how auto compares with keep over many runs."""
    ratios, auto, keep = [], 0.0, 0.0
    for seed in range(count):
        run = generated(seed)
        steps = plan.walked(run, plan.auto, guarded=True)
        one, other = dollars(run, steps, keep=False), dollars(run, steps, keep=True)
        ratios.append(one / other if other else 1.0)
        auto, keep = auto + one, keep + other
    ratios.sort()
    return {
        "runs": count,
        "dearest": round(ratios[-1], 4),
        "over_1_percent": sum(ratio > 1.01 for ratio in ratios),
        "median": round(ratios[len(ratios) // 2], 3),
        "all": round(auto / keep, 3),
    }


@cache
def read_in(data: bytes, model: str, detail: str) -> str:
    """Return what OCR reads in an image at the size that a model sees it in."""
    from headroom_nb.pictures import read_header

    size = read_header(data).size
    sent = estimate(size, find_model(model), detail).sent_size
    return " ".join(line.text for line in look(data, (min(size[0], sent[0]), min(size[1], sent[1]))))


def shown(result: Any, place: int, model: str) -> str:
    """Return all that is sent of a screen, and of the one that it refers to."""
    image = result.images[place]
    texts = [part.text for part in image.parts if isinstance(part, TextPart)]
    files = [(part.data, part.detail or "auto") for part in image.parts if not isinstance(part, TextPart)]
    files = files if image.parts else [(image.original, "auto")]
    refers = [int(found[1]) - 1 for text in texts for found in _REFERS.finditer(text.partition("\n")[0])]
    return " ".join(
        [
            *texts,
            *(read_in(*file[:1], model, file[1]) for file in files),
            *(shown(result, one, model) for one in refers),
        ]
    )


def squashed(text: str) -> str:
    """Return a text without what OCR tends to lose: spaces, case and marks."""
    return re.sub(r"[\W_]+", "", text).lower()


def recorded(model: str, provider: str) -> dict[str, Any]:
    """Return dollars and kept answers of the recorded run under keep and auto."""
    run = agent_run()
    limits = Limits(max_image_seconds=3600, max_ocr_seconds=3600, max_request_seconds=36_000)
    rng = random.Random(11)
    kept: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    policies = {name: ImageCompressor(model=model, history=name, limits=limits) for name in ("keep", "auto")}
    report = None
    for steps in CHECKED:
        asked = [("current", steps - 1, answer) for _, answer in run.steps[steps - 1].facts]
        before = [(place, answer) for place in range(steps - 1) for _, answer in run.steps[place].facts]
        asked += [("earlier", *each) for each in rng.sample(before, min(EARLIER, len(before)))]
        for name, compressor in policies.items():
            result = compressor.run(run.messages(provider, steps))
            report = result.history or report
            for kind, place, answer in asked:
                found = squashed(answer) in squashed(shown(result, place, model))
                kept[name][kind].append(found)
                if not found:
                    print(
                        f"{model}, {name}, step {steps}: screen {place + 1} lost {answer!r}",
                        file=sys.stderr,
                        flush=True,
                    )
    assert report is not None
    answers = {name: {kind: sum(found) for kind, found in kinds.items()} for name, kinds in kept.items()}
    both = {name: sum(kinds.values()) for name, kinds in answers.items()}
    return {
        "screens": len(run.steps),
        "questions": sum(map(len, kept["keep"].values())),
        "keep_usd": round(report.keep_usd or 0, 4),
        "auto_usd": round(report.usd or 0, 4),
        "saved": round(1 - report.cost / report.keep_cost, 3),
        "answers": answers,
        "kept_of_keep": round(both["auto"] / both["keep"], 4),
        "kinds": dict(report.kinds),
    }


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--models", default=",".join(RECORDED), help="for the recorded run; empty for none")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "results" / "history.json")
    given = parser.parse_args()
    found: dict[str, Any] = {"generated": generated_runs(given.runs)} if given.runs else {}
    print(json.dumps(found, indent=1), flush=True)
    found["recorded"] = {model: recorded(model, RECORDED[model]) for model in filter(None, given.models.split(","))}
    given.out.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
