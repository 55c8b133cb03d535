"""When old images are rewritten: what each request costs, and that auto never costs more than keep."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_nb.costs import find_model
from headroom_nb.costs.cache_simulator import price_run
from headroom_nb.costs.caching import cache_rule
from headroom_nb.history import plan
from headroom_nb.history.cache import Cache
from headroom_nb.history.requests import Item

MODELS = ("claude-opus-4-8", "gpt-5.4", "gpt-5.6-sol", "gpt-4o", "gemini-2.5-flash")


def generated(seed, model, *, on=True, requests=40):
    """A conversation of texts and images, and what each image costs alone, as new, smaller and as a line."""
    rng = random.Random(seed)
    items, tokens = [], []
    for request in range(rng.randint(1, requests)):
        items += [Item(request, rng.randint(5, 300)) for _ in range(rng.randint(1, 3))]
        if rng.random() < 0.8:
            items.append(Item(request, 0, len(tokens)))
            alone = rng.randint(200, 2500)
            new = alone if rng.random() < 0.6 else int(alone * rng.uniform(0.05, 0.9))
            small = int(new * rng.uniform(0.2, 0.9))
            tokens.append((new, small, min(small, 60), alone))
    whole = range(len(tokens))
    return plan.Run(
        items,
        lambda image, tier: tokens[image][tier],
        [each[3] for each in tokens],
        [-1] * len(tokens),
        [max(0, place - 2) for place in whole],
        Cache(cache_rule(find_model(model)), on),
    )


def prompts(run, steps, *, keep=False):
    """What each request sends, block by block, for the simulator."""
    for request, step in enumerate(steps):
        blocks = []
        for place, item in enumerate(run.items):
            if item.request > request:
                break
            if item.image < 0:
                blocks.append((place, item.tokens))
            else:
                tier = plan.ALONE if keep else step.tiers[item.image]
                blocks.append(((place, run.tokens(item.image, tier)), run.tokens(item.image, tier)))
        yield blocks


POLICIES = {"auto": plan.auto, "last": plan.last(2), "age": plan.age(3)}


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), model=st.sampled_from(MODELS), policy=st.sampled_from(sorted(POLICIES)))
def test_what_a_plan_says_of_its_cost_is_what_the_simulator_bills(seed, model, policy):
    run = generated(seed, model)
    steps = plan.walked(run, POLICIES[policy], guarded=policy == "auto")
    for keep, costs in ((False, [step.cost for step in steps]), (True, [step.keep_cost for step in steps])):
        billed = price_run(prompts(run, steps, keep=keep), run.cache.rule)
        assert sum(costs) == pytest.approx(float(billed.billed))
    assert [step.total for step in steps] == [
        turn.prompt for turn in price_run(prompts(run, steps), run.cache.rule).turns
    ]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), model=st.sampled_from(MODELS), on=st.booleans())
def test_auto_never_costs_over_one_percent_more_than_keep_wherever_the_conversation_ends(seed, model, on):
    spent = keeping = 0.0
    for step in plan.walked(generated(seed, model, on=on), plan.auto, guarded=True):
        spent, keeping = spent + step.cost, keeping + step.keep_cost
        assert spent <= 1.01 * keeping + 1e-9


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6), model=st.sampled_from(MODELS), policy=st.sampled_from(sorted(POLICIES)), data=st.data()
)
def test_a_longer_conversation_finds_for_its_earlier_requests_what_they_were_sent(seed, model, policy, data):
    run = generated(seed, model)
    until = data.draw(st.integers(1, run.requests))
    shorter = plan.Run(
        [item for item in run.items if item.request < until], run.tokens, run.keep, run.needs, run.bases, run.cache
    )
    whole = plan.walked(run, POLICIES[policy], guarded=policy == "auto")
    assert plan.walked(shorter, POLICIES[policy], guarded=policy == "auto") == whole[:until]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), number=st.integers(1, 4), on=st.booleans())
def test_last_leaves_the_newest_images_whole_and_at_most_twice_as_many(seed, number, on):
    run = generated(seed, "claude-opus-4-8", on=on)
    for step in plan.walked(run, plan.last(number)):
        whole = [place for place, tier in enumerate(step.tiers) if tier <= 0]
        assert set(list(range(len(step.tiers)))[-number:]) <= set(whole)
        assert len(whole) <= 2 * number


def test_without_a_cache_old_images_are_rewritten_at_once():
    run = generated(7, "claude-opus-4-8", on=False)
    for step in plan.walked(run, plan.last(2)):
        assert sum(tier <= 0 for tier in step.tiers) <= 2


def test_an_image_that_a_whole_one_is_seen_with_stays_whole():
    items = [Item(request, 0, request) for request in range(6)]
    needs = [-1, 0, -1, 2, 2, 2]
    run = plan.Run(
        items,
        lambda _, tier: (1000, 300, 50, 1000)[tier],
        [1000] * 6,
        needs,
        [0] * 6,
        Cache(cache_rule(find_model("claude-opus-4-8")), on=False),
    )
    tiers = plan.walked(run, plan.last(1))[-1].tiers
    assert tiers[5] == tiers[2] == 0
    assert all(tiers[place] for place in (0, 1, 3, 4))


def test_the_break_even_is_the_number_of_requests_after_which_the_rewriting_has_paid():
    run = generated(3, "gpt-4o", requests=60)
    again = run.cache.again
    paid = [step for step in plan.walked(run, plan.auto, guarded=True) if step.tiers and step.changed >= 0]
    assert paid
    for step in paid:
        count = step.break_even(run.cache)
        saved = again(step.stay[1]) - again(step.total)
        assert step.cost - step.stay[0] <= count * saved + 1e-9
        assert not count or step.cost - step.stay[0] > (count - 1) * saved
