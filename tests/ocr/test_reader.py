"""Lines that were read in one image are not read again in the next one."""

from __future__ import annotations

from contextlib import closing

import numpy as np
import pytest

from headroom_nb.ocr.crops import Strip
from headroom_nb.ocr.ocr_reader import OcrReader, remembers
from headroom_nb.ocr.reader import StripReader
from headroom_nb.ocr.recognise import Reading
from headroom_nb.runtime.lru import clear_all
from tests.techniques.ocr_pages import engine, text_page


class Counting:
    """Reads every strip as the same text and counts them."""

    def __init__(self) -> None:
        self.identity = object()
        self.read_strips = 0

    def read(self, strips: list[Strip]) -> list[Reading]:
        self.read_strips += len(strips)
        return [Reading("text", 1.0, 1.0) for _ in strips]


def strip(level: int) -> Strip:
    pixels = np.full((20, 60, 3), level, np.uint8)
    return Strip(pixels, np.ones(60, dtype=bool), 0.0, 1.0)


def read(recogniser: Counting, *levels: int) -> list[Reading]:
    with closing(StripReader(recogniser, 1)) as reader:
        return reader.read([strip(level) for level in levels])


@pytest.fixture(autouse=True)
def _empty_caches():
    clear_all()


def test_only_lines_that_are_new_on_the_next_screenshot_are_read():
    recogniser = Counting()
    assert read(recogniser, 1, 2) == read(recogniser, 1, 2)
    read(recogniser, 1, 2, 3)
    assert recogniser.read_strips == 3


def test_emptying_the_caches_forgets_the_lines():
    recogniser = Counting()
    read(recogniser, 1)
    clear_all()
    read(recogniser, 1)
    assert recogniser.read_strips == 2


def test_another_recogniser_reads_for_itself():
    one, other = Counting(), Counting()
    read(one, 1)
    read(other, 1)
    assert other.read_strips == 1


def test_a_reader_that_keeps_nothing_keeps_no_lines_either():
    recogniser = Counting()

    class Engine:
        name = "counting"

        def read(self, image, *, progress=None):
            read(recogniser, 1)
            return engine().read(image)

    forgetful = OcrReader(OcrReader(OcrReader(Engine()), keep=False), seconds=600)
    page = text_page(["A line"], size=20)
    forgetful.read(page)
    forgetful.read(page)
    assert recogniser.read_strips == 2
    assert remembers.get()
