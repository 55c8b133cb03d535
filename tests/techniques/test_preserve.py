"""PRESERVE: nothing that can be seen is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from headroom_nb.analysis.provider_view import provider_view
from headroom_nb.costs import estimate
from headroom_nb.costs.parts import price_parts
from headroom_nb.ocr import get_ocr
from headroom_nb.pictures import read_header
from headroom_nb.techniques.preserve import preserve
from tests.support import gradient
from tests.techniques.technique_jobs import job, page_of_text, photo, signals

MODELS = ("gpt-4o", "gpt-5.6-sol", "claude-opus-5-5", "claude-haiku-4-5", "gemini-3-flash-preview")


@pytest.mark.parametrize("model", MODELS)
def test_a_picture_on_the_grid_stays_byte_for_byte(model):
    assert preserve(job(Image.new("RGB", (448, 448)), model=model)).parts == ()


def test_a_few_pixels_over_a_boundary_are_free():
    work = job(Image.new("RGB", (1025, 1025)))
    proposal = preserve(work)
    assert proposal.free
    assert price_parts(proposal.parts, work.model, "auto").tokens < estimate((1025, 1025), work.model).tokens
    assert read_header(proposal.parts[0].data).mark == "preserve"


def test_a_refused_picture_becomes_the_largest_accepted_one():
    size = (6400, 6000)
    work = job(Image.new("L", size))
    part = preserve(work).parts[0]
    assert estimate(part.size, work.model).tokens > 30_000


@settings(max_examples=25, deadline=None)
@given(width=st.integers(1, 2000), height=st.integers(1, 2000), model=st.sampled_from(MODELS))
def test_the_model_sees_at_least_98_percent_of_what_it_saw(width, height, model):
    work = job(Image.new("L", (width, height)), model=model)
    proposal = preserve(work)
    if proposal.parts:
        before = estimate((width, height), work.model).sent_size
        after = estimate(proposal.parts[0].size, work.model).sent_size
        assert min(after[0] / before[0], after[1] / before[1]) >= 0.98


def test_a_retina_screenshot_shrinks_unless_the_quality_is_safe():
    image, _ = page_of_text((2800, 1800), 30)
    for quality, most in (("safe", 1.0), ("balanced", 0.45), ("max", 0.45)):
        work = job(image, quality=quality, known=signals(image.size, height=44.0))
        proposal = preserve(work)
        share = price_parts(proposal.parts, work.model, "auto").tokens / estimate(image.size, work.model).tokens
        assert share <= most
        assert proposal.free == (quality == "safe")
        assert all(part.size[0] / 2800 >= 0.5 for part in proposal.parts)


def test_a_detail_level_that_was_asked_for_is_given_in_full():
    image, _ = page_of_text((2800, 1800), 30)
    work = job(image, detail="original", known=signals(image.size, height=44.0))
    assert preserve(work).free


def test_a_photograph_gives_up_nothing():
    work = job(photo((2000, 1504)), quality="max", known=signals((2000, 1504)))
    assert preserve(work).kept_pixels >= 0.96


@pytest.mark.slow
@pytest.mark.parametrize("px", [10, 12, 14, 20])
def test_small_text_reads_as_well_as_in_the_untouched_picture(px):
    lines = [f"Reading {number * 7919 % 9973:04d} at gate {chr(65 + number % 26)}" for number in range(40)]
    image, _ = page_of_text((1030, 2 * px * 42), px, lines)
    work = job(image, known=signals(image.size, height=1.4 * px))
    proposal = preserve(work)
    assert proposal.parts

    def read_share(picture):
        read = " ".join(line.text for line in get_ocr().read(provider_view(picture, work.model)).lines)
        return sum(line.split()[1] in read for line in lines) / len(lines)

    assert read_share(proposal.parts[0].data) >= read_share(image) - 0.01


def test_a_picture_is_not_encoded_anew_for_next_to_nothing():
    image = gradient(1920, 1080)
    assert preserve(job(image)).parts == ()


def test_a_whole_row_of_tiles_is_worth_encoding_anew_for():
    image = gradient(1040, 1040)
    (part,) = preserve(job(image, model="gpt-4.1-mini")).parts
    assert part.size[0] <= 1024
