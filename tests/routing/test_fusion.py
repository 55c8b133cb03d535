import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_nb.records import NEEDS
from headroom_nb.routing.decision import GROUPS
from headroom_nb.routing.fusion import NO_TEXT, Calibration, mix, rule_out_transcript, weigh_groups

PLAIN = Calibration(1.0, 1.0, 1.0, (0.0, 0.0, 0.0, 0.0))


def certain(group: str) -> np.ndarray:
    return np.array([1.0 if each == group else 0.0 for each in GROUPS])


ANSWERS = np.array([[0.9, 0.0, 0.0, 0.1] if group == "page" else [0.0, 0.0, 0.9, 0.1] for group in GROUPS])
UNIFORM = np.full(len(GROUPS), 1 / len(GROUPS))


def test_the_image_decides_when_the_answer_depends_on_it():
    on_page = mix(ANSWERS, weigh_groups(UNIFORM, certain("page"), PLAIN), PLAIN)
    on_photo = mix(ANSWERS, weigh_groups(UNIFORM, certain("photo"), PLAIN), PLAIN)
    assert on_page.argmax() == 0
    assert on_photo.argmax() == 2


def test_without_an_image_the_question_says_what_it_is_asked_of():
    assert mix(ANSWERS, weigh_groups(certain("page"), None, PLAIN), PLAIN).argmax() == 0


def test_question_and_image_are_weighed_together():
    undecided = np.where(np.isin(GROUPS, ("page", "chart")), 0.5, 0.0)
    assert weigh_groups(certain("chart"), undecided, PLAIN).argmax() == GROUPS.index("chart")


def test_a_temperature_makes_the_mixture_less_sure_and_keeps_its_order():
    weights = weigh_groups(UNIFORM, certain("page"), PLAIN)
    warm = mix(ANSWERS, weights, Calibration(1.0, 1.0, 2.0, (0.0, 0.0, 0.0, 0.0)))
    plain = mix(ANSWERS, weights, PLAIN)
    assert warm.max() < plain.max()
    assert warm.argmax() == plain.argmax()


rows = st.lists(st.floats(0, 1), min_size=len(GROUPS), max_size=len(GROUPS)).map(
    lambda row: (np.array(row) + 1e-9) / (sum(row) + 1e-9 * len(GROUPS))
)


@given(rows, rows, st.floats(0.2, 3), st.floats(0.2, 3))
def test_probabilities_sum_to_one_whatever_goes_in(asked, shown, asked_power, shown_power):
    calibration = Calibration(asked_power, shown_power, 1.3, (0.1, -0.2, 0.0, 0.1))
    mixed = mix(ANSWERS, weigh_groups(asked, shown, calibration), calibration)
    assert abs(mixed.sum() - 1) < 1e-9
    assert (mixed > 0).all()


def test_a_transcript_of_an_image_without_text_is_ruled_out_and_the_others_keep_their_proportions():
    ruled = rule_out_transcript(np.array([0.8, 0.05, 0.05, 0.1]), NO_TEXT / 2)
    np.testing.assert_allclose(ruled, [0.0, 0.25, 0.25, 0.5])


def test_a_transcript_stays_possible_where_text_may_be():
    probabilities = np.array([0.8, 0.05, 0.05, 0.1])
    np.testing.assert_array_equal(rule_out_transcript(probabilities, NO_TEXT), probabilities)


def test_needs_are_mixed_like_techniques():
    answers = np.eye(len(GROUPS), len(NEEDS))
    weights = np.full(len(GROUPS), 1 / len(GROUPS))
    mixed = mix(answers, weights, Calibration(1.0, 1.0, 1.0, (0.0,) * len(NEEDS)))
    assert mixed.shape == (len(NEEDS),)
    assert mixed.sum() == pytest.approx(1)
