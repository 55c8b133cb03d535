import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_nb.ocr.crops import running_down, without_blank_ends
from headroom_nb.ocr.detect import (
    MAX_ENLARGEMENT,
    MAX_PIXELS,
    MOST_VIEW_PIXELS,
    VIEW_PIXELS,
    Detector,
    boxes_from_map,
    enlargement,
    view_size,
)
from headroom_nb.ocr.tiles import MOST_PIXELS, in_pieces

side = st.integers(1, 20_000)


def lines(thickness):
    box = [[0, 0], [100, 0], [100, thickness], [0, thickness]]
    return np.array([box, box, box], np.float32)


@given(st.integers(1, 64_000_000), side, st.booleans())
def test_no_view_is_larger_than_the_bound_whatever_the_shape(long, short, upright):
    size = (short, long) if upright else (long, short)
    view = view_size(*size, min(1.0, (MAX_PIXELS / (long * short)) ** 0.5))
    assert view[0] * view[1] <= MOST_VIEW_PIXELS
    assert all(found >= 32 and found % 32 == 0 for found in view)


def test_a_view_of_an_ordinary_image_keeps_its_shape():
    assert view_size(1600, 1200, 1.0) == (1600, 1216)
    assert view_size(40_000, 50, 1.0) == (40_000, 64)


@given(side, side, st.floats(1, 200))
def test_the_enlarged_view_is_bounded(width, height, thickness):
    scale = enlargement(width, height, lines(thickness))
    assert 1 <= scale <= MAX_ENLARGEMENT
    assert scale == 1 or width * height * scale**2 <= VIEW_PIXELS * 1.01


def test_only_small_print_and_tiny_images_are_looked_at_twice():
    assert enlargement(640, 480, lines(40)) == 1
    assert enlargement(640, 480, lines(14)) > 1.9
    assert enlargement(640, 480, lines(14)[:0]) == 1
    assert enlargement(240, 100, lines(14)[:0]) == MAX_ENLARGEMENT
    assert enlargement(3000, 2000, lines(14)) == 1


def test_a_blob_becomes_a_box_that_is_grown_on_every_side():
    scores = np.zeros((200, 300), dtype=np.float32)
    scores[90:110, 50:250] = 0.9
    (box,) = boxes_from_map(scores)
    grown = 1.5 * 200 * 20 / (2 * 220)
    assert box[0] == pytest.approx([50 - grown, 90 - grown], abs=2)
    assert box[2] == pytest.approx([250 + grown, 110 + grown], abs=2)


def test_faint_and_tiny_blobs_are_no_text():
    scores = np.zeros((100, 100), dtype=np.float32)
    scores[10:20, 10:60] = 0.35
    scores[50:52, 50:52] = 0.9
    assert len(boxes_from_map(scores)) == 0


def test_only_boxes_higher_than_a_character_run_down():
    def box(left, top, width, height):
        right, bottom = left + width, top + height
        return [[left, top], [right, top], [right, bottom], [left, bottom]]

    boxes = np.array([box(0, 0, 200, 20), box(0, 40, 180, 20), box(0, 80, 9, 20), box(300, 0, 20, 150)], np.float32)
    assert running_down(boxes) == [False, False, False, True]


def test_blank_ends_are_dropped_and_remembered():
    pixels = np.full((20, 100, 3), 255, np.uint8)
    pixels[4:16, 40:60] = 0
    strip = without_blank_ends(pixels)
    assert (strip.start, strip.end) == (0.4, 0.6)
    assert strip.pixels.shape == (20, 24, 3)
    assert strip.ink.sum() == 20


class CountedSession:
    """Finds one thin line in every view."""

    def __init__(self):
        self.views = []

    def get_inputs(self):
        return [type("Input", (), {"name": "x"})]

    def run(self, names, feed):
        height, width = feed["x"].shape[2:]
        self.views.append((width, height))
        scores = np.zeros((1, 1, height, width), np.float32)
        scores[0, 0, 10:14, 10:100] = 0.9
        return [scores]


@pytest.mark.parametrize(("size", "looks"), [((320, 200), 2), ((1600, 1200), 1), ((4000, 3000), 1)])
def test_a_large_image_is_looked_at_once_whatever_its_print(monkeypatch, size, looks):
    views = []

    def seen(view, detect):
        views.append(view.shape[:2])
        return in_pieces(view, detect)

    monkeypatch.setattr("headroom_nb.ocr.detect.in_pieces", seen)
    session = CountedSession()
    Detector(session).find(np.zeros((size[1], size[0], 3), np.uint8))
    assert len(views) == looks
    assert np.prod(views[0]) <= MAX_PIXELS * 1.05
    assert all(np.prod(piece) <= MOST_PIXELS for piece in session.views)
