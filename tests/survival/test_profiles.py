"""The profiles, and the curves that are read off them."""

import json
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_nb.costs import model_names
from headroom_nb.records import NEEDS
from headroom_nb.survival import find_profile, load_profiles, survival
from headroom_nb.survival.profiles import CAREFUL, CURVES, read_profile
from headroom_nb.techniques.forms import Facts

PROFILES = load_profiles()
SIZES = st.floats(0, 5000)


def row(**changes):
    rows = json.loads(files("headroom_nb.survival").joinpath("profiles.json").read_text("utf-8"))["profiles"]
    return {**rows[0], **changes}


def test_a_model_that_nobody_measured_gets_the_most_careful_profile():
    careful = find_profile("a-model-of-my-own")
    assert careful.name == CAREFUL
    for profile in PROFILES.values():
        for curve in CURVES:
            for size in (4, 8, 9, 12, 14, 200, 500, 1000, 2000):
                assert careful.share(curve, size) <= profile.share(curve, size) + 1e-9


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("gpt-5.6-sol", "standard-gpt"),
        ("claude-opus-5-5", "standard"),
        ("claude-fable-5-1", "sharp"),
        ("gemini-4-argon", "sharp"),
        ("gpt-4o", "careful"),
        ("grok-4.7", "careful"),
        ("openai/gpt-5.6-sol", "standard-gpt"),
    ],
)
def test_families_of_models_have_their_profile(model, name):
    assert find_profile(model).name == name


def test_every_model_of_the_table_has_a_profile_with_a_source_and_a_date():
    for name in model_names():
        profile = find_profile(name)
        assert profile.source
        assert profile.date


@given(st.sampled_from(sorted(PROFILES)), st.sampled_from(sorted(CURVES)), SIZES, SIZES)
def test_more_is_never_worse_and_a_share_is_a_share(profile, curve, one, two):
    small, large = sorted((one, two))
    assert 0 <= PROFILES[profile].share(curve, small) <= PROFILES[profile].share(curve, large) <= 1


@pytest.mark.parametrize(
    "points", [[], [[10, 0.5], [9, 0.6]], [[10, 0.6], [12, 0.5]], [[0, 0.5]], [[10, 1.5]], "x", [[1, 2, 3]]]
)
def test_a_curve_that_is_none_is_an_error(points):
    curves = {**row()["curves"], "exact": points}
    with pytest.raises((ValueError, TypeError)):
        read_profile(row(curves=curves))


def test_a_profile_without_a_curve_or_a_source_is_an_error():
    with pytest.raises(KeyError):
        read_profile(row(curves={}))
    bad = row()
    del bad["source"]
    with pytest.raises(KeyError):
        read_profile(bad)


def facts(view, font=None, **others):
    return Facts(view=view, share=view / 2000, font=font, **others)


@given(st.sampled_from(NEEDS), st.floats(1, 4000), st.floats(1, 4000), st.one_of(st.none(), st.floats(0.01, 0.03)))
def test_a_larger_view_keeps_at_least_as_much_of_everything(need, one, two, per_pixel):
    small, large = sorted((one, two))
    kept = [
        survival(need, facts(view, None if per_pixel is None else per_pixel * view), PROFILES["standard"])
        for view in (small, large)
    ]
    assert 0 <= kept[0] <= kept[1] <= 1


def test_text_beside_a_view_is_lost_only_where_both_lose_it():
    profile = PROFILES["standard"]
    view = facts(800, 8.0)
    alone = survival("exact", view, profile)
    both = survival("exact", facts(800, 8.0, exact=0.9, prose=0.9), profile)
    assert 1 - both == pytest.approx((1 - alone) * 0.1)


def test_text_alone_says_nothing_of_looks():
    text = Facts(exact=1.0, prose=1.0, page=True)
    for need in ("marks", "detail", "count", "layout"):
        assert survival(need, text, PROFILES["sharp"]) == 0


def test_a_font_that_was_not_measured_surely_counts_for_less():
    sure, unsure = (survival("exact", facts(800, 12.0, sure=sure), PROFILES["standard"]) for sure in (True, False))
    assert unsure < sure


def test_larger_text_beside_the_smallest_keeps_more_answers_except_in_code():
    profile = PROFILES["standard"]
    even, mixed = (facts(1000, 8.0, typical=typical) for typical in (8.0, 16.0))
    assert survival("exact", even, profile) < survival("exact", mixed, profile) < profile.share("exact", 16.0)
    code = replace(mixed, literal=True)
    assert survival("exact", code, profile) < survival("exact", even, profile)


def test_a_crop_keeps_what_its_piece_shows_as_far_as_the_answer_stands_in_it():
    profile = PROFILES["standard"]
    piece = facts(2000, 20.0)
    for inside in (0.0, 0.5, 0.9, 1.0):
        kept = survival("exact", Facts(cut=(inside, piece)), profile)
        assert kept == pytest.approx(inside * survival("exact", piece, profile))


def test_only_answers_that_the_image_as_it_is_still_gives_can_be_lost():
    profile = PROFILES["standard"]
    before, smaller = facts(1400, 8.0), facts(1000, 6.0)
    share = survival("exact", smaller, profile) / survival("exact", before, profile)
    assert survival("exact", before, profile, before) == 1
    assert survival("exact", smaller, profile, before) == pytest.approx(share)
    beside = replace(smaller, exact=0.5)
    assert survival("exact", beside, profile, before) == pytest.approx(1 - (1 - share) * 0.5)


def test_a_crop_sharper_than_the_image_does_not_make_up_for_what_stands_outside():
    profile = PROFILES["standard"]
    sharp = Facts(cut=(0.8, facts(3000, 20.0)))
    assert survival("exact", sharp, profile, facts(1400, 6.0)) == pytest.approx(0.8)
