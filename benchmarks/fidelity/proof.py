"""Does a proof prove? Planted readers, hidden rules and pages with small answers, against the local stand-in.

- calibrate: 100 runs with a reader that fails under k pixels (k drawn between 6.5 and 18, 3 % slips). The reader knows
  the sheets and answers by the size of each row: no OCR, so that a hundred runs take minutes.
- prove: 100 runs of 40 questions each with a form that loses 30 % of the answers, one that loses none, and one that
  loses 10 %, the margin; 3 % noise in every answer, and a harmless form without noise as well.
- verify: six hidden billing rules, over HTTP with OpenAI's SDK.
- zoom: 40 rendered pages of 200 dpi with a small answer each, over HTTP with Anthropic's SDK; the stand-in reads what
  it receives by OCR, and nothing under 10 px. The client itself has no OCR, or it would send such pages as text.

Writes ``benchmarks/results/proof.json``; ``python -m benchmarks.fidelity.proof zoom`` runs one part and keeps
the others.
"""

from __future__ import annotations

import base64
import io
import json
import random
import sys
import tempfile
from contextlib import redirect_stdout
from dataclasses import replace
from os import environ
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from PIL import Image, ImageDraw, ImageFont

from headroom_nb import calibrate, compress, meter, prove, user_message, verify, wrap
from headroom_nb.costs.registry import bill
from headroom_nb.demo.stand_in import StandIn
from headroom_nb.errors import OcrError
from headroom_nb.pictures import read_header
from headroom_nb.proof.charts import sheets
from headroom_nb.records import ImageSignals, Needs, RouteDecision, Technique

RESULTS = Path(__file__).parents[1] / "results" / "proof.json"
RUNS, SEEDS = 100, 5
PROOFS, QUESTIONS = 100, 40
SETTINGS = {
    "harmful": (0.3, 0.03),
    "harmless": (0.0, 0.03),
    "harmless, no noise": (0.0, 0.0),
    "at the margin": (0.1, 0.03),
}
"""Share of the answers that the compressed form loses, and share of all answers that are wrong by chance."""
PAGES = 40
READS_FROM = 10.0

RULES: dict[str, tuple[str, dict[str, Any]]] = {
    "patches, capped": ("openai-patch", {"patch": 32, "multiplier": "1.62", "max_side": 2048, "budget": 1536}),
    "small patches": ("openai-patch", {"patch": 16, "multiplier": "0.75", "max_side": 3000, "budget": 4000}),
    "tiles": ("openai-tile", {"base": 85, "tile": 170, "max_side": 2048, "short_side": 768}),
    "grid": ("anthropic-grid", {"max_edge": 2576, "max_tokens": 4784, "patch": 28}),
    "by shape": ("gemini-grid", {"budget": 1120}),
    "flat": ("flat", {"tokens": 258}),
}
"""What the stand-in bills by, unknown to the one who asks."""


def answered(text: str) -> SimpleNamespace:
    """Return an answer in the shape of OpenAI's SDK."""
    message = SimpleNamespace(content=text, tool_calls=None)
    usage = SimpleNamespace(prompt_tokens=900, completion_tokens=9)
    return SimpleNamespace(choices=[SimpleNamespace(message=message)], usage=usage)


def client(create: Any) -> SimpleNamespace:
    """Return a client with one method."""
    return SimpleNamespace(chat=SimpleNamespace(completions=SimpleNamespace(create=create)))


def image_of(messages: Any) -> bytes:
    """Return the bytes of the image in a request; none where it has none."""
    for part in messages[0]["content"]:
        if part["type"] == "image_url":
            return base64.b64decode(part["image_url"]["url"].partition(",")[2])
    return b""


def run_calibrate() -> dict[str, Any]:
    """Calibrate readers with a planted size, many times."""
    chance, near = random.Random(0), []
    known = {seed: {sheet.data: sheet for sheet in sheets(seed)} for seed in range(SEEDS)}
    for run in range(RUNS):
        seed, k = run % SEEDS, chance.uniform(6.5, 18)

        def create(*, messages: Any, seed: int = seed, k: float = k, **_: Any) -> SimpleNamespace:
            rows = known[seed][image_of(messages)].rows
            right = [(row.px >= k) != (chance.random() < 0.03) for row in rows]
            return answered(
                "\n".join(f"{r.number}: {r.truth if ok else '?'}" for r, ok in zip(rows, right, strict=True))
            )

        found = calibrate(
            client(create), "gpt-5.6-sol", yes=True, store=False, resume=False, progress=False, seed=seed, concurrency=1
        )
        size = found.reads_from("exact")
        near.append(size is not None and abs(size - k) <= 1)
    return {"runs": RUNS, "within_1_px": sum(near)}


class Gist:
    """A router that needs the gist alone, so that images go out small."""

    name = "gist"
    signals = ImageSignals(0, 0, 0, 0, 0, 0, None, None, 0, (1, 1))

    def classify(self, image: Any, query: str, *, quality: str) -> RouteDecision:  # noqa: ARG002
        """Return that the gist alone is needed."""
        needs = Needs.from_mapping({"gist": 1})
        return RouteDecision(Technique.FULL_LOW, 1.0, "", self.name, signals=self.signals, needs=needs)

    def analyze_image(self, image: Any) -> ImageSignals:  # noqa: ARG002
        """Return that there is no text."""
        return self.signals


def run_prove() -> dict[str, Any]:
    """Prove a harmful and a harmless form, many times."""
    router = Gist()
    cases = [
        [user_message(f"Question {n}?", Image.linear_gradient("L").resize((600, 300 + n)).convert("RGB"))]
        for n in range(QUESTIONS)
    ]
    counts: dict[str, dict[str, int]] = {}
    made = {str(case[0]["content"]): compress(case, model="gpt-5.6-sol", router=router) for case in cases}

    def compressed(body: Any, **_: Any) -> Any:
        """Return the request as it is sent, which is the same in each run."""
        found = made[str(body["messages"][0]["content"])]
        return replace(found, messages={**body, "messages": found.messages})

    with patch("headroom_nb.proof.prove.compress", compressed), redirect_stdout(io.StringIO()):
        for name, (loses, noise) in SETTINGS.items():
            counts[name] = _verdicts(name, cases, loses, noise)
    return {"runs": PROOFS, "questions": QUESTIONS, "verdicts": counts}


def _verdicts(name: str, cases: list[Any], loses: float, noise: float) -> dict[str, int]:
    """Return how often each verdict came of many runs with a form that loses a share of the answers."""
    verdicts = []
    for run in range(PROOFS):
        chance = random.Random(f"{name} {run}")

        def create(*, messages: Any, chance: random.Random = chance, **_: Any) -> SimpleNamespace:
            data = image_of(messages)
            small = bool(data) and read_header(data).size[0] < 600
            if not data or chance.random() < noise or (small and chance.random() < loses):
                return answered(f"It is {chance.randrange(10**6)}")
            return answered(next(part["text"] for part in messages[0]["content"] if part["type"] == "text"))

        proof = prove(
            cases, client(create), n=QUESTIONS, model="gpt-5.6-sol", yes=True, resume=False, progress=False,
            blind=False, concurrency=1,
        )  # fmt: skip
        verdicts.append(proof["compressed balanced"].verdict)
    return {verdict: verdicts.count(verdict) for verdict in ("harmful", "harmless", "undecided")}


def run_verify() -> dict[str, Any]:
    """Learn each hidden rule over HTTP."""
    import openai

    found = {}
    for name, (rule, constants) in RULES.items():
        with StandIn(bill=lambda size, _, r=rule, c=constants: bill(r, size, c).tokens) as server:
            asked = openai.OpenAI(base_url=f"{server.url}/v1", api_key="none")
            learned = verify(client=asked, model="hidden", probe=True)
            asked.close()
        exact = (learned.row["rule"], learned.row["details"]["auto"]) == (rule, constants)
        found[name] = {"exact": exact, "requests": len(server.received), "checked": learned.checked}
    return {"rules": len(found), "exact": sum(each["exact"] for each in found.values()), "by_rule": found}


HEADINGS = ("Delivery", "Payment", "Warranty", "Supplier", "Contract", "Inspection")
KEYS = (
    "Order number", "Carrier code", "Parcel weight", "Invoice number", "Bank reference", "Amount due", "Serial number",
    "Expiry date", "Repair limit", "Tax number", "Phone line", "Street number", "File number", "Signing date",
    "Notice period", "Report number", "Measured value", "Next visit",
)  # fmt: skip


def rendered_page(seed: int) -> tuple[Image.Image, str, str]:
    """Return a page of 200 dpi with six sections, a question and its answer, which is set in 26 px."""
    chance = random.Random(seed)
    image = Image.new("RGB", (1654, 2339), "white")
    draw, large, small = ImageDraw.Draw(image), ImageFont.load_default(64), ImageFont.load_default(26)
    top, asked = 120, []
    for number, heading in enumerate(chance.sample(HEADINGS, len(HEADINGS))):
        draw.text((140, top), heading, "black", large)
        for line, key in enumerate(KEYS[3 * number : 3 * number + 3]):
            value = f"{chance.randrange(1000, 9999)}-{chance.randrange(100, 999)}"
            draw.text((140, top + 110 + 44 * line), f"{key}: {value}", "black", small)
            asked.append((f"In {heading}, what is the {key.lower()}?", value))
        top += 350
    return image, *chance.choice(asked)


class NoOcr:
    """An engine that is not there."""

    name = "none"

    def read(self, image: Any, *, progress: Any = None) -> Any:  # noqa: ARG002
        """Fail, as a missing engine does."""
        raise OcrError("no engine")


def run_zoom() -> dict[str, Any]:
    """Answer small questions on pages by looking closer."""
    import anthropic

    shares, rounds, right, chosen = [], [], 0, 0
    for seed in range(PAGES):
        image, question, truth = rendered_page(seed)
        body = {
            "model": "claude-opus-5-5",
            "max_tokens": 200,
            "messages": [user_message(question, image, provider="anthropic")],
        }
        with (
            StandIn(reads_from=READS_FROM) as server,
            anthropic.Anthropic(base_url=server.url, api_key="none") as asked,
        ):
            whole = asked.messages.count_tokens(model=body["model"], messages=body["messages"]).input_tokens
            wrap(asked, zoom=True, ocr=NoOcr(), max_seconds=None)
            answer = asked.messages.create(**body)
            shares.append(server.billed / whole)
            rounds.append(meter(asked).looks)
            chosen += meter(asked).looks > 0
            right += truth in answer.content[-1].text
        print(seed, question, truth, answer.content[-1].text[:30], f"{shares[-1]:.2f}", rounds[-1], flush=True)
    return {
        "pages": PAGES,
        "share_of_tokens": round(sum(shares) / len(shares), 3),
        "answers": right,
        "median_rounds": median(rounds),
        "most_rounds": max(rounds),
        "pages_looked_into": chosen,
    }


PARTS = {"calibrate": run_calibrate, "prove": run_prove, "verify": run_verify, "zoom": run_zoom}


def main() -> None:
    """Run the parts that are named, or all, and write the results."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        environ.pop(name, None)
    wanted = sys.argv[1:] or list(PARTS)
    with tempfile.TemporaryDirectory() as folder:
        environ.update(XDG_CONFIG_HOME=folder, HEADROOM_NB_CACHE_FOLDER=folder)
        for part in wanted:
            found = PARTS[part]()
            print(part, json.dumps(found), flush=True)
            known = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
            known[part] = found
            RESULTS.write_text(json.dumps(known, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
