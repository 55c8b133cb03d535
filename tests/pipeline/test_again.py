from __future__ import annotations

import copy

import pytest

from headroom_nb import Technique, compress
from headroom_nb.errors import OptionError
from headroom_nb.formats import user_message
from headroom_nb.pipeline.again import snapshot
from tests.support import gradient


@pytest.fixture(scope="module")
def result():
    messages = [user_message("Describe these pictures", gradient(1400, 1000), gradient(1200, 900))]
    made = compress(messages, model="gpt-4o", router="rules")
    assert all(image.parts for image in made.images)
    return made


def test_a_reverted_image_is_the_original_block_and_the_others_stay(result):
    before = copy.deepcopy(result.messages)
    reverted = result.revert("messages[0].content[1]")
    assert reverted.messages[0]["content"][1] == result.original[0]["content"][1]
    assert reverted.messages[0]["content"][2] == result.messages[0]["content"][2]
    assert reverted.images[0].saved_tokens == 0
    assert reverted.compressed_tokens == result.images[0].original_tokens + result.images[1].compressed_tokens
    assert result.messages == before


def test_reverting_every_image_gives_the_messages_that_came_in(result):
    reverted = result
    for image in result.images:
        reverted = reverted.revert(image.path)
    assert reverted.messages == result.original
    assert reverted.savings_percent == 0


def test_a_later_override_keeps_what_was_reverted(result):
    first, second = (image.path for image in result.images)
    both = result.revert(first).override(second, "preserve")
    assert both.messages[0]["content"][1] == result.original[0]["content"][1]
    assert both.image_at(second).technique is Technique.PRESERVE
    again = result.revert(first).override(first, "full_low")
    assert again.image_at(first).parts


def test_an_override_decides_about_the_messages_that_were_given_whatever_became_of_the_list():
    messages = [user_message("What is it?", gradient(1400, 1000)), user_message("And this?", gradient(1200, 900))]
    made = compress(messages, model="gpt-4o", router="rules")
    before = copy.deepcopy(messages)
    first = messages.pop(0)
    messages[0]["content"].clear()
    kept = made.override(0, "preserve")
    assert (len(kept.images), kept.images[0].technique) == (2, Technique.PRESERVE)
    assert kept.images[0].original_size == (1400, 1000)
    assert made.original == before
    assert made.original[0]["content"][1]["image_url"]["url"] is first["content"][1]["image_url"]["url"]
    assert made.revert(0).messages[0] == before[0]


def test_what_stands_in_many_places_is_copied_once():
    shared = [{"role": "user", "content": "Hi"}]
    for _ in range(31):
        shared = [shared, shared]
    copied = snapshot(shared)
    assert copied[0] is copied[1]
    around = [shared]
    around.append(around)
    copied = snapshot(around)
    assert copied is not around
    assert copied[1] is copied


def test_no_such_image_is_an_error_that_lists_those_there_are(result):
    with pytest.raises(OptionError, match=r"messages\[0\]\.content\[2\]"):
        result.revert("messages[9]")
