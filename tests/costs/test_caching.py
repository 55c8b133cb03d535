"""What providers' prompt caches charge: the table, and the simulator beside a plain reckoning."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_nb.costs import find_model, model_names
from headroom_nb.costs.cache_simulator import CacheSimulator, Turn, price_run
from headroom_nb.costs.caching import CacheRule, batch_price, cache_rule, load_caching
from headroom_nb.errors import OptionError

TABLE = load_caching()


@pytest.mark.parametrize("row", TABLE["rules"], ids=lambda row: row["name"])
def test_every_rule_has_a_source_with_a_date_and_sound_figures(row):
    assert date.fromisoformat(TABLE["sources"][row["source"]]["read"]) >= date(2026, 11, 20)
    assert row["how"] in ("automatic", "marked", "none")
    assert 0 < Fraction(row["read"]) <= 1 <= Fraction(row["write"])
    assert row.get("match", "prefix") in ("prefix", "breakpoint")


def test_every_model_has_a_rule():
    assert {cache_rule(find_model(name)).how for name in model_names()} == {"automatic", "marked", "none"}


@pytest.mark.parametrize(
    ("model", "how", "minimum", "write", "read"),
    [
        ("claude-opus-5-5", "marked", 512, 1.25, 0.05),
        ("claude-opus-4-8", "marked", 1024, 1.25, 0.1),
        ("claude-opus-4-7", "marked", 2048, 1.25, 0.1),
        ("claude-haiku-4-5", "marked", 4096, 1.25, 0.1),
        ("claude-fable-5-1", "marked", 512, 1.25, 0.025),
        ("gpt-6-astra", "automatic", 1024, 1.25, 0.1),
        ("gpt-6.1-sol", "automatic", 1024, 1.25, 0.05),
        ("gpt-5.4", "automatic", 1024, 1, 0.1),
        ("gpt-4.1", "automatic", 1024, 1, 0.25),
        ("gpt-4o", "automatic", 1024, 1, 0.5),
        ("gemini-3.1-pro-preview", "automatic", 4096, 1, 0.1),
        ("gemini-4-argon", "automatic", 4096, 1, 0.05),
        ("nova-lite", "none", 0, 1, 1),
    ],
)
def test_models_are_cached_as_their_providers_publish(model, how, minimum, write, read):
    rule = cache_rule(find_model(model))
    assert (rule.how, rule.minimum, float(rule.write), float(rule.read)) == (how, minimum, write, read)


def test_a_longer_life_costs_more_to_write():
    rule = cache_rule(find_model("claude-sonnet-5"))
    assert (rule.lasting().seconds, rule.lasting().write) == (3600, 2)
    assert cache_rule(find_model("gpt-4o")).lasting().seconds == 300


def test_the_cloud_counts_where_its_minimum_differs():
    assert cache_rule(find_model("claude-opus-4-7", "bedrock")).minimum == 4096


def test_batches_cost_half_and_are_not_known_everywhere():
    assert batch_price(find_model("claude-opus-5-5")) == Fraction(1, 2)
    assert batch_price(find_model("gpt-4o")) == Fraction(1, 2)
    assert batch_price(find_model("grok-4.7")) == Fraction(4, 5)
    assert batch_price(find_model("kimi-k3")) is None


def test_the_table_is_in_the_package():
    assert json.loads(files("headroom_nb.costs").joinpath("caching.json").read_text("utf-8")) == TABLE


# the simulator


def rule(**changes):
    plain = {"name": "r", "how": "automatic", "read": Fraction(1, 10), "write": Fraction(5, 4)}
    return CacheRule(**{**plain, "minimum": 8, "seconds": 300, **changes})


def reckoned(turns, rule):
    """Return read, written and full tokens of each turn, by looking up each of its beginnings among those kept."""
    kept, now, found = {}, 0.0, []  # beginnings of prompts, and when they were last used
    for turn in turns:
        now = now if turn.at is None else turn.at
        begins = [tuple(turn.blocks[:many]) for many in range(len(turn.blocks) + 1)]
        sizes = [sum(tokens for _, tokens in begin) for begin in begins]
        live = [now - kept.get(begin, -1e9) <= rule.seconds for begin in begins]
        if rule.how == "none":
            read = end = 0
        elif rule.match == "prefix":
            read = _down(max((size for size, hit in zip(sizes, live, strict=True) if hit), default=0), rule)
            end = _down(sizes[-1], rule)
            kept |= dict.fromkeys(begins[1:] if end else (), now)
        else:
            marks = {len(turn.blocks) - 1} if turn.marks is None else set(turn.marks)
            ends = [mark + 1 for mark in marks if mark >= 0 and sizes[mark + 1] >= rule.minimum]
            near = [many for last in ends for many in range(1, last + 1) if last - many < (rule.lookback or 1e9)]
            hit = max((many for many in near if live[many]), default=0)
            read, end = sizes[hit], max(sizes[many] for many in (hit, *ends))
            kept |= dict.fromkeys((begins[many] for many in (hit, *ends) if many), now)
        found.append((read, end - read, sizes[-1] - end))
    return found


def _down(tokens, rule):
    whole = tokens // rule.step * rule.step
    return whole if whole >= rule.minimum else 0


@st.composite
def runs(draw):
    """Conversations that mostly grow, with earlier blocks changed now and then, and breaks between the turns."""
    block = st.tuples(st.integers(0, 3), st.integers(0, 12))
    blocks, turns, at = draw(st.lists(block, max_size=3)), [], 0.0
    for _ in range(draw(st.integers(1, 6))):
        if blocks and draw(st.booleans()):
            blocks[draw(st.integers(0, len(blocks) - 1))] = draw(block)
        blocks = blocks + draw(st.lists(block, max_size=3))
        at += draw(st.sampled_from([0, 10, 299, 300, 301]))
        marks = None
        if blocks and draw(st.booleans()):
            marks = tuple(draw(st.lists(st.integers(0, len(blocks) - 1), max_size=3)))
        turns.append(Turn(list(blocks), 0, at, marks))
    return turns


RULES = st.builds(
    rule,
    how=st.sampled_from(["automatic", "marked", "none"]),
    match=st.sampled_from(["prefix", "breakpoint"]),
    minimum=st.sampled_from([0, 8, 20]),
    step=st.sampled_from([1, 4]),
    lookback=st.sampled_from([None, 1, 2, 20]),
)


@settings(max_examples=400, deadline=None)
@given(runs(), RULES)
def test_the_simulator_agrees_with_a_plain_reckoning(turns, rule):
    run = price_run(turns, rule)
    assert [(turn.read, turn.written, turn.full) for turn in run.turns] == reckoned(turns, rule)
    assert run.billed == run.full + rule.write * run.written + rule.read * run.read


@pytest.mark.parametrize("model", ["claude-opus-5-5", "gpt-6-astra", "gpt-4o", "gemini-3.5-flash", "nova-lite"])
def test_a_run_of_a_hundred_turns_is_priced_exactly(model):
    spec = find_model(model)
    turns, blocks = [], [("system", 700)]
    for turn in range(100):
        blocks = [*blocks, (f"image {turn}", 1100 + turn), (f"question {turn}", 12)]
        if turn % 30 == 29:  # what stood there before is changed
            blocks[turn] = (f"changed {turn}", 40)
        turns.append(Turn(list(blocks), 20, turn * (20 if turn % 25 else 400)))
        blocks = [*blocks, (f"answer {turn}", 20)]
    starts = [0.0]
    for turn in turns:  # seconds run forward
        starts.append(max(starts[-1], turn.at))
    turns = [Turn(turn.blocks, turn.output, at) for turn, at in zip(turns, starts[1:], strict=True)]
    rule = cache_rule(spec)
    expected = reckoned(turns, rule)
    run = price_run(turns, rule)
    assert [(turn.read, turn.written, turn.full) for turn in run.turns] == expected
    price = Fraction(str(spec.usd_per_million_tokens))
    dollars = sum(full + rule.write * written + rule.read * read for read, written, full in expected) * price
    assert run.usd(spec.usd_per_million_tokens) == float(dollars) / 1e6
    assert run.output == 2000


def test_an_entry_lives_as_long_as_it_is_used():
    prompt = [("page", 10)]
    at = lambda *seconds: price_run([Turn(prompt, at=second) for second in seconds], rule(match="breakpoint"))  # noqa: E731
    assert [turn.read for turn in at(0, 300, 600).turns] == [0, 10, 10]
    assert [turn.read for turn in at(0, 301).turns] == [0, 0]


def test_a_future_can_be_tried_without_changing_the_present():
    cache = CacheSimulator(rule(match="breakpoint"))
    cache.send(Turn([("a", 10)]))
    trial = cache.copy()
    trial.send(Turn([("a", 10), ("b", 10)], at=500))
    assert cache.send(Turn([("a", 10), ("b", 10)])).read == 10


@pytest.mark.parametrize(
    ("turns", "why"),
    [
        ([Turn([("a", 1)], at=5), Turn([("a", 1)], at=4)], "in order"),
        ([Turn([("a", -1)])], "negative"),
        ([Turn([("a", 1)], marks=(0, 1))], "breakpoint after block 1"),
        ([Turn([("a", 1)] * 9, marks=(0, 1, 2, 3, 4))], "the provider takes 4"),
    ],
)
def test_what_no_provider_takes_is_refused(turns, why):
    with pytest.raises(OptionError, match=why):
        price_run(turns, rule(match="breakpoint", breakpoints=4))
