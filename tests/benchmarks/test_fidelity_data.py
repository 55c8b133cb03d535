"""The judges of real questions."""

from __future__ import annotations

import importlib
import json

import pytest

from headroom_nb.costs import find_model
from headroom_nb.ocr import FakeOcr
from headroom_nb.records import ImagePart, TextPart
from tests.support import gradient, png

MODEL = find_model("gpt-5.6-sol")


@pytest.fixture
def data(monkeypatch):
    return importlib.import_module("benchmarks.fidelity.data")


@pytest.fixture
def as_part(data):
    return importlib.import_module("benchmarks.fidelity.judge").as_part


@pytest.mark.parametrize(
    ("answer", "text", "found"),
    [
        ("14.75", "TOTAL 14.75 EUR", True),
        ("14.75", "TOTAL 114.75", False),
        ("14.75", "14.755", False),
        ("18/01/2018", "on 18-01-2018 at noon", True),
        ("Fusionópolis", "FUSIONOPOLIS way", True),
        ("RM 39.00", "total rm39.00", True),
    ],
)
def test_a_number_stands_alone_and_words_need_no_spaces(data, answer, text, found):
    assert data.stands_in(answer, text) is found


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(png(gradient(1000, 800)))
    rows = [
        {
            "image": "a.png",
            "q": "total?",
            "kind": "receipt",
            "judge": "text",
            "answers": ["9.50"],
            "box": [1, 1, 90, 40],
        },
        {"image": "a.png", "q": "colour?", "kind": "photo", "judge": "eye", "min_side": 500, "text_ok": "blue"},
    ]
    (tmp_path / "answers.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def test_text_and_views_answer_what_they_can(data, as_part, folder):
    read, seen = data.load(folder)
    judge = data.DataJudge(FakeOcr(["total 9.50"]))
    whole, small = as_part(read.data), as_part(png(gradient(400, 320)))
    assert judge.kept((whole,), read, MODEL, "strict") == 1
    assert judge.kept((TextPart("[label]\ntotal 9.50"),), read, MODEL, "models") == 1
    assert judge.kept((whole,), seen, MODEL, "strict") == 1
    assert judge.kept((small,), seen, MODEL, "strict") == 0
    assert judge.kept((small, TextPart("[x]\nit is blue")), seen, MODEL, "strict") == 1


def test_a_crop_without_the_place_does_not_hold_the_answer(data, folder):
    read, _ = data.load(folder)
    part = ImagePart(png(gradient(300, 300)), "image/png", (300, 300), box=(500, 400, 800, 700), role="crop")
    assert data.DataJudge(FakeOcr(["total 9.50"])).kept((part,), read, MODEL, "strict") == 0


@pytest.fixture
def real(data):
    return importlib.import_module("benchmarks.fidelity.real")


def test_a_binomial_interval_leaves_out_the_rare_outcomes_at_both_ends(real):
    assert real.binomial_interval(100, 0.5) == (40, 60)
    assert real.binomial_interval(20, 0.0) == (0, 0)
    assert real.binomial_interval(20, 1.0) == (20, 20)
    assert real.binomial_interval(100, 0.02) == (0, 5)


def test_risk_is_compared_with_what_was_lost_by_tenths_and_halves(real):
    rows = [
        {"policy": "balanced", "strict": 0.0 if number >= 90 else 1.0, "risk": number / 1000, "even": number % 2 == 0}
        for number in range(100)
    ]
    rows += [{**rows[0], "policy": "always low"}, {**rows[0], "strict": None}]
    named = real.calibration(rows)
    assert [row["half"] for row in named[::10]] == ["all", "even", "odd"]
    assert [row["questions"] for row in named] == [10] * 10 + [5] * 20
    assert [row["within"] for row in named[:10]] == [True] * 9 + [False]
