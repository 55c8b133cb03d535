"""What is meant by a list of conversations."""

import pytest

import headroom_nb
from headroom_nb.errors import MessageError
from tests.support import gradient, openai_message, png

CONVERSATION = [openai_message("What is it?", png(gradient(300, 300)))]


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ([CONVERSATION], "without the outer list"),
        ((CONVERSATION,), "without the outer list"),
        ([CONVERSATION, CONVERSATION], "compress_batch for many"),
    ],
)
def test_a_list_of_conversations_is_never_called_empty(given, advice):
    for function in (headroom_nb.compress, headroom_nb.check):
        with pytest.raises(MessageError, match=advice):
            function(given, model="gpt-4o")


def test_an_estimate_counts_the_images_of_each_conversation():
    one = headroom_nb.estimate(CONVERSATION, model="gpt-4o")
    two = headroom_nb.estimate([CONVERSATION, CONVERSATION], model="gpt-4o")
    assert two.tokens == 2 * one.tokens


def test_lists_that_a_format_takes_are_no_conversations():
    assert len(headroom_nb.compress(["What is it?", CONVERSATION[0]], model="gpt-4o", router="rules").images) == 1
