import json

import numpy as np
import pytest

from benchmarks.deciding.router import Fixed, ImageOnly, QuestionOnly, calibration_error, measure, report
from headroom_nb.records import RouteDecision, Technique
from headroom_nb.routing.rules import RulesRouter
from tests.support import png, text_image


def rows_and_choices():
    rows = [
        {"label": "preserve", "also_ok": []},
        {"label": "preserve", "also_ok": ["crop"]},
        {"label": "preserve", "also_ok": []},
        {"label": "crop", "also_ok": ["transcode"]},
        {"label": "crop", "also_ok": []},
    ]
    chosen = ["full_low", "crop", "preserve", "transcode", "preserve"]
    return rows, [RouteDecision(Technique(name), 0.75, "", "test") for name in chosen]


def test_the_measures_are_counted_as_defined():
    found = measure(*rows_and_choices())
    assert found["strict"] == 0.2
    assert found["lenient"] == 0.6
    assert found["shrunk"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["shrunk_badly"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["crop_recall"] == 0.5
    assert found["ece"] == pytest.approx(0.55)
    assert found["ece_lenient"] == pytest.approx(0.15)
    assert found["confusion"]["preserve"] == {"full_low": 1, "crop": 1, "preserve": 1}


def test_a_router_that_is_as_sure_as_it_is_right_has_no_calibration_error():
    confidence = np.array([0.55] * 20 + [1.0] * 10)
    right = np.array([True] * 11 + [False] * 9 + [True] * 10)
    assert calibration_error(confidence, right) == pytest.approx(0)
    assert calibration_error(np.zeros(0), np.zeros(0, dtype=bool)) is None


def test_random_and_enriched_rows_are_reported_apart(tmp_path):
    (tmp_path / "page.png").write_bytes(png(text_image(["one", "two", "three"])))
    row = {"q": "Read it", "label": "transcode", "also_ok": [], "source": "a", "stand_in": "page.png"}
    rows = [row, {**row, "enriched": True, "label": "crop"}, {**row, "stand_in": None, "source": "b"}]
    found = report(Fixed(Technique.TRANSCODE), rows, tmp_path)
    assert found["balanced"]["random"]["strict"] == 1
    assert found["balanced"]["enriched"]["strict"] == 0
    assert set(found["by_source"]) == {"a", "b"}
    assert json.dumps(found)


def test_the_baselines_look_at_one_side_only():
    router, page = RulesRouter(), png(text_image([f"line {number} of many words" for number in range(20)]))
    blind, deaf = QuestionOnly(router), ImageOnly(router)
    assert blind.classify(b"", "Transcribe it").technique is Technique.TRANSCODE
    assert deaf.classify(page, "Describe it").technique is deaf.classify(page, "Count them").technique
