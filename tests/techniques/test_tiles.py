"""The whole image in tiles at the low level."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_nb.analysis.provider_view import provider_view
from headroom_nb.costs import estimate
from headroom_nb.costs.pricing import price_parts
from headroom_nb.pictures import open_picture
from headroom_nb.records import ImagePart, TextPart
from headroom_nb.survival import find_profile, survival
from headroom_nb.techniques.tiles import MOST, grids, tile_forms
from headroom_nb.techniques.whole import current_view, facts_of
from tests.techniques.technique_jobs import job, page_of_text, photo

TILED = ("gpt-4o", "gpt-4.1", "gpt-5", "gpt-4o-mini", "o1")
SIDES = st.tuples(st.integers(40, 5000), st.integers(40, 5000))


def tiles(parts):
    return [part for part in parts if isinstance(part, ImagePart) and part.box is not None]


@pytest.mark.parametrize("model", TILED)
def test_tiles_show_at_least_as_much_as_a_size_of_the_whole_for_fewer_tokens(model):
    work = job(photo((1920, 1080)), model=model)
    whole = estimate((1024, 576), work.model)
    better = [form for form in tile_forms(work) if form.facts.cut[1].view >= 1024 and form.tokens < whole.tokens]
    assert better


@pytest.mark.parametrize("model", ["gpt-5.6-sol", "claude-opus-5-5", "gemini-3-flash-preview", "nova-pro"])
def test_a_bill_that_knows_no_tiles_of_its_own_gives_none(model):
    assert tile_forms(job(photo(), model=model)) == []


def test_a_level_that_the_caller_chose_gives_none():
    assert tile_forms(job(photo(), model="gpt-4o", detail="high")) == []


def test_what_a_form_says_it_costs_is_what_its_parts_cost():
    work = job(page_of_text((1920, 1080), 22)[0], model="gpt-4o", font=22.0)
    for form in tile_forms(work):
        parts = form.build()
        assert price_parts(parts, work.model, "auto").tokens == form.tokens
        assert tuple(part.size for part in parts if isinstance(part, ImagePart)) == form.sizes


@settings(deadline=None, max_examples=200)
@given(SIDES)
def test_the_tiles_of_a_grid_cover_every_pixel_and_each_fits_the_level(size):
    for grid in grids(size, 512, 1.0):
        boxes = grid.boxes(size)
        assert 1 < len(boxes) <= MOST
        seen = np.zeros((min(size[1], 60), min(size[0], 60)), dtype=bool)
        down, across = seen.shape[0] / size[1], seen.shape[1] / size[0]
        for left, top, right, bottom in boxes:
            assert 0 <= left < right <= size[0]
            assert 0 <= top < bottom <= size[1]
            assert max(grid.sent((left, top, right, bottom))) <= 512
            seen[int(top * down) : int(np.ceil(bottom * down)), int(left * across) : int(np.ceil(right * across))] = (
                True
            )
        assert seen.all()


@settings(deadline=None, max_examples=100)
@given(SIDES)
def test_more_tiles_always_show_more(size):
    found = [(grid.columns * grid.rows, grid.scale) for grid in grids(size, 512, 1.0)]
    assert found == sorted(set(found), reverse=True)


def test_neighbours_share_a_strip():
    grid = next(grid for grid in grids((1920, 1080), 512, 1.0) if (grid.columns, grid.rows) == (3, 2))
    first, second, third, below, *_ = grid.boxes((1920, 1080))
    assert first[2] - second[0] >= 128 / grid.scale - 2
    assert first[3] - below[1] >= 128 / grid.scale - 2
    assert third[2] == 1920


def test_a_tile_shows_its_place_in_the_image():
    work = job(photo((2000, 1500)), model="gpt-4o")
    parts = tiles(tile_forms(work)[0].build())
    whole = np.asarray(work.picture.rgb(), dtype=float)
    for part in parts:
        left, top, right, bottom = part.box
        shown = np.asarray(open_picture(part.data).rgb(), dtype=float)
        assert shown.mean() == pytest.approx(whole[top:bottom, left:right].mean(), abs=2)
        assert provider_view(part.data, "gpt-4o", "low").size == part.size


def test_the_model_is_told_which_parts_it_sees():
    found = tile_forms(job(photo((1920, 1080)), model="gpt-4o"))
    form = next(form for form in found if "overview" in form.note)
    text, *images = form.build()
    assert isinstance(text, TextPart)
    assert "1920×1080" in text.text
    assert images[-1].role == "overview"
    assert all(str(image.box[:2]) in text.text for image in images[:-1])


def test_what_the_whole_shows_is_not_taken_from_tiles():
    profile = find_profile("gpt-4o")
    bare, with_view = tile_forms(job(photo((1920, 1080)), model="gpt-4o"))[:2]
    for need in ("gist", "layout", "count"):
        assert survival(need, bare.facts, profile) == 0
        assert 0 < survival(need, with_view.facts, profile) < 1
    assert survival("detail", bare.facts, profile) > 0.9 * survival("detail", with_view.facts, profile) > 0


@pytest.mark.parametrize("size", [(1000, 1000), (4000, 3000), (1920, 1080), (600, 2000)])
def test_text_in_tiles_is_no_more_legible_than_in_the_image_as_it_is(size):
    work = job(photo(size), model="gpt-4o", font=20.0)
    now = facts_of(work, current_view(work)).font
    assert tile_forms(work)
    assert max(form.facts.cut[1].font for form in tile_forms(work)) <= 1.001 * now


def test_an_image_that_is_cheap_already_is_not_cut():
    assert tile_forms(job(photo((400, 300)), model="gpt-4o")) == []
