"""An image of a conversation is held once: its result gives the bytes when they are asked for."""

import copy
import pickle
from dataclasses import replace

import headroom_nb
from headroom_nb.pipeline import all_images
from tests.support import gradient, openai_message, png

PICTURES = [png(gradient(300, 200 + place)) for place in range(3)]


def compressed():
    return headroom_nb.compress([openai_message("Is it sunny?", *PICTURES)], router="rules", model="gpt-4o")


def test_a_result_gives_the_bytes_that_stood_in_the_message():
    result = compressed()
    assert [image.original for image in result.images] == PICTURES
    assert [image.original_bytes for image in result.images] == list(map(len, PICTURES))


def test_a_result_in_memory_holds_no_second_copy():
    assert not any(isinstance(image.source, bytes) for image in compressed().images)


def test_what_is_made_of_a_result_gives_them_too():
    image = compressed().images[0]
    for other in (replace(image, note="other"), copy.deepcopy(image), pickle.loads(pickle.dumps(image))):
        assert other.original == PICTURES[0]


def test_files_beyond_what_may_wait_decoded_give_the_same(monkeypatch):
    before = compressed()
    headroom_nb.clear_cache("memory")
    monkeypatch.setattr(all_images, "WAITING_BYTES", 0)
    assert compressed().messages == before.messages
