"""The choice of forms within a budget, against trying everything."""

from __future__ import annotations

import random
from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from headroom_nb.budget.choose import choose_forms

RISKS = st.integers(0, 9999).map(lambda unit: unit / 10_000)
FORMS = st.lists(st.tuples(st.integers(1, 60), RISKS), min_size=1, max_size=4)


def best_of_all(images, budget):
    """Return the least risk and, of equal ones, the fewest tokens within the budget; None where nothing fits."""
    sums = (
        (round(sum(risk for _, risk in combination), 4), sum(tokens for tokens, _ in combination))
        for combination in product(*images)
    )
    return min((found for found in sums if found[1] <= budget), default=None)


@settings(max_examples=300, deadline=None)
@given(st.lists(FORMS, min_size=1, max_size=6), st.integers(0, 250))
@example([[(1, 0.0)]], 0)
def test_the_chosen_forms_are_those_of_least_risk_of_all_combinations(images, budget):
    chosen = choose_forms(images, budget)
    best = best_of_all(images, budget)
    if best is None:
        assert not chosen.fits
        assert chosen.tokens == sum(min(tokens for tokens, _ in forms) for forms in images)
    else:
        assert chosen.fits
        assert (round(chosen.risk, 4), chosen.tokens) == best
        assert chosen.bound == 0.0


def test_the_sums_are_those_of_the_forms_that_are_named():
    images = [[(10, 0.5), (20, 0.1)], [(10, 0.4), (30, 0.0)]]
    chosen = choose_forms(images, 40)
    taken = [forms[place] for forms, place in zip(images, chosen.places, strict=True)]
    assert (chosen.tokens, chosen.risk) == (sum(t for t, _ in taken), sum(r for _, r in taken))


def test_of_equal_forms_the_first_is_taken():
    assert choose_forms([[(10, 0.1), (10, 0.1)]], 10).places == (0,)


def test_no_image_is_no_choice():
    assert choose_forms([], 10).places == ()


def conversation(seed, count):
    """Forms as real images have them: halving the tokens costs more risk each time, by image very differently."""
    pick = random.Random(seed)
    images = []
    for _ in range(count):
        whole, steep = pick.randint(400, 4000), pick.uniform(0.5, 4)
        images.append(
            [(max(20, round(whole * 0.8**step)), round(min(1, (step / 14) ** steep), 4)) for step in range(14)]
        )
    return images


def test_five_hundred_images_are_within_the_budget_and_their_bound_is_small():
    for seed in range(5):
        images = conversation(seed, 500)
        total = sum(forms[0][0] for forms in images)
        chosen = choose_forms(images, total // 3)
        assert chosen.fits
        assert chosen.tokens <= total // 3
        assert chosen.bound <= 0.01


def test_the_bound_holds_where_not_all_is_gone_through(monkeypatch):
    monkeypatch.setattr("headroom_nb.budget.choose.MOST_WIDTHS", (1, 2))
    exact = True
    for seed in range(40):
        images = [forms[::4] for forms in conversation(seed, 5)]
        budget = sum(forms[0][0] for forms in images) // 3
        chosen = choose_forms(images, budget)
        least, _ = best_of_all(images, budget)
        assert least <= round(chosen.risk, 4) <= round(least + chosen.bound, 4)
        exact = exact and not chosen.bound
    assert not exact
