"""FULL_LOW: the cheapest form of the whole picture that stays legible."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from headroom_nb.costs import estimate, find_model
from headroom_nb.costs.parts import price_parts
from headroom_nb.errors import TechniqueRefusedError
from headroom_nb.pictures import read_header
from headroom_nb.records import QUALITIES
from headroom_nb.signals.legibility import SMALLEST_FONT
from headroom_nb.techniques.low_detail import low_detail
from tests.techniques.technique_jobs import job, page_of_text, photo, signals

SIZE = (2000, 1500)
BLANK = Image.new("RGB", SIZE, "white")


def tokens(proposal, work):
    return price_parts(proposal.parts, work.model, work.detail).tokens


@pytest.mark.parametrize(
    "model", ["gpt-5.6-sol", "claude-opus-5-5", "claude-haiku-4-5", "gpt-4o", "gemini-3-flash-preview", "gpt-5.4"]
)
def test_large_text_makes_the_picture_much_cheaper_on_every_model(model):
    work = job(BLANK, model=model, known=signals(SIZE, height=100.0))
    assert tokens(low_detail(work), work) <= 0.6 * estimate(SIZE, work.model).tokens


@pytest.mark.parametrize("quality", QUALITIES)
def test_text_in_the_new_view_keeps_the_size_of_the_quality(quality):
    image, _ = page_of_text(SIZE, 40)
    work = job(image, quality=quality, known=signals(SIZE, height=100.0))
    part = low_detail(work).parts[0]
    view = estimate(part.size, work.model, part.detail or "auto").sent_size
    assert 0.9 * SMALLEST_FONT[quality] <= 40.0 * view[0] / SIZE[0] <= 1.4 * SMALLEST_FONT[quality]


def test_small_text_is_refused_rather_than_blurred():
    image, _ = page_of_text((1000, 800), 10)
    with pytest.raises(TechniqueRefusedError, match="legible"):
        low_detail(job(image, known=signals((1000, 800), height=20.0)))


def test_nothing_measured_means_nothing_is_given_up():
    with pytest.raises(TechniqueRefusedError):
        low_detail(job(Image.new("RGB", (1024, 1024)), known=None))


def test_a_photograph_without_text_takes_the_providers_low_level_on_gpt_4o():
    work = job(photo(), model="gpt-4o", quality="max", known=signals(SIZE))
    part = low_detail(work).parts[0]
    assert part.detail == "low"
    assert part.data == work.picture.data


def test_low_is_not_taken_on_gpt_5_4_where_it_costs_more():
    work = job(photo((2048, 2048)), model="gpt-5.4", quality="max", known=signals((2048, 2048)))
    part = low_detail(work).parts[0]
    assert part.detail != "low" or part.size != (2048, 2048)
    assert tokens(low_detail(work), work) < estimate((2048, 2048), work.model, "low").tokens


def test_gemini_gets_a_media_resolution_and_never_a_useless_resize():
    work = job(photo(), model="gemini-3-flash-preview", known=signals(SIZE))
    part = low_detail(work).parts[0]
    assert part.detail in {"low", "medium"}
    assert part.size == SIZE


def test_a_level_that_the_user_set_is_never_replaced():
    for level in ("high", "original"):
        work = job(photo(), detail=level, known=signals(SIZE))
        part = low_detail(work).parts[0]
        assert part.detail is None
        assert part.size < SIZE


def test_low_asked_for_already_is_left_alone():
    with pytest.raises(TechniqueRefusedError, match="already"):
        low_detail(job(photo(), detail="low", known=signals(SIZE)))


def test_what_was_resized_carries_a_mark():
    part = low_detail(job(BLANK, known=signals(SIZE, height=100.0))).parts[0]
    assert read_header(part.data).mark == "full_low"


def test_a_picture_the_provider_refuses_is_made_acceptable():
    size = (6400, 6000)
    work = job(Image.new("L", size), known=signals(size, height=20.0))
    part = low_detail(work).parts[0]
    assert estimate(part.size, work.model, part.detail or "auto").tokens > 0


@settings(max_examples=25, deadline=None)
@given(
    width=st.integers(1, 2200),
    height=st.integers(1, 2200),
    text=st.none() | st.floats(4, 80),
    model=st.sampled_from(["gpt-4o", "gpt-5.6-sol", "claude-haiku-4-5", "gemini-3-flash-preview", "gpt-5.4-mini"]),
    quality=st.sampled_from(QUALITIES),
)
def test_it_is_always_cheaper_or_refused(width, height, text, model, quality):
    work = job(
        Image.new("L", (width, height)), model=model, quality=quality, known=signals((width, height), height=text)
    )
    before = estimate((width, height), find_model(model)).tokens
    try:
        proposal = low_detail(work)
    except TechniqueRefusedError:
        return
    assert tokens(proposal, work) < before
    assert 0 < proposal.kept_pixels <= 1


def test_by_hand_the_low_view_is_taken_even_where_text_gets_too_small():
    work = job(Image.new("L", (2000, 1400)), known=signals((2000, 1400), height=9.0))
    with pytest.raises(TechniqueRefusedError, match="legible"):
        low_detail(work)
    assert tokens(low_detail(replace(work, forced=True)), work) <= 308
