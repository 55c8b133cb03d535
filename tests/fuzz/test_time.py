"""What comes from outside is read in a time that grows with its length, and not with its square."""

import time

import numpy as np
import pytest

from headroom_nb.costs.models import model_or_default
from headroom_nb.documents.pdf import pages_of_ours
from headroom_nb.documents.unpacked import may_fill_the_memory
from headroom_nb.formats.question import is_label, is_ours
from headroom_nb.history.difference import MOST_REGIONS, find_difference
from headroom_nb.proof.answers import compare_answers
from headroom_nb.proof.calibrate import read_lines
from headroom_nb.runtime.masking import masked

SECONDS = 10.0
"""Of a core's time; each takes less than one, and would take minutes if its time grew with the square."""


def compared(text):
    return compare_answers(text, f"{text}x")


def of_streams(head):
    return b"%PDF-1.4\n" + (head + b"stream " * 9000) * 30


READ = {
    "an answer of many words with hyphens": (compared, "a-" * 40_000),
    "an answer of many spaces": (read_lines, "1: " + " " * 80_000 + "x"),
    "an answer of many digits with hyphens": (compared, "1-" * 40_000),
    "an answer of many dates": (
        compared,
        " ".join(f"{day % 28 + 1}. jan {1000 + day % 8000}" for day in range(40_000)),
    ),
    "an address of many secrets": (masked, "https://a.example/?" + "key=1&" * 40_000),
    "a text of many sizes in brackets": (is_ours, "[" + "1×1 px" * 80_000),
    "a text of many counts of pages in brackets": (is_ours, "[PDF" + " of 1 pages" * 40_000),
    "a label of many tags": (is_label, "<a>" * 80_000),
    "a model of many versions": (model_or_default, "x" + "-it" * 40_000),
    "a PDF of many streams without a dictionary": (may_fill_the_memory, of_streams(b"")),
    "a PDF of many streams in one dictionary": (may_fill_the_memory, of_streams(b"1 0 obj<</Filter/DCTDecode>>")),
    "a PDF of many marks": (pages_of_ours, b"%headroom-nb pages 1" + b",1" * 40_000),
}


@pytest.mark.parametrize("what", READ)
def test_what_is_made_to_take_long_is_read_quickly(what):
    read, text = READ[what]
    began = time.process_time()
    read(text)
    assert time.process_time() - began < SECONDS


def test_a_screen_that_differs_in_thousands_of_places_is_compared_quickly():
    before = np.zeros((1600, 1600, 3), np.uint8)
    after = before.copy()
    after[4::48, 4::48] = 255
    began = time.process_time()
    found = find_difference(before, after)
    assert time.process_time() - began < SECONDS
    assert 0 < len(found.boxes) <= MOST_REGIONS
    shown = np.zeros(before.shape[:2], bool)
    for left, top, right, bottom in found.boxes:
        shown[top:bottom, left:right] = True
    assert shown[(before != after).any(axis=2)].all()
