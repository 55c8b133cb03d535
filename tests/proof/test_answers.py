"""Whether two answers say the same, and the statistics of small samples."""

import pytest

from headroom_nb.proof.answers import compare_answers, facts_of
from headroom_nb.proof.statistics import mcnemar, wilson
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
    for lost, gained in ((0, 0), (6, 0), (9, 2)):
        known = stats.binomtest(lost, lost + gained).pvalue if lost + gained else 1.0
        assert mcnemar(lost, gained) == pytest.approx(known)
    assert wilson(0, 0) == (0.0, 1.0)
