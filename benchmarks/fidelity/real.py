"""Every policy on real questions (``fidelity.py --data``): tokens saved, and answers kept by two judges."""

from __future__ import annotations

import json
import math
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from benchmarks.fidelity.data import JUDGES, DataJudge
from benchmarks.fidelity.judge import as_part
from benchmarks.fidelity.peer import QUESTION, payload
from headroom_nb.compressor import ImageCompressor
from headroom_nb.costs import estimate
from headroom_nb.costs.pricing import price_parts
from headroom_nb.formats import find_images, user_message
from headroom_nb.pictures import encode, open_picture
from headroom_nb.records import QUALITIES, ImagePart, Technique

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.fidelity.data import Question
    from benchmarks.fidelity.peer import PeerProcess
    from headroom_nb.costs import ModelSpec
    from headroom_nb.ocr import Ocr
    from headroom_nb.records import Part

Row = dict[str, Any]
Sent = tuple[tuple["Part", ...], int, float]
"""What is sent, its tokens, and the risk that was named (0 where none was)."""

SIDES = (384, 512, 768, 1024, 1536)


class RealPolicy(Protocol):
    """Decides what is sent for a question."""

    name: str

    def send(self, question: Question, model: ModelSpec) -> Sent:
        """Return what is sent."""
        ...


@dataclass
class Side:
    """The whole image at one long side, whatever is asked; None leaves it as it is."""

    side: int | None

    @property
    def name(self) -> str:
        """What it does."""
        return "untouched" if self.side is None else f"always {self.side} px"

    def send(self, question: Question, model: ModelSpec) -> Sent:
        """Return the image at that side."""
        part = as_part(question.data)
        if self.side is not None and max(part.size) > self.side:
            small = encode(open_picture(question.data).small(self.side), mark=None)
            part = ImagePart(small.data, small.media_type, small.size)
        return (part,), price_parts((part,), model, "auto").tokens, 0.0


class Low:
    """The provider's low level where it has one, else 512 pixels."""

    name = "always low"

    def send(self, question: Question, model: ModelSpec) -> Sent:
        """Return the image at low detail."""
        if "low" not in model.details:
            return Side(512).send(question, model)
        part = as_part(question.data, "low")
        return (part,), price_parts((part,), model, "auto").tokens, 0.0


class Ours:
    """The product, at a quality, with a router; ``technique`` forces one, ``routed`` the router's own."""

    def __init__(
        self, name: str, ocr: Ocr, *, quality: str = "balanced", router: str = "auto", technique: str | None = None
    ) -> None:
        self.name = name
        self._technique = technique
        self._compressor = ImageCompressor(router=router, quality=quality, ocr=ocr)

    def send(self, question: Question, model: ModelSpec) -> Sent:
        """Return what the pipeline sends."""
        message = user_message(question.text, question.data, provider=model.provider)
        techniques = None
        if self._technique is not None:
            chosen = self._technique
            if chosen == "routed":
                chosen = self._compressor.router.classify(question.data, question.text).technique
            techniques = {find_images([message])[0].path: Technique(chosen)}
        image = self._compressor.run([message], model=model.name, techniques=techniques).images[0]
        if image.error is not None:
            raise RuntimeError(f"{question.name}: {image.error}")
        return image.parts or (as_part(question.data),), image.compressed_tokens, image.risk or 0.0


class RealPeer:
    """headroom-ai with one fixed technique, priced by the model's own rule; what it fails on goes out as it came."""

    def __init__(self, process: PeerProcess, technique: Technique) -> None:
        self.name = f"peer {technique}"
        self._process, self._technique = process, technique
        self._sent: dict[tuple[str, str], tuple[Part, ...]] = {}

    def send(self, question: Question, model: ModelSpec) -> Sent:
        """Return what the peer sends; with its decision fixed, that does not depend on the question."""
        key = (question.name, model.provider)
        if key not in self._sent:
            message = user_message(QUESTION, question.data, provider=model.provider)
            self._sent[key] = payload(self._process.ask([message], model.provider, self._technique))
        parts = self._sent[key]
        return parts, price_parts(parts, model, "auto").tokens, 0.0


def real_policies(ocr: Ocr, peer: PeerProcess | None = None) -> list[RealPolicy]:
    """Return every policy, the baselines first."""
    return [
        *(RealPeer(peer, technique) for technique in Technique if peer is not None),
        *(Side(side) for side in (None, *SIDES)),
        Low(),
        *(Ours(f"only {technique}", ocr, technique=str(technique)) for technique in Technique),
        Ours("technique router", ocr, technique="routed"),
        Ours("keywords", ocr, router="rules"),
        *(Ours(quality, ocr, quality=quality) for quality in QUALITIES),
    ]


def measure_real(
    questions: list[Question], models: list[ModelSpec], tried: list[RealPolicy], ocr: Ocr, kept: Path
) -> list[Row]:
    """Return one row per question, model and policy; those in `kept`, from a stopped run, are not made again."""
    judge = DataJudge(ocr)
    asked = {(question.name, question.text) for question in questions}
    rows: list[Row] = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    rows = [row for row in rows if (row["image"], row["question"]) in asked]
    done = {(row["image"], row["question"]) for row in rows}
    for number, question in enumerate(questions):
        if (question.name, question.text) in done:
            continue
        started = time.perf_counter()
        new = [row for model in models for row in _rows(question, model, tried, judge)]
        with kept.open("a") as lines:
            lines.writelines(json.dumps(row) + "\n" for row in new)
        rows += new
        print(f"{number + 1}/{len(questions)} {question.name} {time.perf_counter() - started:.1f} s", flush=True)
    return rows


def _rows(question: Question, model: ModelSpec, tried: list[RealPolicy], judge: DataJudge) -> Iterator[Row]:
    """Yield a row for each policy."""
    whole = (as_part(question.data),)
    readable = {name: judge.kept(whole, question, model, name) for name in JUDGES}
    before = estimate(whole[0].size, model).tokens
    for policy in tried:
        parts, tokens, risk = policy.send(question, model)
        kept = {name: judge.kept(parts, question, model, name) for name in JUDGES}
        yield {
            "policy": policy.name,
            "model": model.name,
            "image": question.name,
            "question": question.text,
            "kind": question.kind,
            "even": question.even,
            "before": before,
            "tokens": tokens,
            "risk": round(risk, 4),
            # what a judge cannot read in the image as it is, it cannot judge
            **{name: None if readable[name] < 1 and kept[name] < 1 else kept[name] for name in JUDGES},
        }


def summarise_real(rows: list[Row]) -> list[Row]:
    """Return one row per policy, model and half: tokens saved, and the share of answers kept by each judge."""
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        for half in ("all", "even" if row["even"] else "odd"):
            groups[row["policy"], row["model"], half].append(row)
    summary = []
    for (policy, model, half), mine in groups.items():
        before, tokens = sum(row["before"] for row in mine), sum(row["tokens"] for row in mine)
        shares = {judge: [row[judge] for row in mine if row[judge] is not None] for judge in JUDGES}
        summary.append(
            {
                "policy": policy,
                "model": model,
                "half": half,
                "questions": len(mine),
                "tokens": tokens,
                "saved_percent": round(100 * (1 - tokens / before), 1),
                **{f"{judge}_percent": round(100 * sum(kept) / max(1, len(kept)), 1) for judge, kept in shares.items()},
                "of_preserve_percent": round(100 * sum(shares["strict"]) / max(1, len(shares["strict"])), 1),
            }
        )
    return summary


INTERVAL = 0.95
"""Share of the outcomes that lie within a binomial interval."""


def calibration(rows: list[Row], parts: int = 10) -> list[Row]:
    """Return the risk that was named and the share really lost (strict), by tenths of risk, of the product's rows.

    A tenth is ``within`` where as many answers were lost as a binomial law with the named risk gives 95 times in 100.
    Both halves are reported. Where part of an answer was lost, that part counts.
    """
    ours = sorted(
        (row for row in rows if row["policy"] in QUALITIES and row["strict"] is not None), key=lambda row: row["risk"]
    )
    found = []
    for half in ("all", "even", "odd"):
        mine = [row for row in ours if half == "all" or row["even"] == (half == "even")]
        for part in range(parts):
            tenth = mine[part * len(mine) // parts : (part + 1) * len(mine) // parts]
            if tenth:
                found.append({"half": half, "tenth": part + 1, **_tenth(tenth)})
    return found


def _tenth(rows: list[Row]) -> Row:
    risk = sum(row["risk"] for row in rows) / len(rows)
    lost = sum(1 - row["strict"] for row in rows)
    low, high = binomial_interval(len(rows), risk)
    return {
        "questions": len(rows),
        "risk": round(risk, 4),
        "lost": round(lost / len(rows), 4),
        "interval": [round(low / len(rows), 4), round(high / len(rows), 4)],
        "within": low <= math.ceil(lost) and math.floor(lost) <= high,
    }


def binomial_interval(count: int, chance: float) -> tuple[int, int]:
    """Return the least and the most of `count` trials that succeed, but for 2.5 % of the outcomes at either end."""
    tail, total, low = (1 - INTERVAL) / 2, 0.0, None
    for hits in range(count + 1):
        total += math.comb(count, hits) * chance**hits * (1 - chance) ** (count - hits)
        if low is None and total > tail:
            low = hits
        if total >= 1 - tail:
            return low or 0, hits
    return low or 0, count


def show_calibration(named: list[Row]) -> None:
    """Print a line for each half and tenth of risk."""
    print(f"\n{'half':<6}{'tenth':>6}{'questions':>11}{'risk':>8}{'lost':>8}{'interval':>18}")
    for row in named:
        low, high = row["interval"]
        print(
            f"{row['half']:<6}{row['tenth']:>6}{row['questions']:>11}{row['risk']:>8.1%}{row['lost']:>8.1%}"
            f"{f'{low:.1%} to {high:.1%}':>18}{'' if row['within'] else '  outside'}"
        )


def show_real(summary: list[Row]) -> None:
    """Print a table for each model."""
    for model in dict.fromkeys(row["model"] for row in summary):
        print(f"\n{model}\n{'policy':<18}{'half':>6}{'tokens':>11}{'saved':>9}{'strict':>9}{'models':>9}")
        for row in (row for row in summary if row["model"] == model):
            print(
                f"{row['policy']:<18}{row['half']:>6}{row['tokens']:>11,}{row['saved_percent']:>7} %"
                f"{row['strict_percent']:>7} %{row['models_percent']:>7} %"
            )
