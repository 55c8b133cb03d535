import hashlib
import json
import shutil

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from headroom_nb.errors import ModelFilesError, OptionError
from headroom_nb.pictures import open_picture
from headroom_nb.records import QUALITIES, Technique
from headroom_nb.routing.base import Router
from headroom_nb.routing.embedded import EmbeddedRouter
from headroom_nb.signals.weight_files import FOLDER, MANIFEST
from tests.routing.router_pictures import page, photo, png

T, C, F, P = Technique.TRANSCODE, Technique.CROP, Technique.FULL_LOW, Technique.PRESERVE


@pytest.fixture(scope="module")
def router():
    return EmbeddedRouter()


def test_it_keeps_the_router_protocol(router):
    assert isinstance(router, Router)
    assert router.name == "embedded"


@pytest.mark.parametrize(
    ("question", "technique"),
    [
        ("Please transcribe this letter.", T),
        ("what is the invoice number?", T),
        ("was steht auf dem Schild?", T),
        ("que dit ce document ?", T),
        ("qué dice el cartel", T),
        ("zoom in on the upper left corner", C),
        ("Describe this photo.", F),
        ("is there a dog in the picture?", F),
        ("¿de qué color es el coche?", F),
        ("count all the screws", P),
        ("At what epoch do the loss curves of the two methods cross?", P),
        ("click the search icon", P),
        ("find the differences between the two pictures", P),
    ],
)
def test_clear_questions_are_read(router, question, technique):
    assert router.classify_query(question)[0] is technique


@pytest.mark.parametrize(
    "question",
    [
        "这张纸上写了什么",
        "что здесь написано",
        "o que está escrito aqui",
        "cosa dice questo documento",
        "何と書いてありますか",
    ],
)
def test_questions_in_other_languages_are_read_with_the_page_before_them(router, question):
    assert router.classify(page(), question).technique is T


@pytest.mark.parametrize(
    ("question", "need"),
    [
        ("What is the invoice number?", "exact"),
        ("What is the licence key? I have to type it in.", "exact"),
        ("Where is the bakery? I need the street and the town.", "exact"),
        ("Wie lautet die IBAN?", "exact"),
        ("Translate the letter.", "prose"),
        ("Which of the checks did not pass?", "marks"),
        ("What is still left to do on the list?", "marks"),
        ("Welche Aufgaben sind noch offen?", "marks"),
        ("zoom in on the upper left corner and tell me what is there", "place"),
    ],
)
def test_it_says_what_the_answer_needs_on_a_page(router, question, need):
    needs = router.needs(page(), question)
    assert sum(share for _, share in needs.items()) == pytest.approx(1)
    assert dict(needs.items())[need] >= sorted(share for _, share in needs.items())[-2]


@pytest.mark.parametrize(
    ("question", "need"),
    [
        ("Describe this photo.", "gist"),
        ("How many dogs are there?", "count"),
        ("Is there a hairline crack in the glass?", "detail"),
    ],
)
def test_it_says_what_the_answer_needs_of_a_photo(router, question, need):
    needs = router.needs(photo(), question)
    assert needs.most == need


def test_the_colour_of_a_large_thing_is_seen_in_a_small_view(router):
    needs = router.needs(photo(), "What colour is the car?")
    assert needs.layout + needs.gist > 0.5


def test_the_needs_are_those_of_the_decision_and_named_in_its_reason(router):
    decision = router.classify(page(), "What is the invoice number?")
    assert decision.needs == router.needs(page(), "What is the invoice number?")
    assert f"the answer needs {decision.needs}" in decision.reason


def test_where_the_question_says_nothing_no_need_is_left_out(router):
    assert min(share for _, share in router.needs(page(), "?!").items()) > 0.01


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("what does the sign say?", "what color is the sign?"),
        ("how many rows are listed in the table?", "how many screws are on the table?"),
        ("what is the color of the car?", "what color represents Germany in the chart?"),
        ("read the sign", "read the gauge"),
        ("what is the number on the jersey?", "what is the number of people in the crowd exactly?"),
    ],
)
def test_questions_alike_in_words_go_different_ways(router, one, other):
    assert router.classify_query(one)[0] is not router.classify_query(other)[0]


def test_the_image_changes_the_choice_for_the_same_question(router):
    question = "What is this about?"
    assert router.classify(page(), question).technique is T
    assert router.classify(photo(), question).technique is F


@pytest.mark.parametrize("question", ["What does it say?", "Transcribe this receipt, line by line.", "Read the text."])
@pytest.mark.parametrize("quality", QUALITIES)
def test_an_image_without_text_is_not_sent_to_be_transcribed(router, question, quality):
    decision = router.classify(photo(), question, quality=quality)
    assert decision.technique is not T
    assert decision.probabilities[T] == 0
    assert sum(decision.probabilities.values()) == pytest.approx(1)
    assert "no text found; " in decision.reason


def test_the_decision_carries_all_four_probabilities_signals_and_a_reason(router):
    decision = router.classify(page(), "Please transcribe this page.")
    assert decision.technique is T
    assert set(decision.probabilities) == set(Technique)
    assert sum(decision.probabilities.values()) == pytest.approx(1)
    assert decision.confidence == decision.probabilities[T] > 0.5
    assert decision.signals is not None
    assert decision.signals.text_lines > 20
    assert "asks for text" in decision.reason
    assert "lines" in decision.reason


@pytest.mark.parametrize("question", ["", "  \n ", "🙂🙂🙂", "?!", "\x00\x01"])
@pytest.mark.parametrize("quality", QUALITIES)
def test_no_question_keeps_the_image_with_low_confidence(router, question, quality):
    decision = router.classify(photo(), question, quality=quality)
    assert decision.confidence < 0.6
    assert "no question" in decision.reason
    if quality != "max":
        assert decision.technique is P


@pytest.mark.parametrize(
    "question", ["이 표지판에 뭐라고 쓰여 있나요", "ماذا مكتوب هنا", "यहाँ क्या लिखा है", "ป้ายนี้เขียนว่าอะไร"]
)
def test_a_script_it_does_not_read_is_named(router, question):
    decision = router.classify(page(), question)
    assert decision.confidence < 0.6
    assert "script" in decision.reason


@pytest.mark.parametrize("question", ["vad står det på skylten", "burada ne yazıyor", "co je napsáno na ceduli"])
def test_a_language_it_does_not_read_is_noticed(router, question):
    decision = router.classify(page(), question)
    assert decision.confidence < 0.6
    assert "another language" in decision.reason


def test_a_very_long_question_is_answered_from_its_ends(router):
    question = "Please transcribe this page. " + "lorem ipsum " * 9_000 + " What does the page say?"
    decision = router.classify(page(), question)
    assert 0 < decision.confidence <= 1
    assert decision.reason


@pytest.mark.parametrize("data", [b"", b"no picture", page()[:400]])
def test_bytes_that_are_no_image_give_a_careful_decision(router, data):
    decision = router.classify(data, "what is in the picture?")
    assert decision.technique is P
    assert decision.confidence < 0.7
    assert decision.signals is None
    assert "could not be looked at" in decision.reason


def test_an_image_of_one_pixel_gives_a_decision(router):
    decision = router.classify(png(Image.new("RGB", (1, 1))), "what does it say?")
    assert decision.reason


def test_a_picture_object_and_its_bytes_are_decided_alike(router):
    question = "what does it say?"
    assert router.classify(open_picture(page()), question) == router.classify(page(), question)


def test_an_unknown_quality_is_refused(router):
    with pytest.raises(OptionError, match="balanced"):
        router.classify(page(), "what does it say?", quality="best")


@settings(deadline=None, max_examples=40)
@given(st.text(st.characters(), max_size=300), st.sampled_from(QUALITIES))
@example("Read it \ud83d", "balanced")
def test_any_text_gets_a_decision(question, quality):
    decision = EMBEDDED.classify(page(), question, quality=quality)
    assert decision.technique in Technique
    assert sum(decision.probabilities.values()) == pytest.approx(1)


EMBEDDED = EmbeddedRouter()


@pytest.mark.parametrize("name", ["question.onnx", "tokenizer.json", "fusion.json", "signals.json"])
def test_every_file_is_held_to_its_checksum(tmp_path, name):
    copy = tmp_path / "weights"
    shutil.copytree(FOLDER, copy)
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(ModelFilesError, match=rf"{name}.*damaged.*reinstall"):
        EmbeddedRouter(copy)


def test_missing_weights_say_how_to_get_them(tmp_path):
    with pytest.raises(ModelFilesError, match="reinstall"):
        EmbeddedRouter(tmp_path)


def test_a_manifest_that_is_no_json_is_damage(tmp_path):
    (tmp_path / MANIFEST).write_text("{")
    with pytest.raises(ModelFilesError, match="manifest"):
        EmbeddedRouter(tmp_path)


def test_a_fusion_file_of_another_version_is_refused(tmp_path):
    copy = tmp_path / "weights"
    shutil.copytree(FOLDER, copy)
    (copy / "fusion.json").write_text('{"kinds": {}}')
    manifest = json.loads((copy / MANIFEST).read_text())
    manifest["sha256"]["fusion.json"] = hashlib.sha256((copy / "fusion.json").read_bytes()).hexdigest()
    (copy / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(ModelFilesError, match="does not fit this version"):
        EmbeddedRouter(copy)


def test_the_weights_in_the_package_stay_under_26_megabytes():
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) <= 26e6
