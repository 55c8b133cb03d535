import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_nb.ocr.recognise import (
    HEIGHT,
    LONG,
    LONGEST,
    MIN_PADDING,
    SQUEEZE,
    STEP,
    WIDTH_STEP,
    decode,
    padded_width,
    to_input,
)

CHARACTERS = ["", "a", "b", " "]


def steps(*best):
    table = np.full((len(best), len(CHARACTERS)), 0.02, dtype=np.float32)
    table[np.arange(len(best)), best] = 0.94
    return table


def read(*best, ink=None):
    width = len(best) * STEP
    return decode(steps(*best), CHARACTERS, np.ones(width, bool) if ink is None else ink, width)


def test_repeats_are_one_character_unless_nothing_stands_between():
    assert read(1, 1, 0, 1, 2, 2).text == "aab"


def test_nothing_but_blanks_and_spaces_is_unread():
    assert read(0, 0, 3, 0).confidence == 0.0
    assert read(0, 3, 0).text == ""


def test_the_weakest_character_is_told():
    table = steps(1, 0, 2)
    table[2] = [0.2, 0.2, 0.35, 0.25]
    reading = decode(table, CHARACTERS, np.ones(24, bool), 24)
    assert reading.weakest == pytest.approx(0.35)
    assert reading.confidence == pytest.approx((0.94 + 0.35) / 2)


def test_ink_far_from_every_character_was_missed():
    reading = read(1, 2, *[0] * 18)
    assert reading.missed == pytest.approx((160 - 12 - 30) / 160, abs=0.02)
    assert read(1, 2, 1, 2).missed == 0.0


def test_spaces_at_the_ends_are_dropped_with_their_places():
    reading = read(3, 1, 0, 2, 3)
    assert reading.text == "ab"
    assert len(reading.centres) == 2


@given(st.integers(1, 4000), st.integers(1, 200))
def test_only_long_strips_are_squeezed_and_none_is_endless(width, height):
    padded = padded_width(np.broadcast_to(np.uint8(0), (height, width, 3)))
    upright = width * HEIGHT / height
    expected = upright if upright <= LONG else min(LONGEST, max(LONG, SQUEEZE * upright))
    assert 0 < padded - expected <= MIN_PADDING + WIDTH_STEP + 1


def test_strips_are_padded_to_few_widths():
    data, width = to_input(np.zeros((24, 100, 3), np.uint8))
    assert width == 200
    assert data.shape[2] == HEIGHT
    assert data.shape[3] % WIDTH_STEP == 0
    assert data.shape[3] > width
