from __future__ import annotations

import io

import pytest
from PIL import Image

from headroom_nb import Limits
from headroom_nb.errors import PictureTooLargeError, UnreadablePictureError
from headroom_nb.formats import find_images, user_message
from headroom_nb.pictures import pages_of_tiff, read_header


def tiff(*sizes):
    out = io.BytesIO()
    first, *rest = [Image.new("L", size, 40 * number) for number, size in enumerate(sizes, 1)]
    first.save(out, "TIFF", save_all=True, append_images=rest)
    return out.getvalue()


def test_every_page_becomes_an_image_of_a_message_in_order():
    message = user_message("What do the pages say?", tiff((60, 80), (90, 40), (30, 30)), provider="anthropic")
    found = [read_header(slot.load()).size for slot in find_images([message])]
    assert found == [(60, 80), (90, 40), (30, 30)]


def test_a_tiff_of_one_page_is_one_image():
    assert len(find_images([user_message("?", tiff((60, 80)))])) == 1


def test_pages_over_a_limit_are_refused():
    with pytest.raises(PictureTooLargeError, match="max_image_pixels"):
        list(pages_of_tiff(tiff((60, 80), (900, 400)), Limits(max_image_pixels=10_000)))
    with pytest.raises(PictureTooLargeError, match="max_images"):
        list(pages_of_tiff(tiff((6, 8), (9, 4)), Limits(max_images=1)))


def test_a_broken_page_is_named():
    with pytest.raises(UnreadablePictureError, match="broken"):
        list(pages_of_tiff(tiff((600, 800), (900, 400))[:300_000]))
