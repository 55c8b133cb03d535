from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from headroom_nb import Limits, estimate
from headroom_nb.errors import PictureError, PictureTooLargeError, UnreadablePictureError
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


def directory(*tags, following=0):
    """A directory of a TIFF: its tags as number, type, count and value, and where the next one stands."""
    return (
        struct.pack("<H", len(tags))
        + b"".join(struct.pack("<HHII", *tag) for tag in tags)
        + struct.pack("<I", following)
    )


def by_hand(*pages, tail=b""):
    """A TIFF with these directories, each given as its tags; the last one is followed by none."""
    out = b"II*\0" + struct.pack("<I", 8)
    for number, tags in enumerate(pages, 1):
        after = len(out) + 6 + 12 * len(tags)
        out += directory(*tags, following=after if number < len(pages) else 0)
    return out + tail


SMALL = (
    (256, 4, 1, 4),
    (257, 4, 1, 4),
    (258, 3, 1, 8),
    (259, 3, 1, 1),
    (262, 3, 1, 1),
    (273, 4, 1, 8),
    (279, 4, 1, 16),
)


def test_no_page_is_read_whose_tags_claim_the_same_bytes_again_and_again():
    shared = tuple((tag, 2, 190_000, 8) for tag in range(40_000, 40_100))
    with pytest.raises(UnreadablePictureError, match="claim"):
        list(pages_of_tiff(by_hand(SMALL, (*SMALL, *shared), tail=bytes(200_000))))


def test_a_later_page_in_uncompressed_ycbcr_has_the_colours_of_the_same_page_at_the_front():
    out = io.BytesIO()
    page = Image.new("RGB", (64, 48), (200, 40, 90)).convert("YCbCr")
    page.save(out, "TIFF", save_all=True, append_images=[page])
    first, second = pages_of_tiff(out.getvalue())
    assert first.getpixel((9, 9)) == second.getpixel((9, 9))
    assert abs(second.getpixel((9, 9))[0] - 200) < 4


def test_ten_thousand_pages_are_refused_in_moments_and_not_cut_short_in_silence(tmp_path):
    file = tmp_path / "many.tif"
    file.write_bytes(by_hand(*[SMALL] * 10_000))
    with pytest.raises(PictureTooLargeError, match="max_images"):
        user_message("?", file)
    with pytest.raises(PictureError, match="pages"):
        estimate(file, model="gpt-4o")


def test_the_last_of_thousands_of_pages_is_reached_without_reading_those_before_it():
    data = bytearray(by_hand(*[SMALL] * 4_000))
    data[8 + 2 + 2 : 8 + 2 + 4] = b"\x63\0"  # the first page is broken: its width has a type that is none
    (page,) = pages_of_tiff(bytes(data), only=3_999)
    assert page.size == (4, 4)
