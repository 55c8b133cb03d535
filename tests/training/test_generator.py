from pathlib import Path

import pytest

from headroom_nb.records import NEEDS
from training.generate import FOREIGN, generate, read_intents, read_needs, read_slots, read_templates
from training.tokens import build_tokenizer

ROWS = list(generate(7000, seed=3))


def test_there_are_thousands_of_distinct_questions():
    assert len({row["text"] for row in ROWS}) > 6000


def test_the_same_seed_gives_the_same_questions():
    assert [row["text"] for row in generate(300, seed=3)] == [row["text"] for row in generate(300, seed=3)]
    assert [row["text"] for row in generate(300, seed=3)] != [row["text"] for row in generate(300, seed=4)]


def test_a_template_is_never_both_trained_on_and_held_back():
    trained = {row["template"] for row in ROWS if not row["held_back"]}
    held = {row["template"] for row in ROWS if row["held_back"]}
    assert held
    assert not trained & held


def test_every_intent_is_held_back_in_part():
    intents = {row["intent"] for row in ROWS} - {FOREIGN}
    assert {row["intent"] for row in ROWS if row["held_back"]} >= intents


def test_the_same_intents_are_asked_in_many_languages():
    languages: dict[str, set[str]] = {}
    for template in read_templates():
        languages.setdefault(template.language, set()).add(template.intent)
    assert sum(len(intents) >= 30 for intents in languages.values()) >= 8


def test_no_slot_or_choice_is_left_open_in_a_question():
    slots = read_slots()
    for row in ROWS:
        assert not any("{" + name + "}" in row["text"] for name in slots)
        assert "|" not in row["text"]


def test_every_filler_is_known():
    slots = set(read_slots())
    for template in read_templates():
        for part in template.text.split("{")[1:]:
            name = part.partition("}")[0]
            assert not name.isidentifier() or name in slots, f"{template.key}: {name}"


def test_what_is_asked_of_and_the_shares_are_distributions():
    for intent in read_intents().values():
        assert sum(intent.asked_of) == pytest.approx(1)
        assert all(sum(share) == pytest.approx(1) for share in (*intent.shares, *intent.needs))
        assert all(len(share) == len(NEEDS) for share in intent.needs)


def test_the_kind_of_picture_changes_what_is_right_for_many_intents():
    dependent = [
        name for name, intent in read_intents().items() if len({share.index(max(share)) for share in intent.shares}) > 1
    ]
    assert len(dependent) > 30


def test_a_share_that_does_not_sum_is_an_error(tmp_path: Path):
    policy = tmp_path / "policy.txt"
    policy.write_text("read_all T7P2 T T T T T T page\n")
    with pytest.raises(ValueError, match="read_all"):
        read_intents(policy)


@pytest.mark.parametrize("row", ["read_all E7P2", "read_all E7X3", "read_all E photo=E9"])
def test_needs_that_do_not_sum_or_are_unknown_are_an_error(tmp_path: Path, row: str):
    needs = tmp_path / "needs.txt"
    needs.write_text(row + "\n")
    with pytest.raises(ValueError, match="read_all"):
        read_needs(needs)


def test_every_need_is_the_largest_of_some_intent():
    largest = {share.index(max(share)) for intent in read_intents().values() for share in intent.needs}
    assert largest == set(range(len(NEEDS)))


def test_an_intent_without_needs_is_an_error(tmp_path: Path):
    needs = tmp_path / "needs.txt"
    needs.write_text("read_field E\n")
    with pytest.raises(ValueError, match="no row for read_all"):
        read_intents(needs=needs)


def test_every_chinese_character_of_the_templates_is_in_the_vocabulary():
    vocabulary = build_tokenizer().get_vocab()
    letters = {letter for template in read_templates() for letter in template.text}
    assert not {letter for letter in letters if "\u4e00" <= letter <= "\u9fff"} - vocabulary.keys()
    assert len(vocabulary) == 30_522
