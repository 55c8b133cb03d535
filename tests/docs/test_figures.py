"""The figures that the README states are those in ``benchmarks/results``."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from tests.docs.pages import ROOT

README = " ".join((ROOT / "README.md").read_text("utf-8").split())

SOL, OPUS, OLD = "gpt-5.6-sol", "claude-opus-5-5", "gpt-4o"
LARGE, LARGE_RESIZED = "4000×3000 JPEG, openai, full_low", "4000×3000 JPEG, anthropic, full_low"
SMALL, SMALL_RESIZED = "1024² PNG, openai, full_low", "1024² PNG, anthropic, full_low"


@cache
def result(name: str) -> Any:
    return json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text("utf-8"))


def fidelity(policy: str, model: str, figure: str) -> float:
    """A figure of a policy of ``fidelity.py``; ``sent`` is the percent of the untouched pictures' tokens."""
    if figure == "sent":
        return 100 * fidelity(policy, model, "tokens") / fidelity("untouched", model, "tokens")
    (found,) = [
        row[figure] for row in result("fidelity")["summary"] if (row["policy"], row["model"]) == (policy, model)
    ]
    return found


def saved(policy: str, model: str) -> float:
    return fidelity(policy, model, "saved_percent")


def answers(policy: str, model: str = SOL) -> float:
    return fidelity(policy, model, "of_preserve_percent")


def sent(policy: str) -> float:
    return fidelity(policy, SOL, "sent")


def speed(row: str, side: str, figure: str = "first_ms") -> float:
    return result("speed")["rows"][row][side][figure]


def again(*kinds: str) -> list[float]:
    """Milliseconds of the same call a second time, for rows of these kinds."""
    rows = result("speed")["rows"]
    return [row["ours"]["again_ms"] for name, row in rows.items() if any(kind in name for kind in kinds)]


def turn(side: str, images: int) -> float:
    """CPU milliseconds of the turn that brings a conversation to so many images."""
    turns = result("speed")["growth"][side]["turns"]
    (found,) = [one["cpu_ms"] for one in turns if one["images"] == images]
    return found


def batch(crew: str) -> float:
    return result("scale")["crews"][crew]["items_per_second"]


def frame(figure: str) -> float:
    """The slowest kind of drag."""
    return max(one[figure] for one in result("front_end")["frames"])


def extension(figure: str) -> float:
    return result("lab_extension")["measured"][figure]


def router(name: str, quality: str, figure: str) -> float:
    return 100 * result("router")[name][quality]["random"][figure]


def ocr(figure: str) -> float:
    return result("ocr")["summary"][figure]


def bills(side: str) -> int:
    return result("cost_peers")["exact"]["all"][side]


def installed(name: str, figure: str = "mb") -> int:
    (found,) = [row[figure] for what, row in result("install_size")["rows"].items() if what.partition("==")[0] == name]
    return found


STATED = {
    "| {} questions with known answers |": lambda: [fidelity("balanced", SOL, "questions")],
    "| on gpt-5.6-sol | {:.0f} % | {:.0f} % |": lambda: [saved("balanced", SOL), answers("balanced", SOL)],
    "| on claude-opus-5-5 | {:.0f} % | {:.0f} % |": lambda: [saved("balanced", OPUS), answers("balanced", OPUS)],
    "| on gpt-4o | {:.0f} % | {:.0f} % |": lambda: [saved("balanced", OLD), answers("balanced", OLD)],
    "`balanced`: {:.0f} % fewer tokens on gpt-5.6-sol, {:.0f} % on claude-opus-5-5, {:.0f} % on gpt-4o": lambda: [
        saved("balanced", model) for model in (SOL, OPUS, OLD)
    ],
    "`safe`: {:.0f}, {:.0f} and {:.0f} %, with as many": lambda: [saved("safe", model) for model in (SOL, OPUS, OLD)],
    "everything in low detail: {:.0f} %": lambda: [answers("always low")],
    "kept as many answers and saved {:.0f} % on gpt-5.6-sol": lambda: [saved("only full_low", SOL)],
    "{:.0f} % the labelled one, {:.0f} % one that can be defended": lambda: [
        router("embedded", "balanced", figure) for figure in ("strict", "lenient")
    ],
    "keywords alone {:.0f} and {:.0f} %": lambda: [
        router("rules", "balanced", figure) for figure in ("strict", "lenient")
    ],
    "{:.0f} % at `balanced` ({:.0f} % where no other choice can be defended)": lambda: [
        router("embedded", "balanced", figure) for figure in ("shrunk", "shrunk_badly")
    ],
    "{:.0f} % ({:.0f} %) at `safe`": lambda: [router("embedded", "safe", name) for name in ("shrunk", "shrunk_badly")],
    "{:.1f} times faster; {} of {} images with at least 90 % of their words, against {};": lambda: [
        ocr(name) for name in ("wall_ratio", "recall_at_least_0.9", "with_truth", "plain_recall_at_least_0.9")
    ],
    "Bills, {} known ones of {} providers": lambda: [bills("vectors"), len(result("cost_peers")["exact"]) - 1],
    "| {} exact or within their stated range; LiteLLM's counter: {}": lambda: [
        bills("headroom_nb"),
        bills("litellm token_counter"),
    ],
    "{:.0f} to {:.0f} ms, {:.0f} to {:.0f} MB;": lambda: [
        speed(LARGE, "ours"),
        speed(LARGE_RESIZED, "ours"),
        speed(LARGE_RESIZED, "ours", "delta_mb"),
        speed(LARGE, "ours", "delta_mb"),
    ],
    "headroom-ai 0.42: {:.0f} ms, {:.0f} MB": lambda: [speed(LARGE, "peer"), speed(LARGE, "peer", "delta_mb")],
    "{:.0f} ms where the provider has one, {:.0f} ms to Anthropic": lambda: [
        speed(SMALL, "ours"),
        speed(SMALL_RESIZED, "ours"),
    ],
    "headroom-ai: {:.0f} and {:.0f} ms": lambda: [speed(SMALL, "peer"), speed(SMALL_RESIZED, "peer")],
    "{:.1f} to {:.1f} ms an image, {:.0f} ms for 20": lambda: [
        min(again("JPEG", "PNG")),
        max(again("JPEG", "PNG")),
        max(again("20 screenshots")),
    ],
    "{:.0f} ms; {:.0f} ms; headroom-ai: {:,.0f} ms; {:,.0f} ms": lambda: [
        turn(side, images) for side in ("ours", "peer") for images in (20, 200)
    ],
    "{:,} message lists, {:.0f} MB": lambda: [result("scale")["lists"], result("scale")["megabytes"]],
    "{:.0f} a second in one process, {:.0f} in two, {:.0f} on two Dask workers": lambda: [
        batch(crew) for crew in ("one process", "process pool", "Dask")
    ],
    "{:.0f} ms in the middle, {:.0f} ms for 95 of 100": lambda: [frame("median_ms"), frame("p95_ms")],
    "500 images of {:.0f} MB priced | {:.0f} KB; {:.2f} s": lambda: [
        extension(name) for name in ("folder_mb", "bundle_kb", "folder_s")
    ],
    "Memory over {:,} calls in one process | {:.0f} MB more": lambda: [
        result("scale")["leak"]["calls"],
        result("scale")["leak"]["growth_mb"],
    ],
    "Memory over {:.0f} minutes of mixed calls, OCR loaded and caches full | {} at {:.2f} GB over {:,} calls": lambda: [
        result("soak")["minutes"],
        {True: "flat", False: "growing"}[result("soak")["flat"]],
        result("soak")["used_mb"]["settled_mean"] / 1000,
        result("soak")["calls"],
    ],
    "{:.0f} ms; {:.0f} ms; {:.1f} ms more; {:.0f} ms": lambda: result("overheads").values(),
    "{:,} bombs and broken pictures of {} kinds | {:,} refused, {} of them in more than 10 ms or 5 MB": lambda: [
        result("bombs")["files"],
        len(result("bombs")["kinds"]),
        result("bombs")["refused"],
        result("bombs")["over_10_ms"] + result("bombs")["over_5_mb"],
    ],
    "| {} MB in {} packages, of which the wheel {:.0f} MB": lambda: [
        installed("headroom-nb"),
        installed("headroom-nb", "packages"),
        result("install_size")["wheel_mb"],
    ],
    "| Installed | {} MB | {} MB |": lambda: [installed("headroom-nb"), installed("headroom-ai[image]")],
    "{:.0f} % with {:.0f} % of the tokens": lambda: [answers("balanced"), sent("balanced")],
    "{:.0f} % with {:.0f} % (`preserve`)": lambda: [answers("peer preserve"), sent("peer preserve")],
    "{:.0f} % with {:.0f} % (`full_low`, `crop`)": lambda: [answers("peer full_low"), sent("peer full_low")],
    "{:.0f} % with {:.0f} % (`transcode`)": lambda: [answers("peer transcode"), sent("peer transcode")],
    "{:.0f} % with {:.0f} % (low detail)": lambda: [answers("always low"), sent("always low")],
}
"""Statements of the README, and the measured figures that stand in them."""


@pytest.mark.parametrize("statement", STATED)
def test_the_readme_states_what_was_measured(statement):
    assert statement.format(*STATED[statement]()) in README


def test_every_reading_that_the_readme_calls_refused_was():
    assert ocr("recall_under_0.6_not_refused") == 0
