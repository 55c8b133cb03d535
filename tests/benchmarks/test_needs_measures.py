from benchmarks.deciding.needs import WANTED, measure
from headroom_nb.records import NEEDS, Needs

SURE = Needs.from_mapping({"exact": 8, "place": 2})


def test_the_largest_need_counts_and_then_the_two_largest():
    measured = measure([("one text", SURE), ("gist", SURE)])
    assert measured == {"questions": 2, "top": 0.5, "top two": 0.5, "share": 0.4}


def test_text_at_a_place_is_answered_by_its_characters_or_its_place():
    assert measure([("text at a place", SURE)])["share"] == 1.0


def test_every_word_of_the_data_stands_for_needs_that_exist():
    assert {need for wanted in WANTED.values() for need in wanted} <= set(NEEDS)
