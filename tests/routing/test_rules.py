import pytest
from PIL import Image

from headroom_nb.errors import OptionError
from headroom_nb.records import QUALITIES, ImageSignals, Technique
from headroom_nb.routing import Router
from headroom_nb.routing.evidence import EVIDENCE, softmax, weigh
from headroom_nb.routing.rules import RulesRouter
from tests.support import gradient, png, text_image

PAGE = png(text_image([f"Item {number}: 3 pieces at {number}.50 each" for number in range(30)]))
PHOTO = png(gradient(900, 700))


def signals_of(**scores):
    values = dict.fromkeys(("has_text", "is_document", "is_complex", "has_small_details"), 0.45) | scores
    return ImageSignals(
        **values,
        text_coverage=0,
        text_lines=0,
        min_text_height=None,
        median_text_height=None,
        detail_loss=0,
        size=(9, 9),
    )


def test_it_is_a_router_and_named_a_baseline():
    assert isinstance(RulesRouter(), Router)
    assert RulesRouter().name == "rules"


@pytest.mark.parametrize(
    ("question", "technique"),
    [
        ("Transcribe this page please", "transcode"),
        ("what does the sign say?", "transcode"),
        ("What is the total amount due on this invoice?", "transcode"),
        ("Zoom in on the plate", "crop"),
        ("Which icon is in the top right corner?", "crop"),
        ("Describe this photo", "full_low"),
        ("What kind of animal is it?", "full_low"),
        ("How many people are there?", "preserve"),
        ("Which bar of the chart is the highest?", "preserve"),
    ],
)
def test_words_alone_suggest(question, technique):
    assert RulesRouter().classify_query(question)[0] == Technique(technique)


def test_the_same_question_is_decided_differently_for_a_page_and_a_photo():
    router, question = RulesRouter(), "What does it say?"
    assert router.classify(PAGE, question).technique is Technique.TRANSCODE
    assert router.classify(PHOTO, question).technique is not Technique.TRANSCODE


def test_a_page_is_never_shrunk_to_low_detail():
    assert RulesRouter().classify(PAGE, "What is this?").technique is not Technique.FULL_LOW
    assert RulesRouter().classify(PHOTO, "What is this?").technique is Technique.FULL_LOW


def test_the_reason_names_the_words_and_the_image():
    reason = RulesRouter().classify(PAGE, "Please transcribe it").reason
    assert '"transcribe" suggest transcode' in reason
    assert "page of text" in reason


@pytest.mark.parametrize("question", ["", " ", "?!", "🦊", "a" * 100_000, "どこ", "\x00\n"])
@pytest.mark.parametrize("image", [PAGE, png(Image.new("RGB", (1, 1))), b"", b"no picture", PAGE[:500]])
def test_bad_input_gets_a_decision_with_a_reason(question, image):
    decision = RulesRouter().classify(image, question)
    assert decision.technique in Technique
    assert sum(decision.probabilities.values()) == pytest.approx(1)
    assert decision.reason


@pytest.mark.parametrize("question", ["", "zzz", "🦊"])
def test_without_a_known_word_the_page_is_kept_with_low_confidence(question):
    decision = RulesRouter().classify(PAGE, question)
    assert decision.technique is Technique.PRESERVE
    assert decision.confidence < 0.5
    assert "no known words" in decision.reason


def test_an_unreadable_image_is_preserved_and_the_reason_says_why():
    decision = RulesRouter().classify(b"no picture", "Is this a cat?")
    assert decision.technique is Technique.PRESERVE
    assert decision.signals is None
    assert "could not be looked at" in decision.reason


def test_the_safer_the_quality_the_more_is_preserved():
    questions = ["zoom", "What is this on the left?", "scene on the left", "a title", "Read me the chart"]
    kept = [
        sum(RulesRouter().classify(PAGE, text, quality=quality).technique is Technique.PRESERVE for text in questions)
        for quality in QUALITIES
    ]
    assert kept == sorted(kept, reverse=True)
    assert kept[0] > kept[-1]


def test_an_unknown_quality_is_refused():
    with pytest.raises(OptionError, match="safe, balanced, max"):
        RulesRouter().classify(PAGE, "read", quality="best")


def test_no_model_is_loaded(monkeypatch):
    from headroom_nb.signals import measure as signals

    monkeypatch.setattr(signals, "model_detector", lambda: pytest.fail("a model was loaded"))
    RulesRouter().classify(png(text_image(["one", "two"])), "read")


@pytest.mark.parametrize("row", EVIDENCE, ids=lambda row: row.words)
def test_evidence_grows_from_its_threshold_to_the_far_end(row):
    far, near = (1.0, 0.0) if row.high else (0.0, 1.0)
    found = [row.strength(signals_of(**{row.signal: score})) for score in (near, row.threshold, far)]
    assert found == [0, 0, 1]


def test_without_text_reading_it_falls_behind():
    even = dict.fromkeys(Technique, 0.0)
    moved, said = weigh(even, signals_of(has_text=0.0))
    probabilities = softmax(moved)
    assert probabilities[Technique.TRANSCODE] == min(probabilities.values())
    assert said == ["no text was found in it"]
    assert even == dict.fromkeys(Technique, 0.0)
