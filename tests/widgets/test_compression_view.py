from __future__ import annotations

import base64
import io
import json
import threading
import zipfile
from dataclasses import replace

import pytest
from PIL import Image

from headroom_nb import ImageCompressor, Technique, provider_view
from headroom_nb.errors import OptionError
from headroom_nb.rendering import report
from headroom_nb.rendering.export import FORMATS, render
from tests.support import FixedRouter, gradient, openai_message, png, text_image

pytest.importorskip("anywidget")

import jsonschema

from headroom_nb import CompressionView

PICTURE = png(gradient(1600, 1200))
TEXT = png(text_image(["Total 12.50", "Tax 2.00"], size=40))


@pytest.fixture(scope="module")
def result():
    messages = [openai_message("Describe it", PICTURE), openai_message("What is written?", TEXT)]
    return ImageCompressor("gpt-4o", router=FixedRouter(Technique.FULL_LOW)).run(messages)


@pytest.fixture
def view(result):
    made = CompressionView(result)
    yield made
    made.close()


@pytest.fixture
def ask(view, monkeypatch):
    """Ask as the page does, and return content and buffers of the answer."""
    said = []
    monkeypatch.setattr(view, "send", lambda content, buffers=None: said.append((content, buffers)))

    def ask(name, **content):
        view._handle_custom_msg({"ask": name, "id": "p-1", **content}, [])
        return said[-1]

    return ask


def test_the_report_fits_the_schema_and_holds_no_picture(view):
    jsonschema.Draft202012Validator(report.schema()).validate(view.report)
    assert all(not entry["thumbnail"] and not entry["compressed_thumbnail"] for entry in view.report["images"])
    assert "data:image" not in json.dumps(view.get_state(), default=str).replace(view._esm, "").replace(view._css, "")


def test_overruling_in_the_page_changes_the_result_and_the_report(view, ask, result):
    content, _ = ask("choose", images=[0], technique="preserve")
    assert content["answer"] == {}
    assert view.result.images[0].technique is Technique.PRESERVE
    assert view.overruled == {(0, "content", 1): Technique.PRESERVE}
    entry = view.report["images"][0]
    assert (entry["chosen"], entry["routed"], entry["router"]) == ("preserve", "full_low", "fixed")
    assert result.images[0].technique is Technique.FULL_LOW
    ask("choose", images=[0, 1], technique=None)
    assert view.result.messages == result.messages
    assert view.report["images"][0]["chosen"] is None


def test_another_question_is_shown_and_routed(view, ask):
    ask("question", image=1, question="Where was this taken?")
    assert view.result.images[1].question == "Where was this taken?"
    assert view.report["images"][1]["question"] == "Where was this taken?"


def test_python_overrules_as_the_page_does(view):
    view.override("messages[0].content[1]", "preserve")
    assert view.report["images"][0]["chosen"] == "preserve"
    view.override("messages[0].content[1]", None)
    assert view.report["images"][0]["chosen"] is None
    view.ask("messages[0].content[1]", "Is it red?")
    assert view.report["images"][0]["question"] == "Is it red?"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("choose", {"images": [7], "technique": "preserve"}, "no longer in the result"),
        ("choose", {"images": ["0"], "technique": "preserve"}, "no longer in the result"),
        ("choose", {"images": [0], "technique": "shrink"}, "not known"),
        ("picture", {"image": -1}, "no longer in the result"),
        ("seen", {"image": 7}, "no longer in the result"),
        ("question", {"question": "?"}, "no longer in the result"),
        ("export", {"to": "docx"}, "there is no export format docx"),
        ("dance", {}, "no answer to 'dance'"),
    ],
)
def test_an_error_is_one_sentence_and_changes_nothing(view, ask, name, content, sentence):
    before = view.result
    answer, _ = ask(name, **content)
    assert sentence in answer["error"]
    assert view.result is before


def test_an_error_that_is_not_ours_is_answered_too(view, monkeypatch):
    said = []
    monkeypatch.setattr(view, "send", lambda content, buffers=None: said.append(content))
    monkeypatch.setattr(view._overruling, "choose", lambda paths, technique: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        view._answer(view, {"ask": "choose", "id": "p-9", "images": [0], "technique": None}, [])
    assert said == [{"id": "p-9", "error": "the kernel failed at this; its log says how", "count": 0}]


def test_pictures_travel_as_bytes_beside_the_message(view, ask, result):
    content, (original,) = ask("picture", image=0, which="original")
    assert content["answer"] == {"media_type": "image/png"}
    assert bytes(original) == PICTURE
    _, (sent,) = ask("picture", image=0, which="compressed")
    assert Image.open(io.BytesIO(sent)).size == result.images[0].sizes[0]
    content, (small,) = ask("preview", image=0, which="original")
    assert max(Image.open(io.BytesIO(small)).size) == 144
    assert len(small) < 24_000


def test_both_sides_are_shown_as_the_model_sees_them(ask, result):
    assert result.images[0].parts[0].detail == "low"
    _, (before,) = ask("seen", image=0, which="original")
    _, (after,) = ask("seen", image=0, which="compressed")
    assert Image.open(io.BytesIO(before)).size == provider_view(PICTURE, "gpt-4o", "auto").size
    assert Image.open(io.BytesIO(after)).size == (512, 384)


def test_a_host_without_buffers_gets_base64(ask):
    content, buffers = ask("picture", image=0, which="original", base64=True)
    assert buffers == []
    assert base64.b64decode(content["blobs"][0]) == PICTURE


def test_a_picture_that_stays_has_no_other():
    made = ImageCompressor("gpt-4o", router=FixedRouter(Technique.PRESERVE)).run(
        [openai_message("Describe it", png(gradient(256, 256)))]
    )
    view = CompressionView(made)
    with pytest.raises(OptionError, match="no other image"):
        view._picture({"image": 0, "which": "compressed"})
    view.close()


def test_a_transcript_is_handed_over_whole(view, ask):
    view.override("messages[1].content[1]", "transcode")
    assert view.result.images[1].technique is Technique.TRANSCODE
    content, _ = ask("text", image=1)
    assert "12.50" in content["answer"]["text"]
    assert view.report["images"][1]["text"] == ""


@pytest.mark.parametrize("to", [name for name in FORMATS if name not in {"anthropic-batch", "gemini-jsonl"}])
def test_every_format_can_be_taken_away_with_what_was_overruled(view, ask, to):
    view.override("messages[0].content[1]", "preserve")
    content, (data,) = ask("export", to=to)
    expected = render(view.result, to)
    assert bytes(data) == (expected if isinstance(expected, bytes) else expected.encode())
    assert content["answer"] == {"file": FORMATS[to].file}
    if to == "zip":
        assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None


def test_a_format_for_another_provider_is_refused_with_its_sentence(ask):
    content, _ = ask("export", to="gemini-jsonl")
    assert "these messages are for OpenAI" in content["error"]


def test_the_widget_carries_a_table_and_a_report_for_where_nothing_runs(view):
    view.override("messages[0].content[1]", "preserve")
    data, _ = view._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "<table" in data["text/html"]
    assert "preserve" in data["text/plain"]
    assert data[report.JSON_MIME]["images"][0]["technique"] == "preserve"


def test_a_view_of_twenty_images_fits_into_a_notebook():
    noise = [png(Image.effect_noise((640, 480 + place), 90).convert("RGB")) for place in range(20)]
    made = ImageCompressor("gpt-4o", router=FixedRouter(Technique.FULL_LOW)).run(
        [openai_message("Describe them in a few words, please.", *noise)]
    )
    view = CompressionView(made)
    data, _ = view._repr_mimebundle_()
    state = {name: value for name, value in view.get_state().items() if not name.startswith("_")}
    assert len(json.dumps(data)) + len(json.dumps(state)) < 240_000
    view.close()


def test_labels_of_what_was_overruled_are_saved(view, tmp_path):
    view.override("messages[0].content[1]", "preserve")
    path = view.save_labels(tmp_path / "labels.jsonl")
    (row,) = map(json.loads, path.read_text("utf-8").splitlines())
    assert (row["text"], row["chosen"], row["routed"]) == ("Describe it", "preserve", "full_low")


def test_messages_that_come_at_the_same_time_wait_for_each_other(view):
    running, most = 0, 0
    guard = threading.Lock()
    choose = view._overruling.choose

    def watched(paths, technique):
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        made = choose(paths, technique)
        with guard:
            running -= 1
        return made

    view._overruling.choose = watched
    threads = [
        threading.Thread(target=view.override, args=((0, "content", 1), each)) for each in ("preserve", None) * 3
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_what_is_no_result_is_refused():
    with pytest.raises(OptionError, match="CompressionView shows what compress gives, not list"):
        CompressionView([])


def test_a_result_without_its_compressor_can_be_looked_at(result):
    view = CompressionView(replace(result, recompress=None))
    with pytest.raises(OptionError, match="compress the messages again"):
        view.override("messages[0].content[1]", "preserve")
    view.close()


def test_the_page_takes_a_form_draws_a_box_and_goes_back(view, ask, result):
    offer = result.images[0].forms[0]
    ask("form", image=0, form=offer.label)
    assert view.result.images[0].compressed_tokens == offer.tokens
    assert [form["label"] for form in view.report["images"][0]["forms"] if form["taken"]] == [offer.label]
    ask("box", image=0, box=[100, 100, 500, 400])
    assert view.report["images"][0]["crop_box"] == [100, 100, 500, 400]
    assert view.steps == (2, 0)
    ask("undo")
    ask("undo")
    assert view.result.messages == result.messages
    assert view.steps == (0, 2)
    ask("redo")
    assert view.overruled == {(0, "content", 1): offer.technique}


@pytest.mark.parametrize("box", [None, [1, 2, 3], [0, 0, 99_999, 5], ["a", 0, 5, 5]])
def test_what_is_no_box_is_answered_with_a_sentence(ask, box):
    content, _ = ask("box", image=0, box=box)
    assert "region of this image" in content["error"]


def test_a_form_that_is_not_offered_is_answered_with_those_that_are(ask):
    content, _ = ask("form", image=0, form="as a poem")
    assert "unchanged" in content["error"]


def test_one_choice_is_made_at_a_time(view):
    with pytest.raises(OptionError, match="one of technique, form and box"):
        view.override("messages[0].content[1]", "preserve", box=(0, 0, 100, 100))


def test_the_box_of_an_explorer_becomes_the_crop_and_is_taken_back(view, result, monkeypatch):
    explorer = view.explore("messages[0].content[1]")
    said = []
    monkeypatch.setattr(explorer, "send", lambda content, buffers=None: said.append(content))
    explorer._handle_custom_msg({"ask": "use", "id": "1"}, [])
    assert "draw a box" in said[-1]["error"]
    explorer.crop_box = (100, 100, 500, 400)
    explorer._handle_custom_msg({"ask": "use", "id": "2"}, [])
    assert "400×300" in said[-1]["answer"]["said"]
    assert view.report["images"][0]["crop_box"] == [100, 100, 500, 400]
    explorer._handle_custom_msg({"ask": "undo", "id": "3"}, [])
    assert view.result is result
    explorer.close()
