"""What a person chose: checked once, for places that are there, and the last choice counts."""

import pytest

from headroom_nb.errors import OptionError
from headroom_nb.pipeline.context import Manual
from headroom_nb.records import PageChoices, Technique

HERE, THERE = (0, "content", 1), (2, "content", 0)


def manual(techniques=None, questions=None, boxes=None, forms=None, documents=None):
    return Manual.checked(techniques, questions, boxes, forms, documents)


def test_a_technique_undoes_a_region_and_a_region_a_technique():
    boxed = manual(boxes={HERE: (0, 0, 9, 9)}, questions={HERE: "Which?"})
    kept = boxed.and_then(manual({HERE: "preserve"}))
    assert (kept.techniques, kept.boxes) == ({HERE: Technique.PRESERVE}, {})
    assert kept.questions == {HERE: "Which?"}
    again = kept.and_then(boxed)
    assert (again.techniques, again.boxes) == ({}, {HERE: (0, 0, 9, 9)})


def test_a_form_of_a_region_keeps_the_region_and_a_new_technique_drops_the_form():
    cut = manual(boxes={HERE: (0, 0, 9, 9)}).and_then(manual({HERE: "crop"}, forms={HERE: "crop 9×9"}))
    assert (cut.boxes, cut.forms) == ({HERE: (0, 0, 9, 9)}, {HERE: "crop 9×9"})
    assert cut.and_then(manual({HERE: "preserve"})).forms == {}


def test_later_choices_for_a_document_are_added_to_the_earlier_ones():
    first = manual(documents={HERE: PageChoices(pages="1-3")})
    later = first.and_then(manual(documents={HERE: PageChoices(question="Who?"), THERE: PageChoices(pages="2")}))
    assert later.documents == {HERE: PageChoices(pages="1-3", question="Who?"), THERE: PageChoices(pages="2")}


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        ({"techniques": ["preserve"]}, "techniques are given by block path, as a dict"),
        ({"techniques": {"messages[0]": "preserve"}}, "as in .images"),
        ({"techniques": {HERE: "shrink"}}, "technique 'shrink' is not known"),
        ({"questions": {HERE: 3}}, "a question is text"),
        ({"forms": {HERE: 3}}, "label of a form is text"),
        ({"boxes": {HERE: [0, 0, 9, 9]}}, "a box is left, top, right and bottom"),
    ],
    ids=str,
)
def test_what_is_no_choice_is_an_option_error(choices, says):
    with pytest.raises(OptionError, match=says):
        manual(**choices)


def test_a_choice_for_a_place_without_an_image_or_document_is_an_option_error():
    with pytest.raises(OptionError, match="there is no image at"):
        manual({HERE: "preserve"}).check_places([], [])
    with pytest.raises(OptionError, match="there is no document at"):
        manual(documents={HERE: PageChoices()}).check_places([], [])
