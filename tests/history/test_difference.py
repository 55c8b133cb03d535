"""What differs between two screens: changed regions, scrolls, and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_nb.history.difference import MOST_REGIONS, area, changed_boxes, find_difference, find_shift, joined

HEIGHT, WIDTH = 160, 200


def page(seed=0, height=HEIGHT):
    """A page of which every row is different."""
    return np.random.default_rng(seed).integers(0, 256, (height, WIDTH, 3), dtype=np.uint8)


def holds(box, other):
    return box[0] <= other[0] and box[1] <= other[1] and box[2] >= other[2] and box[3] >= other[3]


def test_the_same_screen_differs_in_nothing():
    assert find_difference(page(), page()).boxes == ()


def test_what_an_encoder_leaves_is_no_change():
    before = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    assert changed_boxes(before, before + np.uint8(4)) == ()


@settings(max_examples=25, deadline=None)
@given(
    left=st.integers(0, WIDTH - 2),
    top=st.integers(0, HEIGHT - 2),
    width=st.integers(1, 120),
    height=st.integers(1, 90),
)
def test_one_changed_region_is_found_to_the_pixel(left, top, width, height):
    before = np.full((HEIGHT, WIDTH, 3), 240, np.uint8)
    after = before.copy()
    after[top : top + height, left : left + width] = 20
    box = (left, top, min(WIDTH, left + width), min(HEIGHT, top + height))
    assert changed_boxes(before, after) == (box,)


@settings(max_examples=25, deadline=None)
@given(places=st.lists(st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1)), min_size=1, max_size=12))
def test_every_changed_pixel_stands_in_one_of_few_regions_that_do_not_overlap(places):
    before = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    after = before.copy()
    for left, top in places:
        after[top, left] = 255
    boxes = changed_boxes(before, after)
    assert 1 <= len(boxes) <= MOST_REGIONS
    covered = np.zeros((HEIGHT, WIDTH), int)
    for x0, y0, x1, y1 in boxes:
        covered[y0:y1, x0:x1] += 1
    assert covered.max() == 1
    assert all(covered[top, left] for left, top in places)


@given(st.lists(st.tuples(*[st.integers(0, 50)] * 4), max_size=8))
def test_joined_boxes_hold_every_box(corners):
    boxes = [(min(a, c), min(b, d), max(a, c) + 1, max(b, d) + 1) for a, b, c, d in corners]
    found = joined(boxes)
    assert len(found) <= MOST_REGIONS
    assert all(any(holds(one, box) for one in found) for box in boxes)


@settings(max_examples=15, deadline=None)
@given(shift=st.integers(1, 110), down=st.booleans())
def test_a_scroll_leaves_the_new_strip_alone(shift, down):
    long = page(height=HEIGHT + shift)
    before, after = (long[:HEIGHT], long[shift:]) if down else (long[shift:], long[:HEIGHT])
    found = find_difference(before, after)
    assert found.shift == (shift if down else -shift)
    assert found.boxes == ((0, HEIGHT - shift, WIDTH, HEIGHT),) if down else ((0, 0, WIDTH, shift),)


def test_a_scroll_between_a_fixed_head_and_a_fixed_side_is_found():
    long = page(height=HEIGHT + 80)
    before, after = np.full((HEIGHT, WIDTH, 3), 30, np.uint8), np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
    before[40:, 100:] = long[40:HEIGHT, 100:]
    after[40:, 100:] = long[120 : HEIGHT + 80, 100:]
    found = find_difference(before, after)
    assert (found.frame, found.shift) == ((100, 40, WIDTH, HEIGHT), 80)
    assert found.boxes == ((100, HEIGHT - 80, WIDTH, HEIGHT),)


def test_a_scroll_with_a_moving_scroll_bar_is_found():
    long = page(height=HEIGHT + 60)
    before, after = long[:HEIGHT].copy(), long[60:].copy()
    before[:, -14:] = after[:, -14:] = 220
    before[10:60, -14:], after[50:100, -14:] = 90, 90
    found = find_difference(before, after)
    assert found.shift == 60
    assert found.pixels < 0.4 * HEIGHT * WIDTH


def test_a_scroll_beside_a_changed_cell_shows_the_cell_too():
    long = page(height=HEIGHT + 60)
    before, after = long[:HEIGHT].copy(), long[60:].copy()
    after[50:60, 100:140] = 0
    found = find_difference(before, after)
    assert found.shift == 60
    assert any(holds(box, (100, 50, 140, 60)) for box in found.boxes)


def test_another_page_is_no_scroll():
    found = find_difference(page(1), page(2))
    assert found.frame is None
    assert sum(map(area, found.boxes)) > 0.9 * HEIGHT * WIDTH


def test_blank_rows_say_nothing_of_a_scroll():
    blank = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    other = blank.copy()
    other[100:120] = 10
    assert find_shift(blank, other) == 0


def test_what_a_scroll_leaves_rebuilds_the_later_screen_from_the_earlier():
    long = page(height=HEIGHT + 50)
    before, after = long[:HEIGHT], long[50:].copy()
    after[5:9, 7:90] = 1
    found = find_difference(before, after)
    built = before.copy()
    left, top, right, bottom = found.frame
    moved = slice(top, bottom - found.shift)
    built[moved, left:right] = before[top + found.shift : bottom, left:right]
    for x0, y0, x1, y1 in found.boxes:
        built[y0:y1, x0:x1] = after[y0:y1, x0:x1]
    assert np.array_equal(built, after)


def test_screens_of_two_sizes_are_not_compared():
    with pytest.raises(ValueError, match="cannot be compared"):
        find_difference(page(), page()[:100])
