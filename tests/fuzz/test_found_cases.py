"""What fuzzing found, each case by name."""

from __future__ import annotations

import json
import tracemalloc
import zlib

import pytest

import headroom_nb
from headroom_nb import ImageCompressor, Limits
from headroom_nb.analysis import files
from headroom_nb.errors import FileAccessError, HeadroomError, MessageError, OptionError
from headroom_nb.notebook import targets
from headroom_nb.rendering.export import render
from headroom_nb.runtime import packing
from tests.support import gradient, openai_message, png

PICTURE = png(gradient(40, 30))


def test_a_list_in_a_notebook_s_picture_that_is_no_text_is_a_line_without_a_figure():
    notebook = {"cells": [{"outputs": [{"data": {"image/png": ["AAAA", 3]}}]}]}
    (line,) = headroom_nb.bill(notebook, model="gpt-4o").lines
    assert line.note == "not an image that can be counted"


def test_a_remembered_record_never_inflates_without_bound():
    bomb = zlib.compress(b" " * 200_000_000, 9)
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"Expecting value|no record"):
        packing.unpack(len(bomb).to_bytes(4, "big") + bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6


def test_a_remembered_record_nested_without_end_is_no_record():
    head = zlib.compress(b'{"record":' + b"[" * 200_000)
    with pytest.raises(ValueError, match="no record"):
        packing.unpack(len(head).to_bytes(4, "big") + head)


@pytest.mark.parametrize("text", ["[" * 200_000, "(" * 5_000, "-" * 200_000 + "1"])
def test_a_cell_nested_without_end_is_refused(text):
    with pytest.raises(OptionError):
        targets.read_body(text, {})


def test_a_notebook_file_nested_without_end_is_refused(tmp_path):
    file = tmp_path / "deep.ipynb"
    file.write_text("[" * 200_000)
    with pytest.raises(MessageError, match="is not a notebook"):
        headroom_nb.bill(file)


@pytest.mark.parametrize("wrong", [[1], {1: 2}, 3, 1.5, b"gpt-4o", ("gpt-4o",)])
def test_a_model_that_is_no_name_is_refused_wherever_it_is_given(wrong):
    message = [openai_message("", PICTURE)]
    for call in (
        lambda: headroom_nb.compress(message, model=wrong),
        lambda: headroom_nb.check(message, wrong),
        lambda: headroom_nb.fit_limits(message, wrong),
        lambda: headroom_nb.compare(PICTURE, [wrong]),
        lambda: headroom_nb.estimate_tokens(10, 10, wrong),
        lambda: headroom_nb.optimize_images_in_messages(message, "openai", wrong),
        lambda: headroom_nb.provider_view(PICTURE, wrong),
        lambda: headroom_nb.register_model("x", like=wrong),
    ):
        with pytest.raises(OptionError):
            call()


@pytest.mark.parametrize("wrong", [[1], {1: 2}, 3, None])
def test_a_provider_or_detail_that_is_no_word_is_refused(wrong):
    with pytest.raises(OptionError):
        headroom_nb.estimate_tokens(10, 10, "gpt-4o", wrong)
    if wrong is not None:
        with pytest.raises(OptionError):
            headroom_nb.compress([openai_message("", PICTURE)], provider=wrong)
        with pytest.raises(OptionError):
            headroom_nb.user_message("", PICTURE, detail=wrong)


@pytest.mark.parametrize("path", ["", ".", "/", "no such file", "a\0b", "~nobody-of-this-name/x", "x" * 5000, "\ud800"])
def test_a_path_that_cannot_be_read_is_our_error(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for call in (
        lambda: headroom_nb.bill(path),
        lambda: headroom_nb.compare(path),
        lambda: headroom_nb.provider_view(path, "gpt-4o"),
        lambda: headroom_nb.user_message("", path),
    ):
        with pytest.raises(FileAccessError) as caught:
            call()
        assert len(str(caught.value)) < 300
    with pytest.raises(OptionError):
        headroom_nb.load_models(path)


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 5000, "\ud800\udfff", 3, [], "~nobody-of-this-name/x"])
def test_a_path_that_cannot_be_written_is_our_error(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = headroom_nb.compress([], model="gpt-4o")
    with pytest.raises(HeadroomError):
        headroom_nb.export(result, "json", path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [10**400, 2**63, -1, 0, 1.5, True and float("nan"), None, "640"])
def test_a_side_that_no_picture_has_is_refused(size):
    with pytest.raises(OptionError, match="two positive whole numbers"):
        headroom_nb.estimate_tokens(size, 480)


def test_a_limit_of_any_size_can_be_given():
    assert Limits(max_images=10**400).max_images == 10**400


@pytest.mark.parametrize(
    "row",
    [
        {"aliases": 3},
        {"aliases": [3]},
        {"like": "gpt-4o", "limits": 3},
        {"like": "gpt-4o", "limits": {"max_side": "wide"}},
        {"like": "gpt-4o", "limits": {"media_types": 3}},
        {"like": "gpt-4o", "price": {"usd_per_million": float("nan")}},
        {"like": "gpt-4o", "price": {3: 4}},
        {"like": "gpt-4o", "price": {"note": 3}},
        {"like": "gpt-4o", "text_scale": -1},
        {"like": "gpt-4o", "exact": "yes"},
        {"provider": "openai", "rule": [], "details": {"auto": {}}},
        {"provider": "openai", "rule": "flat", "details": {"auto": 3}},
        {"provider": "openai", "rule": "flat", "details": {"auto": {"tokens": "many"}}},
        {"provider": "openai", "rule": "flat", "details": {"auto": {"tokens": -5}}},
        {"provider": "openai", "rule": "flat", "details": {"auto": {"tokens": 5, "alternatives": 3}}},
        {"provider": "openai", "rule": "area", "details": {"auto": {"pixels_per_token": 0, "max_pixels": 100}}},
    ],
    ids=str,
)
def test_a_row_that_cannot_be_counted_with_is_refused_and_not_kept(row):
    with pytest.raises(OptionError):
        headroom_nb.register_model("no-such-model-yet", **row)
    with pytest.raises(HeadroomError):
        headroom_nb.estimate_tokens(10, 10, "no-such-model-yet")


@pytest.mark.parametrize("techniques", [3, "crop", [1], {(0, "content", 0): "sharpen"}, {3: "crop"}, {(): []}])
def test_choices_by_hand_that_are_none_are_refused(techniques):
    with pytest.raises(OptionError):
        ImageCompressor("gpt-4o").run([openai_message("", PICTURE)], techniques=techniques)


def test_a_request_is_written_whatever_its_own_keys_are():
    result = headroom_nb.compress({"messages": [], "model": "gpt-4o", "x": {"y": [None, 1e308]}})
    for to in ("json", "python", "curl"):
        assert json.dumps(str(render(result, to)))


@pytest.mark.parametrize("path", ["x" * 5000, "~nobody-of-this-name/x", "\ud800", "a\0b", ""])
def test_a_name_that_no_file_can_have_names_no_pictures(path):
    assert files.find_pictures(path) == []


@pytest.mark.parametrize("path", ["~nobody-of-this-name/x", "a/\ud800"])
def test_a_folder_that_cannot_be_is_no_cache_and_no_sink(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for call in (
        lambda: headroom_nb.clear_cache(path),
        lambda: ImageCompressor(cache=path),
        lambda: headroom_nb.compress_batch("in.jsonl", path),
        lambda: headroom_nb.compress_batch(path, "out.jsonl"),
        lambda: headroom_nb.export(headroom_nb.compress([], model="gpt-4o"), "json", path),
        lambda: headroom_nb.compress([], model="gpt-4o").save_report(path),
    ):
        with pytest.raises(HeadroomError):
            call()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("contents", [float("nan"), 3, None, "text", {"content": "x"}])
def test_contents_that_are_no_list_are_written_or_refused(contents):
    result = headroom_nb.compress({"contents": contents, "model": "gemini-2.5-flash"}, model="gemini-2.5-flash")
    for to in ("python", "curl", "gemini-jsonl"):
        try:
            assert render(result, to)
        except HeadroomError as error:
            assert "JSON" in str(error) or "parts" in str(error)  # noqa: PT017 - either is fine


@pytest.mark.parametrize(
    "address", ["https://exa]mple.invalid/a.png", "https://[::1/a.png?x=1", "file://a]b/c.png", "://", "gs://["]
)
def test_an_address_that_no_library_can_read_is_named_or_refused(address):
    block = {"type": "image_url", "image_url": {"url": address}}
    document = [{"role": "user", "content": [block]}]
    result = headroom_nb.compress(document, model="gpt-4o")
    assert result.messages == document
    repr(result)
    with pytest.raises(HeadroomError):
        headroom_nb.user_message("", address)
