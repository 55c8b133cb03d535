"""Previews: the largest that fits, and no work where none can."""

import base64
import io

import pytest
from PIL import Image

from headroom_nb import compress
from headroom_nb.pictures import Picture
from headroom_nb.rendering import display
from headroom_nb.rendering.thumbnails import LEAST_CHARACTERS, SIDES, preview, thumbnail
from tests.support import gradient, openai_message, png

PICTURE = png(gradient(900, 700))


def side_of(uri):
    return max(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).size) if uri else 0


@pytest.mark.parametrize("room", [0, LEAST_CHARACTERS, 900, 1_500, 2_500, 24_000])
def test_a_preview_is_the_largest_that_fits(room):
    found = thumbnail(PICTURE, room)
    assert len(found) <= room
    address = len("data:image/webp;base64,")
    for side in SIDES:
        if side > side_of(found):
            assert address + len(base64.b64encode(preview(PICTURE, side)[1])) > room


def test_the_sides_differ_with_the_room():
    assert len({side_of(thumbnail(PICTURE, room)) for room in range(0, 6_000, 250)}) > 3


def test_no_preview_is_shorter_than_what_is_taken_for_the_least():
    assert len(thumbnail(png(Image.new("RGB", (1, 1))))) >= LEAST_CHARACTERS


def test_where_words_leave_no_room_no_picture_is_decoded(monkeypatch):
    made = compress([openai_message("What is it?", PICTURE)], router="rules")
    assert display.to_json(made)["images"][0]["thumbnail"] != ""
    monkeypatch.setattr(display, "OUTPUT_BYTES", 0)
    monkeypatch.setattr(Picture, "small", lambda *_: pytest.fail("decoded for nothing"))
    assert display.to_json(made)["images"][0]["thumbnail"] == ""
