"""The plan against brute force, and what it promises."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_nb.costs import billed, estimate, find_model
from headroom_nb.costs import plan as tile_plan
from headroom_nb.costs.plan import FREE_SCALE, plan
from headroom_nb.errors import ImageRejectedError, OptionError

MODELS = [
    "gpt-5.6-sol",
    "gpt-5-mini",
    "gpt-4o",
    "claude-opus-5-5",
    "claude-haiku-4-5",
    "gemini-2.0-flash",
    "pixtral-12b",
    "qwen3-vl",
]

sizes = st.tuples(st.integers(1, 2600), st.integers(1, 2600))


def brute_force(size: tuple[int, int], model: str, min_scale: float) -> int:
    """Fewest tokens over every size within a pixel of the shape, by trying each pair of sides."""
    spec = find_model(model)
    own = billed(size, spec)
    reference = [min(side, sent) for side, sent in zip(size, own.sent_size, strict=True)]
    along = 0 if size[0] >= size[1] else 1
    fewest = own.tokens
    for long_side in range(1, size[along] + 1):
        ideal = long_side * size[1 - along] / size[along]
        for short_side in range(max(int(ideal) - 1, 1), int(ideal) + 3):
            if abs(short_side - ideal) >= 1 and short_side != 1:
                continue
            if short_side > size[1 - along]:
                continue
            candidate = (long_side, short_side) if along == 0 else (short_side, long_side)
            try:
                cost = billed(candidate, spec)
            except ImageRejectedError:
                continue
            seen = [min(side, sent) for side, sent in zip(candidate, cost.sent_size, strict=True)]
            if min(now / before for now, before in zip(seen, reference, strict=True)) >= min_scale:
                fewest = min(fewest, cost.tokens)
    return fewest


@settings(deadline=None, max_examples=40)
@given(sizes, st.sampled_from(MODELS), st.sampled_from([0.5, 0.75, 0.9]))
def test_the_plan_is_the_optimum(size: tuple[int, int], model: str, min_scale: float) -> None:
    if model == "qwen3-vl" and max(size) > 200 * min(size):
        return
    found = plan(size, model, min_scale=min_scale)

    assert found.traded.tokens == brute_force(size, model, min_scale)
    assert found.free.tokens == brute_force(size, model, FREE_SCALE)


@settings(deadline=None)
@given(sizes, st.sampled_from([*MODELS, "gemini-3-flash"]), st.floats(0.3, 1))
def test_every_option_is_priced_as_the_provider_would_and_never_dearer(
    size: tuple[int, int], model: str, min_scale: float
) -> None:
    if model == "qwen3-vl" and max(size) > 200 * min(size):
        return
    found = plan(size, model, min_scale=min_scale)
    assert found.original is not None
    for option, least in ((found.free, FREE_SCALE), (found.traded, min(min_scale, FREE_SCALE))):
        cost = estimate(option.size, model)
        assert (cost.tokens, cost.sent_size) == (option.tokens, option.sent_size)
        assert least <= option.kept <= 1
        assert option.tokens <= found.original.tokens
        assert all(1 <= now <= before for now, before in zip(option.size, size, strict=True))
        assert option.size == size or option.tokens < found.original.tokens
        long, short = max(size), min(size)
        assert abs(min(option.size) - max(option.size) * short / long) < 1 or min(option.size) == 1
    assert found.traded.tokens <= found.free.tokens
    assert found.original.tokens == found.traded.tokens + found.free_tokens + found.traded_tokens


def test_a_sliver_keeps_its_shape() -> None:
    assert plan((2, 129), "gpt-5.6-sol", min_scale=0.375).traded.size != (2, 64)


def test_a_few_pixels_over_a_boundary_are_a_free_saving() -> None:
    found = plan((1025, 1025), "gpt-5.6-sol", min_scale=1.0)

    assert found.free.size == (1024, 1024)
    assert found.free_tokens == estimate((1025, 1025), "gpt-5.6-sol").tokens - 1229
    assert found.traded == found.free


def test_where_the_provider_shrinks_first_only_bytes_are_saved_and_reported_as_such() -> None:
    found = plan((4000, 3000), "gpt-4o")

    assert found.free_tokens == 0
    assert found.free.size == (4000, 3000)
    assert found.same_view is not None
    assert (found.same_view.size, found.same_view.tokens) == ((1024, 768), 765)


def test_a_model_billed_by_shape_gets_no_other_size() -> None:
    found = plan((4000, 2251), "gemini-3-flash", min_scale=0.1)

    assert found.traded.size == found.free.size == (4000, 2251)


@pytest.mark.parametrize(
    ("size", "model", "largest"),
    [((6000, 6000), "gpt-5.6-sol", (5536, 5536)), ((10000, 4000), "claude-opus-5-5", (8000, 3200))],
)
def test_a_refused_picture_is_offered_at_the_largest_accepted_size(size, model: str, largest: tuple[int, int]) -> None:
    found = plan(size, model)

    assert found.original is None
    assert found.free.size == largest
    assert found.free_tokens == 0
    larger = (largest[0] + 1, round((largest[0] + 1) * size[1] / size[0]))
    with pytest.raises(ImageRejectedError):
        estimate(larger, model)


@pytest.mark.parametrize("share", [0, -1, 1.01, float("nan")])
def test_a_share_outside_its_range_is_refused(share: float) -> None:
    with pytest.raises(OptionError, match="min_scale"):
        plan((10, 10), "gpt-4o", min_scale=share)


def test_a_shape_that_is_refused_in_every_size_is_an_error() -> None:
    with pytest.raises(ImageRejectedError, match="crop it"):
        plan((1000, 2), "qwen3-vl")


def test_a_long_thin_picture_near_the_limit_of_shape_is_planned() -> None:
    assert plan((400, 2), "qwen3-vl", min_scale=0.5).original is not None


def test_a_large_picture_is_planned_with_few_sizes_priced(monkeypatch: pytest.MonkeyPatch) -> None:
    priced = []
    monkeypatch.setattr(tile_plan, "billed", lambda *given: priced.append(given) or billed(*given))
    for side in range(4000, 4020):
        plan((side, 3000), "claude-opus-5-5", min_scale=0.5)
    assert 20 < len(priced) < 20 * 100


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("size", [(64_000_000, 1), (1, 64_000_000), (1_000_000, 60)])
def test_the_sizes_that_are_priced_are_bounded_whatever_the_shape(
    size: tuple[int, int], model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    priced = []
    monkeypatch.setattr(tile_plan, "MOST_SIZES", 400)
    monkeypatch.setattr(tile_plan, "billed", lambda *given: priced.append(given) or billed(*given))
    for work in (plan, tile_plan.tokens_by_size):
        with contextlib.suppress(ImageRejectedError):
            work(size, model)
    assert len(priced) < 8 * tile_plan.MOST_SIZES


def test_no_size_is_tried_where_the_picture_costs_as_little_as_its_smallest_view_would(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    priced = []
    monkeypatch.setattr(tile_plan, "billed", lambda *given: priced.append(given) or billed(*given))
    assert plan((3001, 2000), "gpt-4o", min_scale=1.0).free.size == (3001, 2000)
    assert len(priced) < 10
