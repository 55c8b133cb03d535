"""Every known bill for a picture of a known size. ``tokens: null`` means that the provider refuses the picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headroom_nb.costs import estimate
from headroom_nb.errors import ImageRejectedError

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))
BILLED = [vector for vector in VECTORS if vector["kind"] != "retired" and vector["tokens"] is not None]
REFUSED = [vector for vector in VECTORS if vector["tokens"] is None]
RETIRED = [vector for vector in VECTORS if vector["kind"] == "retired"]

DISPUTED = {
    ("gpt-4.1-mini", 1800, 2400),
    ("gpt-5.4-mini", 1600, 1600),
    ("gpt-5.4-nano", 1600, 1600),
    ("gemini-2.5-flash", 960, 540),
    ("gemini-2.5-pro", 768, 1280),
    ("gemini-2.5-pro", 3840, 2160),
    ("nova-2-lite", 1024, 1024),
}
"""Vectors that another source contradicts."""


def name(vector: dict) -> str:
    return "{provider}-{model}-{size[0]}x{size[1]}-{detail}-{kind}".format(**vector)


@pytest.mark.parametrize("vector", BILLED, ids=name)
def test_the_estimate_is_what_was_billed(vector: dict) -> None:
    assert estimate(tuple(vector["size"]), vector["model"], vector["detail"]).tokens == vector["tokens"]


@pytest.mark.parametrize("vector", REFUSED, ids=name)
def test_a_picture_the_provider_refuses_is_refused_with_the_reason(vector: dict) -> None:
    with pytest.raises(ImageRejectedError, match=r"refuses more than 30,000: send it smaller"):
        estimate(tuple(vector["size"]), vector["model"], vector["detail"])


@pytest.mark.parametrize("vector", RETIRED, ids=name)
def test_a_retired_formula_is_not_used(vector: dict) -> None:
    assert estimate(tuple(vector["size"]), vector["model"]).tokens != vector["tokens"]


@pytest.mark.parametrize(
    "vector", [vector for vector in BILLED if (vector["model"], *vector["size"]) in DISPUTED], ids=name
)
def test_a_figure_that_sources_dispute_is_an_estimate_with_a_range_and_a_note(vector: dict) -> None:
    cost = estimate(tuple(vector["size"]), vector["model"], vector["detail"])

    assert not cost.exact
    assert cost.bounds is not None
    assert cost.bounds[0] < cost.bounds[1]
    assert cost.bounds[0] <= vector["tokens"] <= cost.bounds[1]
    assert f"between {cost.bounds[0]:,} and {cost.bounds[1]:,} tokens" in cost.note


@pytest.mark.parametrize("vector", [vector for vector in BILLED if vector["kind"] == "documented-approx"], ids=name)
def test_an_approximate_figure_is_flagged(vector: dict) -> None:
    cost = estimate(tuple(vector["size"]), vector["model"], vector["detail"])

    assert not cost.exact
    assert cost.note


@pytest.mark.parametrize(
    "vector",
    [
        vector
        for vector in BILLED
        if vector["provider"] in ("openai", "anthropic", "google")
        and (vector["model"], *vector["size"]) not in DISPUTED
    ],
    ids=name,
)
def test_an_undisputed_figure_of_the_three_large_providers_is_exact(vector: dict) -> None:
    assert estimate(tuple(vector["size"]), vector["model"], vector["detail"]).exact
