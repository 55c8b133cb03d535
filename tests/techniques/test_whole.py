"""The forms that send the whole image."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from headroom_nb.analysis.provider_view import provider_view
from headroom_nb.costs import estimate
from headroom_nb.costs.pricing import price_parts
from headroom_nb.pictures import read_header
from headroom_nb.records import Technique
from headroom_nb.techniques.whole import whole_forms
from tests.techniques.technique_jobs import job, page_of_text, photo

MODELS = ("gpt-4o", "gpt-5.6-sol", "claude-opus-5-5", "claude-haiku-4-5", "gemini-3-flash-preview", "mistral-medium-3")


@settings(max_examples=40, deadline=None)
@given(
    width=st.integers(200, 3000),
    height=st.integers(200, 3000),
    model=st.sampled_from(MODELS),
)
def test_every_smaller_form_costs_less_the_less_it_shows_and_what_it_says_it_costs(width, height, model):
    work = job(Image.new("L", (width, height), 200), model=model)
    unchanged, *forms = whole_forms(work)
    assert unchanged.tokens == estimate((width, height), work.model).tokens
    smaller = [form for form in forms if form.technique is Technique.FULL_LOW]
    assert [form.tokens for form in smaller] == sorted({form.tokens for form in smaller}, reverse=True)
    assert [form.facts.view for form in smaller] == sorted((form.facts.view for form in smaller), reverse=True)
    for form in forms[:1] + forms[-1:]:
        parts = form.build()
        assert price_parts(parts, work.model, "auto").tokens == form.tokens < unchanged.tokens
        shown = max(provider_view(parts[0].data, work.model, parts[0].detail or "auto").size)
        assert abs(min(shown, max(form.sizes[0])) - form.facts.view) <= 0.02 * max(width, height)


def test_the_font_in_the_view_shrinks_with_the_view():
    work = job(page_of_text((1600, 1200), 24)[0], font=24.0)
    for form in whole_forms(work):
        assert form.facts.font == pytest.approx(24.0 * form.facts.view / 1600, rel=0.01)


def test_nothing_is_given_up_by_what_is_called_preserve():
    for model in MODELS:
        work = job(photo((4100, 3000)), model=model)
        for form in whole_forms(work):
            assert (form.technique is Technique.PRESERVE) == form.free
            assert not form.free or form.facts.share > 0.98


def test_a_view_no_larger_than_before_costs_nothing_to_see():
    work = job(photo((4100, 3000)), model="claude-opus-5-5")
    free = [form for form in whole_forms(work) if form.free]
    assert {form.label for form in free} >= {"unchanged"}
    assert all(form.tokens <= free[0].tokens for form in free)


def test_a_level_that_the_caller_set_is_kept():
    for form in whole_forms(job(photo(), model="gpt-5.6-sol", detail="high")):
        assert all(part.detail is None for part in form.build())


def test_the_low_level_sends_the_same_bytes():
    work = job(photo(), model="gpt-4o")
    low = whole_forms(work)[-1]
    (part,) = low.build()
    assert (part.detail, part.data, low.tokens) == ("low", work.picture.data, 85)


def test_an_image_that_the_provider_refuses_is_offered_at_the_largest_size_it_takes():
    work = job(Image.new("L", (9000, 40), 255), model="claude-opus-5-5")
    forms = whole_forms(work)
    assert max(forms[1].sizes[0]) <= 8000
    assert "refuses" in forms[1].note


def test_a_file_says_what_became_of_it():
    forms = whole_forms(job(photo(), model="gpt-5.6-sol"))
    assert read_header(forms[-1].build()[0].data).mark == "full_low"
