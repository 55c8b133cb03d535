"""The magics in a shell in this process: what each verb gives, and what it says when it cannot."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest
from PIL import Image

from headroom_nb.errors import HeadroomError, MessageError, OptionError, UnknownModelError
from headroom_nb.formats import user_message
from headroom_nb.notebook.magics import HeadroomMagics, load_ipython_extension, unload_ipython_extension
from headroom_nb.notebook.verb_table import VERBS
from headroom_nb.records import CompressionResult


def magic(shell, line):
    return shell.run_line_magic("headroom", line)


@pytest.fixture
def ready(shell, messages):
    shell.user_ns["messages"] = messages
    return shell


def test_loading_twice_changes_nothing(ready):
    before = ready.magics_manager.magics["line"]["headroom"]
    load_ipython_extension(ready)
    assert ready.magics_manager.magics["line"]["headroom"] == before
    assert len(ready.Completer.custom_matchers) == 1
    assert sum(isinstance(found, HeadroomMagics) for found in ready.configurables) == 1


def test_unloading_restores_the_shell(ready):
    unload_ipython_extension(ready)
    assert "headroom" not in ready.magics_manager.magics["line"]
    assert "headroom" not in ready.magics_manager.magics["cell"]
    assert not any(isinstance(found, HeadroomMagics) for found in ready.configurables)
    unload_ipython_extension(ready)
    load_ipython_extension(ready)
    assert magic(ready, "help").headline.startswith("%headroom")


def test_compress_gives_the_result_and_binds_it(ready):
    result = magic(ready, "compress messages --router rules --model gpt-4o -o kept")
    assert isinstance(result, CompressionResult)
    assert ready.user_ns["kept"] is result
    assert result.model == "gpt-4o"


def test_a_semicolon_silences_and_binds_all_the_same(ready):
    assert magic(ready, "compress messages --router rules -o kept;") is None
    assert isinstance(ready.user_ns["kept"], CompressionResult)


def test_images_of_a_variable_are_called_as_it_is(ready):
    ready.user_ns["scan"] = Image.new("RGB", (300, 200), "red")
    ready.user_ns["scans"] = [Image.new("RGB", (300, 200), colour) for colour in ("green", "blue")]
    one = magic(ready, "compress scan --question What? --router rules")
    assert [image.name for image in one] == ["scan"]
    two = magic(ready, "compress scans --question What? --router rules")
    assert [image.name for image in two] == ["scans[0]", "scans[1]"]


def test_a_result_can_be_compressed_again(ready):
    magic(ready, "compress messages --router rules -o kept")
    again = magic(ready, "compress kept --router rules")
    assert again.messages == ready.user_ns["kept"].messages


def test_an_expression_sees_the_variables_and_is_not_expanded(ready):
    ready.user_ns["url"] = "EXPANDED"
    result = magic(ready, "compress [{'role': 'user', 'content': '{url} $url'}] + messages[:0]")
    assert result.messages == [{"role": "user", "content": "{url} $url"}]


@pytest.mark.parametrize(
    "body",
    [
        '[{"role": "user", "content": "hi", "x": null, "y": true}]',
        "[{'role': 'user', 'content': 'hi',\n 'x': None, 'y': 1 == 1}]",
        "[{'role': 'user', 'content': 'hi', 'x': None, 'y': yes}  # ours\n]",
    ],
)
def test_a_cell_is_json_or_one_python_expression(ready, body):
    ready.user_ns["yes"] = True
    result = ready.run_cell_magic("headroom", "compress", body)
    assert result.messages == [{"role": "user", "content": "hi", "x": None, "y": True}]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("compress", "such as: %headroom compress messages"),
        ("compress messges", "did you mean messages?"),
        ("compress 3", "of type int"),
        ("compress messages[7]", "IndexError"),
        ("compress a b", "neither a variable nor an expression"),
        ("estimate nothing.png", "there is no file at nothing.png"),
        ("compress nothing.png", "there is no file at nothing.png"),
        ("estimate https://example.com/a.png", "is a URL, which is not fetched"),
        ("compress messages what is this", '--question "what is this"'),
        ("compress messages --question Who?", "has questions of its own"),
        ("compress messages --image-column path", "is not a table"),
        ("estimate 'nowhere/*.png'", "there is no file at"),
        ("estimate 'empty folder'", "there is no image and no PDF in 'empty folder'"),
        ("estimate []", "there are no images in []"),
        ("export messages", "only what compress gives"),
        ("config qualty", "did you mean quality?"),
        ("config quality sfe", "did you mean safe?"),
        ("help comprss", "did you mean compress?"),
        ("models gpt-4oo", "did you mean gpt-4o?"),
        ("compress messages --provider opnai", "opnai"),
    ],
)
def test_a_mistake_says_what_is_wrong_and_the_fix_in_one_line(ready, tmp_path, line, says):
    (tmp_path / "empty folder").mkdir()
    with pytest.raises(HeadroomError, match=re.escape(says)) as failure:
        magic(ready, line)
    (shown,) = failure.value._render_traceback_()
    assert shown.startswith(type(failure.value).__name__ + ": ")
    assert "\n" not in shown


def test_a_cell_and_a_target_together_are_refused(ready):
    with pytest.raises(OptionError, match="leave one out"):
        ready.run_cell_magic("headroom", "compress messages", "[]")
    with pytest.raises(OptionError, match="takes no cell"):
        ready.run_cell_magic("headroom", "doctor", "x")


def test_a_path_in_an_error_is_shown(ready):
    ready.user_ns["broken"] = SimpleNamespace()
    error = MessageError("bad block", path=("messages", 3))
    assert error._render_traceback_() == ["MessageError: bad block (at messages[3])"]


def test_estimate_counts_files_folders_globs_and_pictures_in_memory(ready, tmp_path):
    folder = tmp_path / "my photos"
    folder.mkdir()
    for name in ("b.png", "a.png"):
        Image.new("RGB", (600, 400), "red").save(folder / name)
    (folder / "notes.txt").write_text("x")
    ready.user_ns["picture"] = Image.new("RGB", (600, 400))
    for target, count in (
        ('"my photos"', 2),
        ("'my photos/*.png'", 2),
        ("'my photos/a.png'", 1),
        ("picture", 1),
        ("[picture, picture]", 2),
        ("messages", 1),
        ("messages[0]", 1),
    ):
        found = magic(ready, f"estimate {target} --model gpt-4o")
        assert len(found.lines) == count
        assert "tokens on gpt-4o" in str(found)


def test_a_picture_that_cannot_be_counted_keeps_its_row(ready, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    Image.new("RGB", (60, 40)).save(tmp_path / "good.png")
    found = magic(ready, "estimate *.png --model gpt-4o")
    assert [line.tokens is None for line in found.lines] == [True, False]
    assert "not known" in str(found)
    assert "1 of 2 could not be counted" in found.warnings[0]


def test_a_url_is_counted_as_not_known_and_never_fetched(ready):
    ready.user_ns["linked"] = [
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.invalid/a.png"}}]}
    ]
    table = magic(ready, "estimate linked")
    assert "not fetched" in str(table)


def test_route_shows_the_choice_and_the_question_given(ready):
    table = magic(ready, 'route messages --router rules --question "What is the total, $5 or {x}?"')
    assert "What is the total, $5 or {x}?" in table.rows[0]


def test_view_gives_the_pictures_the_model_sees(ready):
    views = magic(ready, "view messages --model gpt-4o --detail low")
    assert views.images[0].size == views.views[0].cost.sent_size
    assert len(views._repr_mimebundle_()["text/html"]) < 200_000


def test_models_filters_by_any_part_of_the_name(ready):
    table = magic(ready, "models CLAUDE")
    assert table.rows
    assert all("claude" in row[0] for row in table.rows)


def test_config_sets_for_the_session_and_an_option_on_the_line_wins(ready):
    magic(ready, "config model claude-opus-4-8")
    magic(ready, "config quality = safe")
    assert "quality" in str(magic(ready, "config"))
    result = magic(ready, "compress messages --router rules")
    assert result.quality == "safe"
    assert result.provider == "openai", "a setting for another provider's model gives way"
    magic(ready, "config model gpt-4o")
    result = magic(ready, "compress messages --router rules")
    assert (result.model, result.model_note) == ("gpt-4o", "your default model")
    assert magic(ready, "compress messages --router rules --model gpt-4o-mini").model == "gpt-4o-mini"


def test_config_trust_lets_the_project_s_file_set_what_matters(ready, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.headroom_nb]\nfetch_urls = "on"\n')
    shown = str(magic(ready, "config trust"))
    assert "Trusted from now on: fetch_urls = 'on'" in shown
    assert str(tmp_path / "pyproject.toml") in shown


def test_config_sets_a_limit_and_the_result_names_it(ready):
    magic(ready, "config max_image_pixels 10")
    result = magic(ready, "compress messages --router rules")
    assert all("max_image_pixels" in image.error for image in result.images)
    with pytest.raises(OptionError, match="max_images='none' is not a limit; give a whole number above 0"):
        magic(ready, "config max_images none")


def test_the_config_magic_knows_the_settings(ready):
    ready.run_line_magic("config", "HeadroomMagics.quality = 'max'")
    assert magic(ready, "compress messages --router rules").quality == "max"


def test_a_wrong_value_in_config_is_refused_with_a_hint(ready):
    ready.run_line_magic("config", "HeadroomMagics.quality = 'sfe'")
    with pytest.raises(OptionError, match=r"quality = 'sfe' \(in %config\) .*did you mean safe\?"):
        magic(ready, "compress messages")


def test_a_broken_cell_says_where_it_is_no_json_and_repeats_little_of_it(ready):
    body = '[{"role": "user",\n "content": "' + "x" * 5000 + '" oops}]'
    with pytest.raises(OptionError, match=r"not JSON .* in line 2") as failure:
        ready.run_cell_magic("headroom", "compress", body)
    assert len(str(failure.value)) < 400


def test_a_model_in_the_request_wins_over_a_setting(ready, messages):
    ready.user_ns["body"] = {"model": "gpt-4o-mini", "messages": messages}
    magic(ready, "config model gpt-4o")
    assert magic(ready, "compress body --router rules").model == "gpt-4o-mini"


def test_export_writes_where_it_is_told(ready, tmp_path):
    magic(ready, "compress messages --router rules -o r")
    written = magic(ready, 'export r --to html "my report.html"')
    assert (tmp_path / "my report.html").read_text().startswith("<!DOCTYPE html>")
    assert str(written).startswith("Wrote my report.html")


def test_doctor_reports_without_raising(ready):
    text = str(magic(ready, "doctor --router rules" if VERBS["doctor"].options else "doctor"))
    for part in ("headroom-nb", "Python", "router", "OCR engine"):
        assert part in text


def test_doctor_shows_the_settings_that_somebody_changed(ready):
    assert "setting quality" not in str(magic(ready, "doctor"))
    magic(ready, "config quality safe")
    text = str(magic(ready, "doctor"))
    assert "setting quality" in text
    assert "setting strict" not in text


@pytest.mark.parametrize("verb", VERBS)
def test_help_explains_every_verb_with_every_option(ready, verb):
    text = " ".join(str(magic(ready, f"help {verb}")).split())
    for option in VERBS[verb].options:
        assert option.name in text
        assert option.about in text


def test_the_docstring_lists_the_verbs():
    for verb in VERBS:
        assert f"    {verb} " in HeadroomMagics.headroom.__doc__


@pytest.mark.parametrize(
    "hostile", ['"><script>x</script>', "{x} $y", "line\nbreak", "\u202egnp", "'quoted' \"twice\"", "%s %(a)d \\"]
)
def test_hostile_questions_pass_through_every_verb(ready, hostile):
    ready.user_ns["odd"] = [user_message(hostile, Image.new("RGB", (400, 300)))]
    result = magic(ready, "compress odd --router rules")
    assert result.messages[0]["content"][0]["text"] == hostile
    for line in ("estimate odd", "route odd --router rules", "view odd"):
        bundle = magic(ready, line)._repr_mimebundle_()
        assert "<script>" not in bundle["text/html"]


def test_a_hostile_file_name_is_shown_as_text(ready, tmp_path):
    name = '"><script>{x} $y.png'.replace("/", "")
    Image.new("RGB", (40, 30)).save(tmp_path / name)
    bundle = magic(ready, "estimate *.png")._repr_mimebundle_()
    assert "<script>" not in bundle["text/html"]
    assert name in bundle["text/plain"]


def test_compare_takes_messages_files_and_pictures_in_memory(ready, tmp_path):
    for name in ("a.png", "b.png"):
        Image.new("RGB", (900, 700)).save(tmp_path / name)
    ready.user_ns["picture"] = Image.new("RGB", (900, 700))
    for target, count in (("messages", 1), ("a.png", 1), ("*.png", 2), ("picture", 1)):
        comparison = magic(ready, f"compare {target} --models gpt-4o,claude-opus-4-8")
        assert comparison.images == count
        assert {line.model for line in comparison.lines} == {"gpt-4o", "claude-opus-4-8"}
        bundle = comparison._repr_mimebundle_()
        assert "claude-opus-4-8" in bundle["text/plain"]
        assert "headroom-nb" in bundle["text/html"]


def test_check_names_the_block_that_breaks_a_limit(ready):
    ready.user_ns["huge"] = [user_message("x", Image.new("L", (9000, 20)), provider="anthropic")]
    result = magic(ready, "check huge")
    assert not result.ok
    assert "messages[0].content[0]" in result._repr_mimebundle_()["text/plain"]
    assert "within the limits" in str(magic(ready, "check messages"))


def test_bill_counts_the_pictures_of_a_notebook_and_asks_for_a_file_where_none_is_known(shell, tmp_path, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    path = tmp_path / "plots.ipynb"
    path.write_text('{"nbformat": 4, "cells": []}')
    assert "0 images" in str(shell.run_line_magic("headroom", f"bill {path}"))
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    assert "0 images" in str(shell.run_line_magic("headroom", "bill"))
    monkeypatch.delenv("JPY_SESSION_NAME")
    with pytest.raises(OptionError, match="name it"):
        shell.run_line_magic("headroom", "bill")
    with pytest.raises(OptionError, match="no notebook at"):
        shell.run_line_magic("headroom", "bill nowhere.ipynb")


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ('config cache "/tmp/my cache"', "cache", "/tmp/my cache"),
        ("config cache=/tmp/a=b", "cache", "/tmp/a=b"),
        ("config model = 'gpt-4o'", "model", "gpt-4o"),
    ],
)
def test_a_setting_s_value_loses_its_quotes_alone(ready, line, name, value):
    table = magic(ready, line)
    assert [(row[1], row[2]) for row in table.rows if row[0] == name] == [(value, "%config")]


def test_compress_takes_images_where_no_conversation_is(ready, tmp_path):
    for name in ("one.png", "two.png"):
        Image.linear_gradient("L").resize((800, 600)).save(tmp_path / name)
    ready.user_ns["picture"] = Image.open(tmp_path / "one.png")
    for target, count in (("one.png two.png", 2), ("*.png", 2), (".", 2), ("picture", 1), ("[picture, picture]", 2)):
        result = magic(ready, f'compress {target} --question "What is this?" --router rules --model claude-opus-5-5')
        assert len(result.messages) == 1, "what is asked once is one message"
        assert [image.question for image in result] == ["What is this?"] * count
        assert result.provider == "anthropic"


def test_compress_takes_a_table_and_a_file_of_messages(ready, tmp_path, messages):
    pandas = pytest.importorskip("pandas")
    Image.new("RGB", (800, 600), "white").save(tmp_path / "one.png")
    ready.user_ns["df"] = pandas.DataFrame({"path": ["one.png"], "ask": ["Who?"], "q": ["Where?"]})
    result = magic(ready, "compress df --question-column ask --router rules")
    assert [image.question for image in result] == ["Who?"]
    (tmp_path / "request.json").write_text(json.dumps({"model": "gpt-4o-mini", "messages": messages}))
    assert magic(ready, "compress request.json --router rules").model == "gpt-4o-mini"
    assert "within the limits" in str(magic(ready, "check request.json"))


def test_route_with_a_model_shows_what_would_be_sent_and_changes_nothing(ready):
    table = magic(ready, "route messages --model gpt-4o --router rules")
    assert table.headline.endswith("if it is compressed")
    assert "gpt-4o" in table.headline


def test_the_word_that_names_no_file_is_named(ready, tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "one.png")
    with pytest.raises(MessageError, match=r"no file at two\.png; did you mean one\.png"):
        magic(ready, "compress one.png two.png")


def test_a_model_that_nobody_knows_is_a_warning_and_with_strict_an_error(shell, messages):
    shell.user_ns["body"] = {"model": "my-deployment", "messages": messages}
    assert "my-deployment" in " ".join(shell.run_line_magic("headroom", "compress body").warnings)
    with pytest.raises(UnknownModelError):
        shell.run_line_magic("headroom", "compress body --strict")
    shell.run_line_magic("headroom", "config strict on")
    for line in ("estimate body", "check body"):
        with pytest.raises(UnknownModelError):
            shell.run_line_magic("headroom", line)


def test_an_export_goes_to_the_address_that_the_line_names(shell, messages, tmp_path):
    shell.user_ns["messages"] = messages
    shell.run_line_magic("headroom", "compress messages -o r")
    shell.run_line_magic("headroom", "export r ask.sh --to curl --base-url http://localhost:8000/v1")
    assert "http://localhost:8000/v1/chat/completions" in (tmp_path / "ask.sh").read_text()
    with pytest.raises(OptionError, match="base_url"):
        shell.run_line_magic("headroom", "export r r.json --base-url http://localhost:8000/v1")


@pytest.mark.parametrize("target", ["photo.png", "messages"])
def test_a_question_without_quotes_is_told_how_to_be_written(ready, tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (64, 64)).save("photo.png")
    with pytest.raises(OptionError, match='needs quotes: --question "What'):
        magic(ready, f"compress {target} --question What is this? --router rules")


def test_a_model_nobody_knows_is_counted_for_files_too_unless_strict(ready, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (64, 64)).save("photo.png")
    assert "my-deployment" in magic(ready, "compress photo.png --model my-deployment --router rules").warnings[0]
    with pytest.raises(UnknownModelError):
        magic(ready, "compress photo.png --model my-deployment --strict")


def test_route_with_a_budget_shows_what_would_be_sent_within_it(ready):
    table = magic(ready, "route messages --budget 300 --model gpt-4o --router rules")
    assert any("300 tokens" in line for line in table.lines)


def test_requests_of_a_file_are_counted_by_their_own_model(ready, tmp_path, messages):
    line = json.dumps({"custom_id": "a", "body": {"model": "claude-opus-5-5", "messages": messages}})
    (tmp_path / "requests.jsonl").write_text(f"{line}\n{line}\n")
    found = magic(ready, "compress requests.jsonl --router rules")
    assert found.model == "claude-opus-5-5"
    assert [image.name for image in found] == ["request 1, message 1", "request 2, message 1"]
    assert magic(ready, "check requests.jsonl").model == "claude-opus-5-5"


def test_an_image_is_chosen_by_the_number_its_table_shows(ready, messages):
    ready.user_ns["three"] = [*messages, *messages]
    shown = str(magic(ready, "view three --model gpt-4o"))
    assert "0  message 1" in shown
    assert "message 2" in str(magic(ready, "view three --model gpt-4o --image 1"))
    assert "message 2" in str(magic(ready, 'view three --model gpt-4o --image "messages[1].content[1]"'))
