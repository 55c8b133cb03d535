"""Objects of google-genai in a conversation: found, replaced by dicts the SDK takes, and left alone otherwise."""

import pytest

from headroom_nb.formats import detect_provider, find_images, replace_images
from headroom_nb.records import ImagePart
from tests.support import gradient, png

types = pytest.importorskip("google.genai.types")
SMALLER = ImagePart(png(gradient(4, 3)), "image/png", (4, 3), "low")


def parts():
    return [types.Part(text="What is this?"), types.Part.from_bytes(data=png(gradient(8, 6)), mime_type="image/png")]


@pytest.mark.parametrize(
    ("contents", "path"),
    [
        ([types.Content(role="user", parts=parts())], (0, "parts", 1)),
        ([{"role": "user", "parts": parts()}], (0, "parts", 1)),
        (parts(), (1,)),
        ({"contents": types.Content(role="user", parts=parts())}, ("contents", "parts", 1)),
    ],
)
def test_images_in_sdk_objects_are_found_with_their_question(contents, path):
    (slot,) = find_images(contents)
    assert (slot.path, slot.question) == (path, "What is this?")
    assert slot.load() == png(gradient(8, 6))
    assert detect_provider(contents) == "google"


def test_what_is_replaced_becomes_a_dict_that_the_sdk_takes_and_the_rest_stays():
    question = types.Content(role="user", parts=parts())
    answer = types.Content(role="model", parts=[types.Part(text="A gradient.")])
    before = question.model_copy(deep=True)
    written = replace_images([question, answer], {(0, "parts", 1): (SMALLER,)})
    assert question == before
    assert written[1] is answer
    again = types.Content.model_validate(written[0])
    assert again.parts[0].text == "What is this?"
    assert again.parts[1].inline_data.data == SMALLER.data
    assert again.parts[1].media_resolution.level == "MEDIA_RESOLUTION_LOW"
