import pytest

from headroom_nb.records import NEEDS, Needs, RouteDecision, Technique
from headroom_nb.routing import from_decision, load_router, needs_of
from headroom_nb.routing.needs import FROM_TECHNIQUE, from_techniques
from tests.routing.router_pictures import page
from tests.support import FixedRouter


def test_needs_sum_to_one_and_name_the_largest():
    needs = Needs.from_mapping({"place": 3, "exact": 1})
    assert sum(share for _, share in needs.items()) == pytest.approx(1)
    assert needs.most == "place"
    assert needs.exact == pytest.approx(0.25)
    assert tuple(name for name, _ in needs.items()) == NEEDS


@pytest.mark.parametrize("shares", [{}, {"exact": 0.0}, {"exact": -1.0}, {"exact": float("nan")}, {"shape": 1.0}])
def test_weights_that_are_no_needs_are_refused(shares):
    with pytest.raises(ValueError, match="needs"):
        Needs.from_mapping(shares)


def test_every_technique_stands_for_shares_that_sum_to_one():
    assert set(FROM_TECHNIQUE) == set(Technique)
    for shares in FROM_TECHNIQUE.values():
        assert set(shares) <= set(NEEDS)
        assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("technique", "question", "need"),
    [
        (Technique.TRANSCODE, "total?", "exact"),
        (Technique.CROP, "top left?", "place"),
        (Technique.FULL_LOW, "hm", "gist"),
        (Technique.PRESERVE, "how many screws?", "count"),
        (Technique.PRESERVE, "which one is selected?", "marks"),
        (Technique.PRESERVE, "where does the chair stand?", "layout"),
    ],
)
def test_a_technique_and_the_words_say_what_is_needed(technique, question, need):
    assert from_techniques({technique: 1.0}, question).most == need


def test_a_router_that_only_classifies_has_needs_too():
    router = FixedRouter(Technique.FULL_LOW)
    assert not hasattr(router, "needs")
    assert needs_of(router, page(), "what is this?").most == "gist"


def test_a_decision_without_probabilities_has_the_needs_of_its_technique():
    decision = RouteDecision(Technique.CROP, 0.5, "", "mine")
    assert from_decision(decision, "").most == "place"


@pytest.mark.parametrize("name", ["embedded", "rules"])
def test_routers_of_the_package_say_what_the_answer_needs(name):
    router = load_router(name)
    needs = router.needs(page(), "Please transcribe this page.")
    assert needs.exact + needs.prose > 0.6
    assert needs_of(router, page(), "Please transcribe this page.") == needs


def test_needs_derived_from_techniques_are_named_in_the_reason():
    decision = load_router("rules").classify(page(), "Please transcribe this page.")
    assert decision.needs is not None
    assert str(decision.needs) in decision.reason
