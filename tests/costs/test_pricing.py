from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import headroom_nb
from headroom_nb.costs import (
    Price,
    estimate,
    estimate_anthropic_tokens,
    estimate_google_tokens,
    estimate_openai_tokens,
    estimate_tokens,
    find_model,
    spec,
)
from headroom_nb.errors import ImageRejectedError, OptionError


def test_auto_is_original_where_the_guide_says_so_and_high_elsewhere() -> None:
    assert estimate((4000, 2500), "gpt-5.6-sol").tokens == 11850
    assert estimate((4000, 2500), "gpt-5.4").tokens == estimate((4000, 2500), "gpt-5.4", "high").tokens


def test_low_is_dearer_than_high_on_gpt_5_4() -> None:
    low, high = (estimate((2048, 2048), "gpt-5.4", detail).tokens for detail in ("low", "high"))

    assert low == 4916 > high == 3000


def test_a_level_the_model_lacks_is_priced_at_its_default_and_said() -> None:
    cost = estimate((1000, 1000), "claude-opus-5-5", "low")

    assert cost.tokens == estimate((1000, 1000), "claude-opus-5-5").tokens
    assert "no detail level 'low'" in cost.note


def test_the_words_of_the_providers_pages_are_levels_too() -> None:
    assert estimate((100, 100), "gemini-3", "unspecified") == estimate((100, 100), "gemini-3")
    assert estimate((512, 513), "gpt-image-1", "input_fidelity=low").tokens == 323
    assert estimate((512, 512), "gpt-image-1", "input_fidelity=high").tokens == 65 + 129 + 4160


def test_words_that_are_no_level_are_refused() -> None:
    with pytest.raises(OptionError, match="no detail level 'hihg'"):
        estimate((10, 10), "gpt-4o", "hihg")


@pytest.mark.parametrize("size", [(0, 5), (5, -1), (5,), (1.5, 2), ("5", 5), None])
def test_a_size_that_is_none_is_refused(size) -> None:
    with pytest.raises(OptionError, match="two positive whole numbers"):
        estimate(size, "gpt-4o")


def test_numpy_sizes_are_sizes() -> None:
    assert estimate((np.int64(512), np.int32(512)), "gpt-4o").tokens == 255


def test_a_side_over_the_providers_limit_is_refused() -> None:
    assert estimate((8000, 10), "claude-opus-5-5").tokens > 0
    with pytest.raises(ImageRejectedError, match="a side over 8,000 px; anthropic refuses it"):
        estimate((8001, 10), "claude-opus-5-5")


def test_a_model_without_published_rule_is_an_estimate_that_names_its_assumption() -> None:
    cost = estimate((1024, 1024), "gpt-6-sol")

    assert not cost.exact
    assert "priced like gpt-6-astra" in cost.note


def test_a_dispute_is_silent_where_the_sources_agree() -> None:
    assert estimate((512, 512), "gpt-4.1-mini").exact
    assert not estimate((1800, 2400), "gpt-4.1-mini").exact
    assert estimate((1800, 2400), "gpt-4.1-mini").bounds == (2353, 4977)


def test_the_public_helpers_name_a_model_or_take_the_default() -> None:
    assert estimate_tokens(1024, 1024).tokens == 765
    assert estimate_openai_tokens(1024, 1024) == 765
    assert estimate_openai_tokens(1024, 1024, model="gpt-5.6-sol") == 1229
    assert estimate_anthropic_tokens(1920, 1080) == 2691
    assert estimate_google_tokens(64, 64) == 1089
    assert headroom_nb.estimate_tokens is estimate_tokens


def test_a_promotional_price_holds_until_its_last_day() -> None:
    price = Price(4, as_of=date(2026, 11, 20), until=date(2026, 11, 21), then=5)

    assert (price.on(date(2026, 11, 21)), price.on(date(2026, 11, 22))) == (4, 5)
    assert price.flag(date(2026, 11, 21)) == "promotional price until 2026-11-21; $5 after it"
    assert price.flag(date(2026, 11, 22)) == "", "the price is the usual one: there is nothing to say"


def test_a_price_past_its_date_without_successor_is_none_and_flagged() -> None:
    price = Price(4, as_of=date(2026, 11, 20), until=date(2026, 11, 21))

    assert price.on(date(2026, 12, 1)) is None
    assert "not announced" in price.flag(date(2026, 12, 1))


def test_an_old_price_asks_to_be_checked() -> None:
    price = Price(4, as_of=date(2026, 11, 20))

    assert price.flag(date(2026, 12, 1)) == ""
    assert price.flag(date(2027, 6, 1)) == "price read on 2026-11-20; check it"


def test_the_model_speaks_of_its_price_today(monkeypatch: pytest.MonkeyPatch) -> None:
    model = find_model("gemini-4-argon")
    monkeypatch.setattr(spec, "_today", lambda: date(2026, 11, 30))
    assert model.usd_per_million_tokens == 2
    monkeypatch.setattr(spec, "_today", lambda: date(2026, 12, 1))
    assert model.usd_per_million_tokens == 4
    assert "promotional" not in model.price_note
