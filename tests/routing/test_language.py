import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_nb.routing.language import MAX_CHARACTERS, clip, foreign_script


@pytest.mark.parametrize("text", ["what is this?", "was ist das", "что это", "这是什么", "これは何ですか", "qué es"])
def test_scripts_the_model_was_trained_on_are_read(text):
    assert foreign_script(text) is None


@pytest.mark.parametrize(
    ("text", "script"),
    [("ما هذا", "ARABIC"), ("이것은 무엇입니까", "HANGUL"), ("यह क्या है", "DEVANAGARI"), ("τι είναι", "GREEK")],
)
def test_other_scripts_are_named(text, script):
    assert foreign_script(text) == script


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂🙂", "12345 !?", "\u200b"])
def test_no_letters_is_no_question(text):
    assert foreign_script(text) == ""


def test_a_foreign_name_in_an_english_question_is_no_foreign_question():
    assert foreign_script("what does the word 안녕 on the sign mean") is None


def test_a_long_question_keeps_its_beginning_and_its_end():
    text = clip("Read the sign. " + "bla " * 30_000 + "What is the total?")
    assert text.startswith("Read the sign.")
    assert text.endswith("What is the total?")
    assert len(text) <= MAX_CHARACTERS + 3


@given(st.text(max_size=5000))
def test_clipping_never_fails_and_gives_one_line(text):
    assert len(clip(text)) <= MAX_CHARACTERS + 3
    assert "\n" not in clip(text)
