"""From tokens to money: a call, 1,000 calls, a month, batches and the provider's cache."""

from __future__ import annotations

import json

import pytest

import headroom_nb
from headroom_nb import compress, demo
from headroom_nb.costs import find_model
from headroom_nb.costs.contexts import context_of, load_contexts
from headroom_nb.costs.money import NEXT_TURNS, money_of
from headroom_nb.errors import OptionError
from headroom_nb.integrations.metering import Meter
from headroom_nb.records import calls_a_month
from headroom_nb.rendering.money import dearer_lines, in_words


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("1000/day", 30_000),
        ("40 per hour", 28_800),
        ("20_000", 20_000),
        ("1,000/month", 1000),
        (7, 7),
        ("70 a week", 300),
    ],
)
def test_a_use_is_so_many_calls_a_month(text, calls):
    assert calls_a_month(text) == pytest.approx(calls)


@pytest.mark.parametrize("text", ["often", "0/day", "-5", "10/year", ""])
def test_what_is_no_use_is_an_option_error(text):
    with pytest.raises(OptionError, match="1000/day"):
        calls_a_month(text)


def test_the_sums_of_a_call():
    money = money_of(2000, find_model("claude-opus-4-8"), calls=30_000)
    assert (money.usd, money.per_thousand, money.per_month, money.batch) == (0.01, 10.0, 300.0, 0.005)
    assert money.cached_usd == pytest.approx(0.001)
    assert money.turns_usd == pytest.approx(NEXT_TURNS * 0.01)
    assert money.turns_cached_usd == pytest.approx(1.25 * 0.01 + 9 * 0.001)
    assert json.loads(json.dumps(money.to_dict()))["per_month"] == 300.0


def test_a_short_prompt_is_not_cached_unless_its_text_makes_it_longer():
    spec = find_model("claude-opus-4-8")
    short = money_of(300, spec)
    assert short.cached_usd is None
    assert short.turns_cached_usd == short.turns_usd
    assert "1,024" in short.cache
    longer = money_of(300, spec, text=2000)
    assert longer.turns_cached_usd == pytest.approx(300 * 5 / 1e6 * (1.25 + 9 * 0.1))


def test_there_is_no_money_without_a_price_and_no_cache_where_none_is_known():
    assert money_of(100, find_model("pixtral-12b")) is None
    assert money_of(5000, find_model("nova-lite")).cached_usd is None


def test_a_saving_that_costs_more_because_it_is_no_longer_cached_is_said():
    spec = find_model("gpt-5.4")
    before, after = money_of(1200, spec), money_of(900, spec)
    assert "too short to be cached" in dearer_lines(before, after)[0]
    assert dearer_lines(before, money_of(100, spec)) == []  # so few tokens are cheaper without a cache
    assert dearer_lines(money_of(4000, spec), money_of(1200, spec)) == []


def test_results_estimates_and_bills_say_what_they_cost():
    messages = demo.messages("openai")[:4]
    result = compress(messages, model="gpt-4o", router="rules")
    assert result.money("1000/day").per_month == pytest.approx(30_000 * result.money().usd)
    assert result.money().tokens == result.compressed_tokens
    assert "with the provider's cache" in str(result) or "a call" in str(result)
    found = headroom_nb.estimate(messages, "gpt-4o")
    assert found.money().usd == found.now.usd
    assert "per 1,000 calls" in str(found)
    bill = headroom_nb.bill({"nbformat": 4, "cells": [], "metadata": {}}, model="gpt-4o")
    assert bill.money("10/day").usd == 0


def test_what_has_no_one_price_has_no_money():
    requests = [
        {"model": "gpt-4o", "messages": demo.messages("openai")[:1]},
        {"model": "gpt-4.1", "messages": demo.messages("openai")[:1]},
    ]
    from headroom_nb.analysis.estimate import estimate_sources
    from headroom_nb.analysis.inputs import sources_of

    found = estimate_sources([source for each in requests for source in sources_of(each, "a request")])
    assert found.money() is None


def test_the_words_hold_what_was_and_what_is():
    spec = find_model("gpt-4o")
    words = in_words(money_of(1000, spec, calls=100), money_of(2000, spec, calls=100))
    assert "$0.0050 → $0.0025 a call" in words
    assert "a month" in words


def test_a_meter_says_what_the_next_turns_of_the_last_request_cost():
    meter = Meter()
    assert meter.next_turns() is None
    result = compress(demo.messages("openai")[:2], model="gpt-4o", router="rules")
    meter.add(result)
    before, after = meter.next_turns()
    assert (before.tokens, after.tokens) == (result.original_tokens, result.compressed_tokens)


def test_a_meter_says_so_in_words_and_a_comparison_has_a_column():
    meter = Meter()
    meter.add(compress(demo.messages("openai")[:2], model="gpt-4o", router="rules"))
    assert "the next 10 turns of the last cost" in str(meter)
    compared = headroom_nb.compare((1600, 1200), ["claude-opus-4-8", "pixtral-12b"], legibility=False)
    cached, unpriced = compared.lines
    assert cached.turns_cached_usd < cached.turns_usd
    assert unpriced.turns_usd is None
    assert "10 turns, cached" in str(compared)
    assert compared.to_rows()[0]["turns_cached_usd"] == cached.turns_cached_usd


def test_contexts_have_sources():
    table = load_contexts()
    assert {row["source"] for row in table["rows"]} <= table["sources"].keys()
    assert context_of(find_model("claude-haiku-4-5")) == 200_000
    assert context_of(find_model("gpt-5.6-sol")) == 922_000
    assert context_of(find_model("llava")) is None
