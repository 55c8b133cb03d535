"""Properties of the billing rules, and comparisons with the formulas as their sources print them."""

from __future__ import annotations

from decimal import Decimal, getcontext
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_nb.costs.registry import RULES
from headroom_nb.costs.rules import anthropic_grid, gemini_grid, gemini_tiles, openai_patch, openai_tile
from headroom_nb.errors import ImageRejectedError

getcontext().prec = 60

sides = st.integers(1, 9000)
sizes = st.tuples(sides, sides)


def guide_patches(width: int, height: int, budget: int) -> int:
    """The guide's own steps, in decimals."""
    patches = ceil(Decimal(width) / 32) * ceil(Decimal(height) / 32)
    if patches <= budget:
        return patches
    shrink = (Decimal(32 * 32 * budget) / (width * height)).sqrt()
    across, down = width * shrink / 32, height * shrink / 32
    hair = Decimal("1e-40")  # 60 digits stand for exact arithmetic: a whole number may come out a hair under itself
    adjusted = shrink * min(int(across + hair) / across, int(down + hair) / down)
    fitted = [int(side * adjusted + hair) for side in (width, height)]
    return ceil(Decimal(fitted[0]) / 32) * ceil(Decimal(fitted[1]) / 32)


def code_of_the_anthropic_page(width: int, height: int, max_edge: int, max_tokens: int) -> tuple[int, int]:
    def fits(w: int, h: int) -> bool:
        return (
            ceil(w / 28) * 28 <= max_edge
            and ceil(h / 28) * 28 <= max_edge
            and ceil(w / 28) * ceil(h / 28) <= max_tokens
        )

    if fits(width, height):
        return width, height
    if height > width:
        return code_of_the_anthropic_page(height, width, max_edge, max_tokens)[::-1]
    ratio = width / height
    low, high = 1, width
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle, max(round(middle / ratio), 1)) else (low, middle)
    return low, max(round(low / ratio), 1)


@settings(deadline=None)
@given(st.tuples(st.integers(33, 9000), st.integers(33, 9000)), st.sampled_from([1536, 2500, 6144, 10000]))
def test_the_patch_budget_follows_the_guide_to_the_patch(size: tuple[int, int], budget: int) -> None:
    ratio = max(size) / min(size)
    if ratio < budget:  # beyond that a side falls under one patch, which the guide does not describe
        assert openai_patch(size, budget=budget).tokens == guide_patches(*size, budget)


@settings(deadline=None)
@given(sizes, st.sampled_from([1536, 2500, 10000]), st.sampled_from([None, 512, 2048, 6000]))
def test_a_patch_budget_is_never_exceeded_and_never_enlarges(
    size: tuple[int, int], budget: int, side: int | None
) -> None:
    tokens, sent = openai_patch(size, budget=budget, max_side=side)

    assert 1 <= tokens <= budget
    assert all(1 <= now <= before for now, before in zip(sent, size, strict=True))


def test_the_side_limit_comes_before_the_patch_budget() -> None:
    assert openai_patch((4000, 1474), max_side=2048, budget=1536).tokens == 1536


def test_the_multiplier_is_a_decimal_and_not_a_float() -> None:
    # 5 * 1.2 is 6 exactly; in binary floats 2425 * 1.2 is 2909.9999999999995 and 35 * 1.2 can drift upwards
    assert [openai_patch((32 * n, 32), multiplier="1.2").tokens for n in (5, 35, 2425)] == [6, 42, 2910]


def test_exactly_the_largest_number_of_patches_is_accepted() -> None:
    assert openai_patch((4800, 6400), max_patches=30000).tokens == 30000
    with pytest.raises(ImageRejectedError, match="30,200 patches"):
        openai_patch((4801, 6400), max_patches=30000)


@pytest.mark.parametrize(("size", "tiles"), [((2049, 513), 8), ((2050, 513), 4), ((512, 512), 1), ((513, 512), 2)])
def test_tiles_round_the_first_fit_to_the_nearest_pixel(size: tuple[int, int], tiles: int) -> None:
    assert openai_tile(size, base=85, tile=170).tokens == 85 + 170 * tiles


def test_a_short_side_under_768_is_not_enlarged() -> None:
    assert openai_tile((700, 700), base=0, tile=1).sent_size == (700, 700)


@settings(deadline=None)
@given(sizes, st.sampled_from([(1568, 1568), (2576, 4784)]))
def test_the_28_pixel_grid_follows_the_published_code(size: tuple[int, int], tier: tuple[int, int]) -> None:
    tokens, sent = anthropic_grid(size, max_edge=tier[0], max_tokens=tier[1])

    assert sent == code_of_the_anthropic_page(*size, *tier)
    assert tokens == ceil(sent[0] / 28) * ceil(sent[1] / 28) <= tier[1]


def test_the_printed_sizes_of_the_anthropic_page_come_out() -> None:
    assert anthropic_grid((1075, 1520), max_edge=1568, max_tokens=1568).sent_size == (924, 1307)
    assert anthropic_grid((2000, 1500), max_edge=1568, max_tokens=1568).sent_size == (1270, 952)


@settings(deadline=None)
@given(sizes, st.sampled_from([70, 280, 560, 1120, 2240]))
def test_the_aspect_grid_stays_inside_its_budget(size: tuple[int, int], budget: int) -> None:
    tokens, sent = gemini_grid(size, budget=budget)

    assert 1 <= tokens <= budget
    assert tokens == sent[0] * sent[1] // 48**2


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 30))
def test_the_aspect_grid_depends_on_the_shape_alone(width: int, height: int, factor: int) -> None:
    small = gemini_grid((width, height), budget=1120)

    assert small == gemini_grid((width * factor, height * factor), budget=1120)


@pytest.mark.parametrize(
    ("shape", "tokens"), [((16, 9), 1100), ((4, 3), 1064), ((3, 2), 1080), ((2, 1), 1081), ((4, 1), 1056)]
)
def test_the_aspect_grid_gives_the_measured_counts(shape: tuple[int, int], tokens: int) -> None:
    assert gemini_grid((shape[0] * 100, shape[1] * 100), budget=1120).tokens == tokens


def test_a_very_long_picture_is_one_row_of_cells() -> None:
    assert gemini_grid((3000, 1), budget=1120).tokens == 1120
    assert gemini_grid((1, 1500), budget=1120).sent_size == (48, 1120 * 48)


def test_crops_are_cut_at_two_thirds_of_the_short_side() -> None:
    assert gemini_tiles((960, 540)).tokens == 6 * 258
    assert gemini_tiles((384, 384)).tokens == 258
    assert gemini_tiles((385, 384)).tokens == 4 * 258


@settings(deadline=None)
@given(sizes)
def test_every_rule_gives_whole_positive_tokens_and_a_size(size: tuple[int, int]) -> None:
    from headroom_nb.costs import find_model, model_names
    from headroom_nb.costs.pricing import billed

    for name in model_names():
        spec = find_model(name)
        for detail in spec.details:
            try:
                tokens, sent = billed(size, spec, detail)
            except ImageRejectedError:
                continue
            assert isinstance(tokens, int)
            assert tokens >= 1, name
            assert min(sent) >= 1, name


def test_every_rule_of_the_registry_is_used_by_the_table() -> None:
    from headroom_nb.costs.table import load_table

    used = {row["rule"] for row in load_table()["models"]}
    assert used | {"flat"} == set(RULES)
