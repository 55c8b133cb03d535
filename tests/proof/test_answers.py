"""Whether two answers say the same, and the statistics of small samples."""

from math import comb

import pytest

from headroom_nb.proof.answers import compare_answers, facts_of
from headroom_nb.proof.statistics import mcnemar, most_lost, wilson
from headroom_nb.records.proof import Verdict


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        ("1,204.50 EUR", "1204.5 EUR", Verdict.AGREES),
        ("**48213**", "48213.", Verdict.SAME),
        ("The total is $1,204.50.", "$1204.50", Verdict.AGREES),
        ("14 May 2026", "2026-05-14", Verdict.AGREES),
        ("May 14th, 2026", "14.05.2026", Verdict.AGREES),
        ("48213", "48218", Verdict.CONTRADICTS),
        ("INV-00A7", "INV-O0A7", Verdict.CONTRADICTS),
        ("48213", "I cannot read that in the image.", Verdict.ABSTAINS),
        ("48213", "", Verdict.ABSTAINS),
        ("48213", "I'm sorry, I can't help with that.", Verdict.REFUSES),
        ("I can't read it.", "It is too small to be read.", Verdict.SAME),
        ("The trend rises in summer.", "In summer the trend rises", Verdict.AGREES),
        ("The trend rises in summer.", "Sales fall all year", Verdict.CONTRADICTS),
        ("It rose by 5 %", "It rose by 7 %", Verdict.CONTRADICTS),
    ],
)
def test_answers_are_compared_by_text_then_facts_then_words(reference, answer, verdict):
    assert compare_answers(reference, answer) is verdict


def test_facts_have_one_form():
    assert facts_of("1,234.00 on 3 Feb 2026, ref A-77x") == {"1234", "2026-2-3", "A-77X"}
    assert facts_of("between 5 and 10") == {"5", "10"}


def test_intervals_and_the_paired_test_are_those_of_the_books():
    stats = pytest.importorskip("scipy.stats")
    for hits, n in ((0, 40), (7, 20), (40, 40)):
        known = stats.binomtest(hits, n).proportion_ci(method="wilson")
        assert wilson(hits, n) == pytest.approx((known.low, known.high), abs=1e-6)
    for lost, gained in ((0, 0), (6, 0), (9, 2), (1, 5)):
        known = stats.binomtest(lost, lost + gained, alternative="greater").pvalue if lost + gained else 1.0
        assert mcnemar(lost, gained) == pytest.approx(known)
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_bound_of_a_loss_is_seldom_too_low():
    assert most_lost(0, 0, 40) == pytest.approx(wilson(0, 40, 1.644854)[1], abs=1e-6)
    assert most_lost(0, 0, 0) == 1.0
    assert most_lost(1, 1, 40) < most_lost(2, 1, 40) < most_lost(5, 1, 40)
    pairs = [(lost, gained) for lost in range(25) for gained in range(12)]
    for true_lost, true_gained in ((0.1, 0.0), (0.13, 0.03)):
        rest = 1 - true_lost - true_gained
        too_low = sum(
            comb(40, lost)
            * comb(40 - lost, gained)
            * true_lost**lost
            * true_gained**gained
            * rest ** (40 - lost - gained)
            for lost, gained in pairs
            if most_lost(lost, gained, 40) < true_lost - true_gained
        )
        assert too_low < 0.07
