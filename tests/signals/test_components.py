import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from headroom_nb.signals.components import find_components, find_runs, join_runs


def flood_fill(mask):
    """The slow and plain way: boxes (left, top, right, bottom) and areas of the 8-connected components."""
    todo, found = {(int(y), int(x)) for y, x in np.argwhere(mask)}, []
    while todo:
        stack, seen = [todo.pop()], []
        while stack:
            y, x = stack.pop()
            seen.append((y, x))
            around = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & todo
            todo -= around
            stack.extend(around)
        ys, xs = zip(*seen, strict=True)
        found.append((min(xs), min(ys), max(xs) + 1, max(ys) + 1, len(seen)))
    return sorted(found)


masks = arrays.arrays(
    bool, arrays.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12), elements=st.booleans()
)


@given(masks)
def test_components_are_those_of_a_flood_fill(mask):
    found = find_components(mask)
    assert sorted(map(tuple, np.column_stack([found.boxes, found.areas]).tolist())) == flood_fill(mask)


@given(masks)
def test_the_mean_over_a_component_is_that_of_its_pixels(mask):
    found = find_components(mask)
    assert found.mean_of(mask) == pytest.approx(np.ones(len(found)))
    assert found.mean_of(np.full(mask.shape, 3.5)) == pytest.approx(np.full(len(found), 3.5))


def test_touching_at_a_corner_joins_and_a_gap_does_not():
    assert len(find_components(np.array([[1, 0], [0, 1]], dtype=bool))) == 1
    assert len(find_components(np.array([[1, 0, 1]], dtype=bool))) == 2


def test_the_end_of_one_row_does_not_touch_the_start_of_the_next():
    assert len(find_components(np.array([[0, 0, 1], [1, 0, 0]], dtype=bool))) == 2


def test_small_gaps_in_a_row_are_filled_and_wide_ones_are_not():
    runs = find_runs(np.array([[1, 0, 0, 1, 0, 0, 0, 1]], dtype=bool)).joined(2)
    assert list(zip(runs.starts.tolist(), runs.ends.tolist(), strict=True)) == [(0, 4), (7, 8)]


def test_short_runs_can_be_left_out():
    runs = find_runs(np.array([[1, 0, 1, 1], [1, 1, 1, 0]], dtype=bool)).longer_than(2)
    assert len(join_runs(runs)) == 1


@pytest.mark.parametrize("angle", [0, 10, 30, 90])
def test_the_thickness_of_a_turned_bar_is_that_of_the_bar(angle):
    bar = Image.new("L", (200, 200))
    bar.paste(255, (30, 93, 170, 107))
    turned = np.asarray(bar.rotate(angle, Image.Resampling.BICUBIC)) > 127
    assert find_components(turned).thickness() == pytest.approx([14], abs=0.7)


def test_an_empty_image_has_no_components():
    found = find_components(np.zeros((5, 7), dtype=bool))
    assert len(found) == 0
    assert found.boxes.shape == (0, 4)
    assert found.thickness().shape == (0,)
