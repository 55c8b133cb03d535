"""Where an image came from, in words."""

import pytest

from headroom_nb.records.origins import origins


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        ([(0, "content", 1)], ["message 1"]),
        ([("content", 1), ("content", 2)], ["message 1, image 1", "message 1, image 2"]),
        ([("parts", 0)], ["message 1"]),
        ([("messages", 2, "content", 0)], ["message 3"]),
        ([(1, "messages", 0, "content", 3)], ["request 2, message 1"]),
    ],
)
def test_an_image_is_called_by_its_message_and_its_number_in_it(paths, names):
    assert list(origins(paths).values()) == names
