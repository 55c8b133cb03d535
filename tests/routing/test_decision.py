import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_nb.errors import OptionError
from headroom_nb.records import QUALITIES, Technique
from headroom_nb.routing.decision import TECHNIQUE_ORDER, choose, costs

shares = st.lists(st.floats(0.001, 1), min_size=4, max_size=4).map(lambda row: np.array(row) / sum(row))


@given(shares)
def test_a_more_careful_quality_never_shrinks_what_a_bolder_one_keeps(probabilities):
    chosen = [choose(probabilities, quality) for quality in ("max", "balanced", "safe")]
    kept = [technique is Technique.PRESERVE for technique in chosen]
    assert kept == sorted(kept)


@given(shares, st.sampled_from(QUALITIES))
def test_the_choice_has_the_least_expected_cost(probabilities, quality):
    expected = probabilities @ costs(quality)
    assert expected[TECHNIQUE_ORDER.index(choose(probabilities, quality))] == expected.min()


@pytest.mark.parametrize("technique", TECHNIQUE_ORDER)
@pytest.mark.parametrize("quality", QUALITIES)
def test_certainty_is_followed(technique, quality):
    probabilities = np.array([1.0 if each is technique else 0.0 for each in TECHNIQUE_ORDER])
    assert choose(probabilities, quality) is technique


def test_at_safe_a_third_of_doubt_keeps_the_image():
    probabilities = np.array([0.0, 0.0, 0.67, 0.33])
    assert choose(probabilities, "safe") is Technique.PRESERVE
    assert choose(probabilities, "balanced") is Technique.FULL_LOW


def test_shrinking_what_needed_detail_is_the_dearest_mistake():
    for quality in ("safe", "balanced"):
        table = costs(quality)
        assert table[-1, :-1].min() > table[:-1].max()


def test_an_unknown_quality_names_the_known_ones():
    with pytest.raises(OptionError, match="safe, balanced, max"):
        choose(np.full(4, 0.25), "best")
