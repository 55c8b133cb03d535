"""Hostile files are refused from their headers, in little memory; ``benchmarks/safety/bombs.py`` takes the time."""

from __future__ import annotations

import random
import struct
import tracemalloc

import pytest

from benchmarks.safety.bomb_files import KINDS, Bomb, bombs
from headroom_nb import ImageCompressor, Technique
from headroom_nb.errors import HeadroomError, PictureError, UnreadablePictureError
from headroom_nb.formats import find_images
from headroom_nb.ocr import FakeOcr
from headroom_nb.pictures import open_picture, read_header
from headroom_nb.pictures.tiff import MAX_PAGES, count_pages
from tests.pictures.samples import gradient, saved
from tests.support import FixedRouter

BY_DECODING = {"png_small_text", "tiff_strips", "truncated"}
"""Small files with a header that may be true: these are refused where their pixels turn out to be missing."""

MOST_BYTES = 5_000_000


def made(kind: str, number: int = 1) -> Bomb:
    data = KINDS[kind](random.Random(number))
    return Bomb(kind, b"", data) if isinstance(data, str) else Bomb(kind, data)


def message(bomb: Bomb) -> list[dict]:
    return [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": bomb.url()}}]}]


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - BY_DECODING))
def test_a_bomb_is_refused_from_its_header_in_little_memory(kind, monkeypatch):
    monkeypatch.setattr("headroom_nb.pictures.picture.Picture._decode", lambda *_: pytest.fail("it was decoded"))
    open_picture(saved(gradient((8, 8))))
    for number in range(3):
        (slot,) = find_images(message(made(kind, number)))
        with pytest.raises(HeadroomError):
            open_picture(slot.load())
        tracemalloc.start()
        with pytest.raises(PictureError):
            open_picture(slot.load())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < MOST_BYTES


@pytest.mark.parametrize("kind", sorted(BY_DECODING))
def test_a_file_that_has_too_few_pixels_is_refused_in_little_memory(kind):
    for number in range(8):
        data = made(kind, number).data
        tracemalloc.start()
        try:
            assert max(open_picture(data).rgb().size) < 300
        except PictureError as error:
            assert str(error)  # noqa: PT017 - harmless ones are read
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < MOST_BYTES


def test_a_conversation_of_bombs_comes_back_as_it_was_and_each_says_why():
    compressor = ImageCompressor("gpt-4o", FixedRouter(Technique.FULL_LOW), ocr=FakeOcr())
    for bomb in bombs(2 * len(KINDS), seed=3):
        if bomb.kind == "png_small_text":
            continue  # a small picture with texts that nobody reads: sent on as any other
        messages = message(bomb)
        result = compressor.run(messages)
        (image,) = result.images
        assert result.messages == messages
        assert image.note
        assert len(image.note) < 400


def test_many_scans_of_a_large_picture_are_refused_and_ordinary_progressive_files_are_not():
    with pytest.raises(UnreadablePictureError, match="scans of 7900×7900"):
        read_header(made("jpeg_scans").data)
    ordinary = saved(gradient((900, 700)), "JPEG", progressive=True)
    assert ordinary.count(b"\xff\xda") > 5
    assert open_picture(ordinary).rgb().size == (900, 700)


def test_tags_that_share_their_bytes_are_refused_before_they_are_read(monkeypatch):
    monkeypatch.setattr("headroom_nb.pictures.plugins.open_plugin", lambda *_: pytest.fail("Pillow opened it"))
    with pytest.raises(UnreadablePictureError, match="tags claim"):
        read_header(made("tiff_tags").data)


def test_pages_are_counted_up_to_a_bound_and_a_loop_of_them_ends():
    assert count_pages(made("tiff_pages").data) == MAX_PAGES
    pages = saved(gradient((8, 8)), "TIFF", save_all=True, append_images=[gradient((8, 8))] * 4)
    assert read_header(pages).frames == 5
    loop = b"II*\0" + struct.pack("<I", 8) + struct.pack("<HHHIII", 1, 256, 4, 1, 8, 8)
    assert count_pages(loop) == 1


def test_bombs_are_the_same_every_time():
    assert list(bombs(30)) == list(bombs(30))
    assert len({bomb.kind for bomb in bombs(len(KINDS))}) == len(KINDS)
