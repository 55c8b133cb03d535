"""Commands of a few words: the router saves on these too, in every language it reads."""

import pytest

from headroom_nb.records import QUALITIES, Technique
from headroom_nb.routing.commands import COMMANDS, DESCRIBE, FILLERS, READ, SUMMARISE, TRANSLATE, spell_out
from headroom_nb.routing.embedded import EmbeddedRouter
from headroom_nb.routing.question_model import QuestionModel
from tests.routing.router_pictures import page, photo

ABOUT_TEXT = {
    "English": (
        "Transcribe this.",
        "Transcribe everything.",
        "Read this.",
        "Read it to me",
        "OCR please",
        "Summarize this",
        "What does it say?",
        "Extract the text",
        "Translate",
        "Type this up for me",
        "full text pls",
        "just the words",
        "tl;dr",
        "gist?",
    ),
    "German": ("Lies das.", "Text?", "Abtippen bitte", "Übersetzen", "Fass das zusammen"),
    "French": ("Lis ça.", "Transcris ceci, s’il te plaît", "Traduis", "Resume"),
    "Spanish": ("Lee esto", "Transcribe", "Traduce esto", "Resumen"),
    "Portuguese": ("Leia isto", "Transcreva", "Traduza", "Resuma isto"),
    "Italian": ("Leggi", "Trascrivi questo", "Traduci", "Riassumi"),
    "Dutch": ("Lees dit", "Overtypen graag", "Vertaal dit", "Samenvatting"),
    "Russian": ("Прочитай это", "Распознай текст", "Переведи", "Кратко"),
    "Chinese": ("读一下", "识别文字", "请翻译", "总结"),
    "Japanese": ("読んでください", "文字起こしして", "翻訳して", "要約して"),
}
"""What only an image's text can answer."""

ABOUT_THE_WHOLE = (
    *("Describe.", "Caption?", "Alt text", "Describe this", "Beschreib das", "Décris", "Describe esto"),
    *("Descreva", "Descrivi", "Beschrijf dit", "Опиши", "描述一下", "説明して"),
)
"""What a small view of a photo answers."""


@pytest.fixture(scope="module")
def router():
    return EmbeddedRouter()


@pytest.mark.parametrize("language", ABOUT_TEXT)
def test_a_short_command_for_text_is_answered_from_the_text_of_a_page(router, language):
    kept = {
        question: str(decision.technique)
        for question in ABOUT_TEXT[language]
        if (decision := router.classify(page(), question)).technique is not Technique.TRANSCODE
    }
    assert not kept


@pytest.mark.parametrize("question", ABOUT_THE_WHOLE)
def test_a_short_command_to_describe_makes_do_with_a_small_view_of_a_photo(router, question):
    assert router.classify(photo(), question).technique is Technique.FULL_LOW


@pytest.mark.parametrize("question", ["Count them.", "Find the differences", "Any scratches?", "Click save"])
def test_a_short_command_that_needs_the_detail_keeps_it(router, question):
    assert router.classify(photo(), question).technique is Technique.PRESERVE


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("question", ["Transcribe this.", "Lies das", "Traduci", "要約して"])
def test_every_quality_takes_the_text_of_a_page_where_that_is_all_that_is_asked_for(router, question, quality):
    assert router.classify(page(), question, quality=quality).technique is Technique.TRANSCODE


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("TRANSCRIBE THIS!!", READ),
        ("could you please read it to me?", READ),
        ("übersetze das bitte", TRANSLATE),
        ("ubersetze das", TRANSLATE),
        ("S'il vous plaît, résume", SUMMARISE),
        ("请描述一下。", DESCRIBE),
    ],
)
def test_case_politeness_and_missing_accents_make_no_difference(question, sentence):
    assert spell_out(question) == sentence


@pytest.mark.parametrize(
    "question",
    [
        "",
        "🙂",
        "this",
        "please",
        "read the gauge",
        "Read line 5",
        "Don't read this",
        "transcribe the formula",
        "describe the second row",
        "Translate this: 42",
        "text color?",
        "read this " + "please " * 20,
    ],
)
def test_whatever_says_more_is_left_as_it_is(question):
    assert spell_out(question) == question


def test_a_command_means_one_thing_and_is_no_filler():
    commands = [command for spoken in COMMANDS.values() for command in spoken]
    assert len(commands) == len(set(commands))
    assert not set(commands) & set(FILLERS)
    assert {spell_out(command) for command in commands} == set(COMMANDS)


def test_a_command_in_another_language_is_read_without_a_doubt():
    assert QuestionModel().read("Traduci").trust == 1
