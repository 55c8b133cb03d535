from __future__ import annotations

from dataclasses import replace

import pytest

from headroom_nb import ImageCompressor, Technique
from headroom_nb.errors import OptionError
from headroom_nb.records import RouteDecision
from headroom_nb.widgets.overruling import Overruling
from tests.support import FixedRouter, gradient, openai_message, png

WORD = {"low": Technique.FULL_LOW, "keep": Technique.PRESERVE}


class ByQuestion(FixedRouter):
    """A router that does what the question's last word says."""

    def classify(self, image, query, *, quality="balanced"):
        self.questions.append(query)
        technique = WORD[query.split()[-1]]
        return RouteDecision(technique, 0.8, "by the last word", self.name, {technique: 1.0})


@pytest.fixture
def router():
    return ByQuestion(Technique.PRESERVE)


@pytest.fixture
def overruling(router):
    messages = [openai_message("Make it low", png(gradient(1400, 1000)), png(gradient(1600, 1200)))]
    return Overruling(ImageCompressor("gpt-4o", router=router).run(messages))


def techniques(overruling):
    return [image.technique for image in overruling.result.images]


def test_a_choice_and_its_undoing_give_the_first_result_again(overruling):
    first, second = (image.path for image in overruling.base.images)
    overruling.choose([first], "preserve")
    assert techniques(overruling) == [Technique.PRESERVE, Technique.FULL_LOW]
    overruling.choose([second], Technique.PRESERVE)
    assert techniques(overruling) == [Technique.PRESERVE, Technique.PRESERVE]
    overruling.choose([first, second], None)
    assert overruling.result.messages == overruling.base.messages
    assert overruling.chosen == {}


def test_the_router_s_word_is_kept_beside_a_choice_by_hand(overruling):
    path = overruling.base.images[0].path
    overruling.choose([path], "preserve")
    assert overruling.result.images[0].decision.router == "user"
    assert overruling.routed(path).technique is Technique.FULL_LOW


def test_another_question_is_routed_and_takes_back_a_choice_by_hand(overruling, router):
    path = overruling.base.images[0].path
    overruling.choose([path], "full_low")
    overruling.ask(path, "Please keep")
    assert router.questions[-1] == "Please keep"
    assert overruling.result.images[0].question == "Please keep"
    assert overruling.routed(path).technique is Technique.PRESERVE
    assert overruling.chosen == {}
    overruling.choose([path], "full_low")
    assert overruling.result.images[0].question == "Please keep"
    assert overruling.routed(path).technique is Technique.PRESERVE


@pytest.mark.parametrize(("path", "technique"), [("messages[9]", "preserve"), ("messages[0].content[1]", "shrink")])
def test_what_is_not_there_changes_nothing(overruling, path, technique):
    before = overruling.result
    with pytest.raises(OptionError):
        overruling.choose([path], technique)
    assert overruling.result is before
    assert overruling.chosen == {}


def test_a_remark_on_the_model_stays(overruling):
    noted = Overruling(replace(overruling.base, model_note="setting from pyproject.toml"))
    noted.choose([noted.base.images[0].path], "preserve")
    assert noted.result.model_note == "setting from pyproject.toml"


def test_a_result_without_its_compressor_says_so(overruling):
    loaded = Overruling(replace(overruling.base, recompress=None))
    with pytest.raises(OptionError, match="compress the messages again"):
        loaded.choose([loaded.base.images[0].path], "preserve")


def test_a_form_is_taken_and_the_others_stay_to_be_chosen(overruling):
    path = overruling.base.images[0].path
    labels = [form.label for form in overruling.base.images[0].forms]
    smallest = overruling.base.images[0].forms[0]
    image = overruling.take(path, smallest.label).images[0]
    assert [form.label for form in image.forms if form.taken] == [smallest.label]
    assert [form.label for form in image.forms] == labels
    assert (image.technique, image.compressed_tokens) == (smallest.technique, smallest.tokens)
    assert overruling.take(path, "unchanged").images[0].technique is Technique.PRESERVE


def test_a_region_is_cut_out_and_its_forms_are_offered(overruling):
    path = overruling.base.images[0].path
    image = overruling.cut(path, (100, 50, 600, 450)).images[0]
    assert image.technique is Technique.CROP
    assert image.parts[1].box == (100, 50, 600, 450)
    other = next(form for form in image.forms if form.technique is Technique.CROP and not form.taken)
    assert other.label in [form.label for form in overruling.take(path, other.label).images[0].forms]
    overruling.choose([path], None)
    assert overruling.result.messages == overruling.base.messages


def test_changes_are_undone_and_made_again_one_by_one(overruling):
    path = overruling.base.images[0].path
    overruling.choose([path], "preserve")
    kept = overruling.result
    cut = overruling.cut(path, (0, 0, 300, 300))
    assert overruling.steps == (2, 0)
    assert overruling.undo() is kept
    assert overruling.chosen == {path: Technique.PRESERVE}
    assert overruling.undo() is overruling.base
    assert overruling.steps == (0, 2)
    with pytest.raises(OptionError, match="nothing to undo"):
        overruling.undo()
    overruling.redo()
    assert overruling.redo() is cut
    overruling.undo()
    overruling.ask(path, "Please keep")
    with pytest.raises(OptionError, match="nothing to do again"):
        overruling.redo()


@pytest.mark.parametrize(
    "change", [lambda it, path: it.take(path, "3×3"), lambda it, path: it.cut(path, (0, 0, 9999, 1))]
)
def test_a_form_or_region_that_is_not_there_changes_nothing(overruling, change):
    with pytest.raises(OptionError):
        change(overruling, overruling.base.images[0].path)
    assert overruling.steps == (0, 0)
