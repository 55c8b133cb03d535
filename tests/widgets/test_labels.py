from __future__ import annotations

import hashlib
import json

import pytest

from headroom_nb import compress
from headroom_nb.errors import OptionError
from headroom_nb.signals.measure import FEATURES
from headroom_nb.widgets.labels import add_labels, label_rows
from headroom_nb.widgets.overruling import Overruling
from tests.support import gradient, openai_message, png, text_image

PAGE = png(text_image(["Invoice 2024-17", "Total 129.00", "Thank you"] * 12, size=18))
PHOTO = png(gradient(1200, 900))


@pytest.fixture(scope="module")
def overruling():
    made = Overruling(compress([openai_message("What is the total?", PAGE), openai_message("Is it red?", PHOTO)]))
    made.choose(["messages[0].content[1]", "messages[1].content[1]"], "preserve")
    return made


def test_a_label_says_what_was_asked_of_which_image_and_what_was_right(overruling):
    first, second = label_rows(overruling)
    assert (first["text"], first["chosen"]) == ("What is the total?", "preserve")
    assert first["routed"] == str(overruling.base.images[0].decision.technique)
    assert first["image"] == hashlib.sha256(PAGE).hexdigest()
    assert len(first["features"]) == len(FEATURES)
    assert first["signals"]["has_text"] > second["signals"]["has_text"]
    assert sum(first["asked_of"]) == pytest.approx(1, abs=0.001)


def test_nothing_overruled_is_no_label(overruling):
    assert label_rows(Overruling(overruling.base)) == []


def test_labels_are_added_to_a_file_and_a_changed_mind_replaces_the_first(overruling, tmp_path):
    path = add_labels(label_rows(overruling), tmp_path / "labels.jsonl")
    other = Overruling(overruling.base)
    other.choose([other.base.images[1].path], "full_low")
    add_labels(label_rows(other), path)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [(row["text"], row["chosen"]) for row in rows] == [
        ("What is the total?", "preserve"),
        ("Is it red?", "full_low"),
    ]


@pytest.mark.parametrize("content", ["no JSON", "[1, 2]", '{"image": "x"}', '{"image": [], "text": ""}'])
def test_a_file_of_something_else_is_left_alone(overruling, tmp_path, content):
    path = tmp_path / "mine.txt"
    path.write_text(content + "\n")
    with pytest.raises(OptionError, match="holds no labels"):
        add_labels(label_rows(overruling), path)
    assert path.read_text() == content + "\n"


def test_the_training_scripts_read_labels_as_questions(overruling, tmp_path):
    pytest.importorskip("torch")
    from headroom_nb.records import Technique
    from headroom_nb.routing.decision import TECHNIQUE_ORDER
    from training.question_model import batch_of, read_questions

    path = add_labels(label_rows(overruling), tmp_path / "labels.jsonl")
    questions, held_back = read_questions(path)
    assert questions.texts == ["What is the total?", "Is it red?"]
    assert len(held_back) == 0
    assert (questions.shares.argmax(-1) == TECHNIQUE_ORDER.index(Technique.PRESERVE)).all()
    assert questions.shares.shape[:2] == questions.asked_of.shape
    ids, mask = batch_of(questions, [0, 1])
    assert ids.shape == mask.shape
