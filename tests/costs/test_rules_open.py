from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from headroom_nb.costs.rules_open import (
    area_table,
    deepseek_vl2_tiles,
    kimi_grid,
    llama3_tiles,
    llama4_tiles,
    mistral_grid,
    preview_tiles,
    smart_resize,
)
from headroom_nb.errors import ImageRejectedError

sizes = st.tuples(st.integers(1, 9000), st.integers(1, 9000))


def test_a_printed_table_is_met_at_its_points_and_held_at_its_ends() -> None:
    points = [(100, 10), (200, 30)]

    assert [area_table((side, 1), points=points).tokens for side in (1, 100, 150, 200, 999)] == [10, 10, 20, 30, 30]


def test_each_row_of_mistral_cells_ends_in_one_more_token() -> None:
    assert mistral_grid((16, 16), patch=16, merge=1, max_side=1024).tokens == 2
    assert mistral_grid((28, 56), patch=14, merge=2, max_side=1540).tokens == 4


@settings(deadline=None)
@given(sizes)
def test_smart_resize_keeps_to_whole_cells_and_the_pixel_limit(size: tuple[int, int]) -> None:
    if max(size) > 200 * min(size):
        with pytest.raises(ImageRejectedError, match="200 times longer"):
            smart_resize(size, factor=28, min_pixels=3136, max_pixels=1003520)
        return
    tokens, (width, height) = smart_resize(size, factor=28, min_pixels=3136, max_pixels=1003520)

    assert width % 28 == height % 28 == 0
    assert tokens == width * height // 784
    assert tokens <= 1280 or min(width, height) == 28


@pytest.mark.parametrize(("size", "tokens"), [((560, 560), 1601), ((561, 100), 3202), ((561, 561), 6404)])
def test_llama_3_doubles_for_each_long_side(size: tuple[int, int], tokens: int) -> None:
    assert llama3_tiles(size).tokens == tokens


@pytest.mark.parametrize(("size", "tiles"), [((336, 336), 1), ((672, 336), 2), ((672, 672), 4), ((5000, 5000), 16)])
def test_llama_4_adds_a_view_of_the_whole_and_separators(size: tuple[int, int], tiles: int) -> None:
    assert llama4_tiles(size).tokens == 147 + (145 * tiles if tiles > 1 else 0)


def test_tiles_past_the_limit_are_not_billed() -> None:
    rule = {"tile_side": 448, "tile_tokens": 256, "preview_tokens": 256, "max_tiles": 6}

    assert preview_tiles((448, 448), **rule).tokens == 512
    assert preview_tiles((4000, 4000), **rule).tokens == 1792


@pytest.mark.parametrize(("side", "tokens"), [(384, 421), (768, 1023), (1152, 2017), (9000, 2017)])
def test_deepseek_vl2_gives_the_published_counts(side: int, tokens: int) -> None:
    assert deepseek_vl2_tiles((side, side)).tokens == tokens


@settings(deadline=None)
@given(sizes)
@example((604, 6177))
def test_kimi_stays_near_its_largest_grid(size: tuple[int, int]) -> None:
    tokens, sent = kimi_grid(size)

    # Whole patches are what is limited; what stands over at the edges is scaled with them, then padded to whole cells.
    over = (1 + 1 / max(size[0] // 14, 1)) * (1 + 1 / max(size[1] // 14, 1))
    assert tokens <= 4096 * over + (sent[0] + sent[1]) / 28 + 1
    assert all(1 <= now <= before for now, before in zip(sent, size, strict=True))
