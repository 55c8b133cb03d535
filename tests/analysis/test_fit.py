"""A conversation made to fit into a context."""

from __future__ import annotations

import pytest

from headroom_nb import demo, fit
from headroom_nb.costs import find_model
from headroom_nb.errors import OptionError
from headroom_nb.formats.prompt_text import text_tokens

MESSAGES = demo.messages("openai")[:4]


@pytest.fixture(scope="module")
def text():
    return text_tokens(MESSAGES, find_model("gpt-4o"))


def test_what_fits_gives_nothing_up():
    result = fit(MESSAGES, "gpt-4o", router="rules")
    assert result.budget.met
    assert sum(image.traded_tokens for image in result.images) == 0


def test_what_does_not_fit_is_sent_in_the_forms_of_least_risk_that_do(text):
    result = fit(MESSAGES, "gpt-4o", context=700, router="rules")
    assert result.budget.met
    assert result.compressed_tokens <= 700 - text < result.original_tokens
    assert "a context of 700" in str(result.budget)


def test_room_for_the_answer_is_left(text):
    result = fit(MESSAGES, "gpt-4o", context=700, answer=150, router="rules")
    assert result.compressed_tokens <= 550 - text


def test_a_context_that_is_too_small_says_by_how_much(text):
    result = fit(MESSAGES, "gpt-4o", context=text - 5, router="rules")
    assert result.budget.over == result.compressed_tokens + 5  # text and answer alone pass the context by 5
    assert any("over it" in warning for warning in result.warnings)


def test_the_text_of_tools_and_of_the_system_counts():
    body = {"model": "gpt-4o", "messages": MESSAGES}
    spec = find_model("gpt-4o")
    more = {**body, "instructions": "Be brief. " * 50, "tools": [{"type": "function", "function": {"name": "look"}}]}
    assert text_tokens(more, spec) >= text_tokens(body, spec) + 100
    assert text_tokens(body, spec) == text_tokens(MESSAGES, spec) < 500  # no image is counted as text


@pytest.mark.parametrize("wrong", [{"context": 0}, {"context": "all"}, {"context": 100, "answer": -1}])
def test_a_context_is_a_number_of_tokens(wrong):
    with pytest.raises(OptionError, match="whole numbers"):
        fit(MESSAGES, "gpt-4o", **wrong)


def test_a_context_that_nobody_knows_is_to_be_given():
    with pytest.raises(OptionError, match="give it as context"):
        fit(MESSAGES, "llava")


@pytest.mark.parametrize("context", [600, 900, 10_000])
def test_what_changes_in_earlier_messages_is_stated_and_true(context):
    before, now = (fit(MESSAGES[:cut], "gpt-4o", context=context, router="rules") for cut in (1, 3))
    changed = before.messages[0] != now.messages[0]
    assert (now.budget.breaks is not None) == changed
    if changed:
        assert now.budget.breaks == now.images[0].path
