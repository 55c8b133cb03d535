from __future__ import annotations

import io
import json
import zipfile

import pytest

from headroom_nb import compress
from headroom_nb.errors import OptionError
from headroom_nb.formats import user_message
from headroom_nb.notebook.verb_table import EXPORTS
from headroom_nb.rendering.export import FORMATS, export, render
from tests.support import gradient


@pytest.fixture(scope="module")
def result():
    return compress([user_message("Describe it", gradient(1400, 1000))], router="rules")


def test_the_grammar_offers_every_format():
    assert list(FORMATS) == EXPORTS.split()


@pytest.mark.parametrize("to", FORMATS)
def test_every_format_is_the_same_bytes_every_time(result, to):
    if to not in {"anthropic-batch", "gemini-jsonl"}:
        assert render(result, to) == render(result, to)
    else:
        with pytest.raises(OptionError, match="these messages are for OpenAI Chat Completions"):
            render(result, to)


def test_a_file_is_written_whole_and_nothing_else_is_left(result, tmp_path):
    written = export(result, "json", tmp_path / "payload.json")
    assert json.loads((tmp_path / "payload.json").read_text()) == result.messages
    assert [entry.name for entry in tmp_path.iterdir()] == ["payload.json"]
    assert "payload.json" in str(written)


@pytest.mark.parametrize(
    ("name", "to"),
    [
        ("payload.json", "json"),
        ("payload", "json"),
        ("call.py", "python"),
        ("call.sh", "curl"),
        ("images.zip", "zip"),
        ("report.md", "md"),
        ("report.html", "html"),
        ("march.headroom.json", "report"),
    ],
)
def test_the_end_of_a_name_says_the_format_where_nobody_does(result, tmp_path, name, to):
    assert export(result, path=tmp_path / name).about == FORMATS[to].about


@pytest.mark.parametrize(
    ("name", "says"), [("lines.jsonl", "openai-batch, anthropic-batch, gemini"), ("x.pdf", "json")]
)
def test_a_name_that_fits_several_formats_or_none_is_asked_about(result, tmp_path, name, says):
    with pytest.raises(OptionError, match=f"say which with --to .* one of {says}"):
        export(result, path=tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_stays_unless_it_is_forced(result, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text("mine")
    with pytest.raises(OptionError, match="--force"):
        export(result, "json", path)
    assert path.read_text() == "mine"
    export(result, "json", path, force=True)
    assert path.read_text() != "mine"


def test_a_place_that_cannot_be_written_is_one_clear_error(result, tmp_path):
    with pytest.raises(OptionError, match="cannot be written"):
        export(result, "json", tmp_path / "missing" / "x.json")
    with pytest.raises(OptionError, match="is a folder"):
        export(result, "json", tmp_path)


def test_a_failed_write_leaves_the_old_file_as_it_was(result, tmp_path, monkeypatch):
    path = tmp_path / "old.json"
    path.write_text("old")

    def full(draft, target, *, force):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("headroom_nb.runtime.files._move", full)
    with pytest.raises(OptionError, match="No space left"):
        export(result, "json", path, force=True)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("old.json", "old")]


def test_the_archive_holds_each_picture_before_and_after(result):
    with zipfile.ZipFile(io.BytesIO(render(result, "zip"))) as archive:
        names = archive.namelist()
        (name,) = (name for name in names if name.startswith("original/001-messages-0-content-1."))
        assert archive.read(name) == result.images[0].original
    assert [name for name in names if name.startswith("sent/")]
    assert "report.txt" in names


def test_the_html_report_needs_nothing_from_outside(result):
    page = render(result, "html")
    assert page.startswith("<!DOCTYPE html>")
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page


def test_raw_bytes_become_base64_in_json():
    message = user_message("Describe it", gradient(300, 200), provider="bedrock")
    result = compress([message], router="rules")
    (text,) = (json.loads(render(result, "json")),)
    assert isinstance(text[0]["content"][0]["image"]["source"]["bytes"], str)
    with pytest.raises(OptionError, match="signs its requests"):
        render(result, "curl")


def test_what_has_no_json_form_is_said_to_have_none():
    result = compress([{"role": "user", "content": "hello", "extra": object()}])
    with pytest.raises(OptionError, match="cannot be written as JSON"):
        render(result, "json")


@pytest.mark.parametrize("wrong", [3, [], [3]])
def test_only_results_can_be_exported(wrong):
    with pytest.raises((OptionError, TypeError)):
        render(wrong, "json")


def test_an_unknown_format_names_the_close_one(result):
    with pytest.raises(OptionError, match="did you mean json"):
        render(result, "jsn")


@pytest.mark.parametrize("to", ["json", "python", "curl"])
@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_no_request_can_carry_is_refused_in_every_format(to, number):
    body = {
        "model": "gpt-4o",
        "temperature": number,
        "messages": [user_message("What is this?", gradient(90, 70))],
    }
    with pytest.raises(OptionError, match=r"JSON|carry"):
        render(compress(body), to)
