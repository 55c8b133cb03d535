"""Every choice as one object: checked in one place, and handed on whole to every path."""

import asyncio
import json
import pickle
from dataclasses import fields

import numpy as np
import pytest

import headroom_nb
from headroom_nb import ImageCompressor, ImageFetcher, Limits, Options, compress
from headroom_nb.errors import OptionError
from headroom_nb.ocr import FakeOcr
from headroom_nb.options import BY_SETTING, CHOICES, as_text
from headroom_nb.records import Technique
from tests.support import FixedRouter, gradient, openai_message, png

MESSAGES = [openai_message("Is it sunny?", png(gradient(600, 400)))]

CHANGED = {
    "model": "gpt-4o-mini",
    "default_model": "gpt-4o",
    "provider": "openai",
    "strict": True,
    "quality": "safe",
    "router": "rules",
    "ocr": "isolated",
    "use_siglip": False,
    "keep_low_view": True,
    "duplicates": "exact",
    "history": "last=2",
    "text_images": "extract",
    "budget": "$0.02",
    "max_tokens_per_image": 400,
    "enforce_limits": True,
    "pages": "2-3",
    "zoom": True,
    "fetch_urls": True,
    "cache": "off",
    "limits": Limits(max_images=3),
}
"""A value for each option that is not its default."""


def test_every_option_has_its_value_here():
    assert CHANGED.keys() == CHOICES.keys()
    assert not [name for name, value in CHANGED.items() if value == getattr(Options(), name)]


@pytest.fixture
def used(monkeypatch):
    """The options of every compression, in order."""
    found = []
    run = ImageCompressor.run

    def noting(self, messages, provider=None, model=None, **kwargs):
        given = {"provider": provider, "model": model}
        found.append(
            Options.of(self.options, **{name: value for name, value in given.items() if isinstance(value, str)})
        )
        return run(self, messages, provider, model, **kwargs)

    monkeypatch.setattr(ImageCompressor, "run", noting)
    return found


def by_name(name, value):
    return {name: value}


def by_compress(name, value, tmp_path):
    compress(MESSAGES, **by_name(name, value))


def by_object(name, value, tmp_path):
    compress(MESSAGES, options=Options(**by_name(name, value)))


def by_compressor(name, value, tmp_path):
    pickle.loads(pickle.dumps(ImageCompressor(**by_name(name, value)))).run(MESSAGES)


def by_batch(name, value, tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"messages": MESSAGES}) + "\n")
    headroom_nb.compress_batch(source, tmp_path / "out.jsonl", progress=False, **by_name(name, value))


def by_widget(name, value, tmp_path):
    pytest.importorskip("anywidget")
    view = headroom_nb.CompressionView(compress(MESSAGES, **by_name(name, value)))
    view.override(view.result.images[0].path, "full_low")


def by_copy(name, value, tmp_path):
    from headroom_nb.server import worker

    (tmp_path / "input").write_bytes(json.dumps(MESSAGES).encode())
    (tmp_path / "task.json").write_text(json.dumps({"name": "chat.json", "settings": dict([as_setting(name, value)])}))
    worker.work(str(tmp_path))
    assert "error" not in json.loads((tmp_path / "answer.json").read_text())


def by_client(name, value, tmp_path):
    client = client_of("OpenAI", "Client")
    headroom_nb.wrap(client, **by_name(name, value))
    client.chat.completions.create(model="gpt-4o", messages=MESSAGES)


def by_asynchronous_client(name, value, tmp_path):
    client = client_of("AsyncOpenAI", "AsyncClient")
    headroom_nb.wrap(client, **by_name(name, value))
    asyncio.run(client.chat.completions.create(model="gpt-4o", messages=MESSAGES))


def by_verb(name, value, tmp_path):
    in_a_shell(tmp_path, [setting_line(name, value), "compress messages"])


def by_auto(name, value, tmp_path):
    client = client_of("OpenAI", "Client")
    in_a_shell(tmp_path, [setting_line(name, value), "auto on"], client=client)
    client.chat.completions.create(model="gpt-4o", messages=MESSAGES)


def by_batch_verb(name, value, tmp_path):
    (tmp_path / "in.jsonl").write_text(json.dumps({"messages": MESSAGES}) + "\n")
    in_a_shell(tmp_path, [setting_line(name, value), "batch in.jsonl out.jsonl"])


def by_line(name, value, tmp_path):
    in_a_shell(tmp_path, [f"compress messages {on_a_line(name, value)}"])


def by_auto_line(name, value, tmp_path):
    client = client_of("OpenAI", "Client")
    in_a_shell(tmp_path, [f"auto on {on_a_line(name, value)}"], client=client)
    client.chat.completions.create(model="gpt-4o", messages=MESSAGES)


def by_batch_line(name, value, tmp_path):
    (tmp_path / "in.jsonl").write_text(json.dumps({"messages": MESSAGES}) + "\n")
    in_a_shell(tmp_path, [f"batch in.jsonl out.jsonl {on_a_line(name, value)}"])


def on_a_line(name, value):
    """Return an option with its value as they are written on a line."""
    text = "max_images=3" if name == "limits" else as_text(value)
    return f"--{name.replace('_', '-')}={text}"


def as_setting(name, value):
    """Return an option as the name and the text of a setting; the model is only one of a line."""
    if name == "limits":
        return "max_images", "3"
    return CHOICES[name].setting, as_text(value)


def setting_line(name, value):
    return "config {} {}".format(*as_setting(name, value))


def client_of(kind, transport):
    openai, httpx = pytest.importorskip("openai"), pytest.importorskip("httpx")

    def answer(request):
        choice = {"index": 0, "message": {"role": "assistant", "content": "ok"}, "finish_reason": "stop"}
        reply = {"id": "1", "object": "chat.completion", "created": 0, "model": "gpt-4o", "choices": [choice]}
        return httpx.Response(200, json=reply)

    http = getattr(httpx, transport)(transport=httpx.MockTransport(answer))
    return getattr(openai, kind)(api_key="none", http_client=http)


def in_a_shell(tmp_path, lines, **variables):
    pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell

    from headroom_nb.notebook.magics import load_ipython_extension, unload_ipython_extension

    shell = InteractiveShell()
    shell.history_manager.enabled = False
    try:
        load_ipython_extension(shell)
        shell.push({"messages": MESSAGES, **variables})
        for line in lines:
            shell.run_line_magic("headroom", line)
    finally:
        unload_ipython_extension(shell)


BY_KEYWORD = (by_compress, by_object, by_compressor, by_batch, by_widget, by_client, by_asynchronous_client)
BY_TEXT = (by_verb, by_auto, by_batch_verb, by_copy)
BY_LINE = (by_line, by_auto_line, by_batch_line)


@pytest.mark.parametrize("path", [*BY_KEYWORD, *BY_TEXT, *BY_LINE], ids=lambda path: path.__name__)
@pytest.mark.parametrize("name", CHANGED)
def test_every_option_reaches_every_path(name, path, used, tmp_path, monkeypatch):
    if path in BY_TEXT and name == "model":
        pytest.skip("the setting of this name is default_model: it gives way to the request's own")
    if path in BY_LINE and not CHOICES[name].on_a_line:
        pytest.skip("a line names the model itself")
    monkeypatch.chdir(tmp_path)
    path(name, CHANGED[name], tmp_path)
    assert used
    assert {getattr(options, name) for options in used} == {CHANGED[name]}


def test_the_options_on_a_line_go_before_the_settings(used, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    line = "compress messages --model gpt-4o-mini --quality max --fetch-urls=off --router rules --cache off"
    in_a_shell(tmp_path, ["config quality safe", "config fetch_urls on", line])
    (options,) = used
    assert options == Options(model="gpt-4o-mini", quality="max", router="rules", cache="off")


def test_the_limits_on_a_line_change_those_of_the_settings_that_they_name(used, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    line = "compress messages --limits max_images=3,max_ocr_seconds=2.5 --router rules"
    in_a_shell(tmp_path, ["config max_images 9", "config max_image_bytes 1000000", line])
    (options,) = used
    assert options.limits == Limits(max_images=3, max_ocr_seconds=2.5, max_image_bytes=1_000_000)


@pytest.mark.parametrize(
    ("text", "says"),
    [("max_images", "with their numbers"), ("max_imges=3", "no limit max_imges"), ("max_images=no", "whole number")],
)
def test_what_is_no_limit_on_a_line_is_an_option_error(text, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OptionError, match=says):
        in_a_shell(tmp_path, [f"compress messages --limits {text}"])


def test_the_settings_are_resolved_once_for_a_line(monkeypatch, tmp_path):
    from headroom_nb.notebook import magics

    calls = []
    resolve = magics.resolve
    monkeypatch.setattr(magics, "resolve", lambda *layers: calls.append(1) or resolve(*layers))
    monkeypatch.chdir(tmp_path)
    in_a_shell(tmp_path, ["compress messages --router rules"])
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        ({"qualty": "safe"}, "no option qualty; did you mean quality"),
        ({"quality": ["safe"]}, "quality="),
        ({"quality": "sfe"}, "did you mean safe"),
        ({"router": None}, "router=None"),
        ({"ocr": ["auto"]}, "ocr="),
        ({"cache": ["memory"]}, "cache="),
        ({"duplicates": {}}, "duplicates="),
        ({"use_siglip": "yes"}, "use_siglip="),
        ({"fetch_urls": 1}, "fetch_urls=1"),
        ({"model": b"gpt-4o"}, "model"),
        ({"limits": 20}, "headroom_nb.Limits"),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "door",
    [
        Options,
        ImageCompressor,
        lambda **choices: compress([], **choices),
        lambda **choices: headroom_nb.compress_images([], **choices),
        lambda **choices: headroom_nb.wrap(client_of("OpenAI", "Client"), **choices),
        lambda **choices: headroom_nb.compress_batch("in.jsonl", "out.jsonl", **choices),
    ],
    ids=["Options", "ImageCompressor", "compress", "compress_images", "wrap", "compress_batch"],
)
def test_what_is_no_option_or_value_is_an_option_error_at_every_door(door, choices, says):
    with pytest.raises(OptionError, match=says):
        door(**choices)


def test_options_are_no_options_object_where_they_are_something_else():
    with pytest.raises(OptionError, match=r"use headroom_nb\.Options"):
        compress([], options={"quality": "safe"})
    with pytest.raises(OptionError, match="by name"):
        Options("gpt-4o")


def test_the_seeds_own_arguments_may_be_given_by_position():
    options = ImageCompressor("gpt-4o", "rules", "safe", "auto").options
    assert options == Options(model="gpt-4o", router="rules", quality="safe")
    with pytest.raises(OptionError, match="each option once"):
        ImageCompressor("gpt-4o", model="gpt-4o")
    with pytest.raises(OptionError, match="by position"):
        ImageCompressor("gpt-4o", "rules", "safe", "auto", False)


class Odd(FixedRouter):
    """A router that equals everything, and cannot be hashed."""

    def __eq__(self, other):
        return True

    __hash__ = None


def test_options_compare_by_value_and_objects_of_your_own_by_identity():
    router, engine, fetcher = Odd(Technique.PRESERVE), FakeOcr([]), ImageFetcher()
    first = Options(router=router, ocr=engine, fetch_urls=fetcher)
    assert first == Options(router=router, ocr=engine, fetch_urls=fetcher)
    assert hash(first) == hash(Options(router=router, ocr=engine, fetch_urls=fetcher))
    assert first != Options(router=Odd(Technique.PRESERVE), ocr=engine, fetch_urls=fetcher)
    assert len({Options(), Options(quality="safe"), Options(quality="safe")}) == 2
    assert repr(Options(quality="safe", fetch_urls=True)) == "Options(quality='safe', fetch_urls=True)"


def test_options_can_be_pickled_and_a_path_is_kept_as_text(tmp_path):
    options = Options(router=FixedRouter(Technique.PRESERVE), cache=tmp_path)
    assert options.cache == str(tmp_path)
    again = pickle.loads(pickle.dumps(options))
    assert isinstance(again.router, FixedRouter)
    assert pickle.loads(pickle.dumps(Options(quality="max"))) == Options(quality="max")


def test_the_environment_s_limits_hold_from_where_the_options_were_made(monkeypatch):
    monkeypatch.setenv("HEADROOM_NB_MAX_IMAGES", "7")
    options = Options()
    monkeypatch.delenv("HEADROOM_NB_MAX_IMAGES")
    assert pickle.loads(pickle.dumps(options)).limits.max_images == 7


def test_a_default_model_prices_requests_that_name_none_that_is_known():
    def priced(document, **options):
        return compress(document, default_model="gpt-4o", **options).model

    assert priced(MESSAGES) == "gpt-4o"
    assert priced({"model": "gpt-4o-mini", "messages": MESSAGES}) == "gpt-4o-mini"
    assert priced({"model": "our-deployment-7", "messages": MESSAGES}) == "gpt-4o"
    assert priced(MESSAGES, model="gpt-4o-mini") == "gpt-4o-mini"
    assert priced([headroom_nb.user_message("?", png(gradient(60, 40)), provider="anthropic")]) != "gpt-4o"
    guessed = compress({"model": "our-deployment-7", "messages": MESSAGES})
    assert guessed.model == "our-deployment-7"
    assert any("our-deployment-7" in warning for warning in guessed.warnings)


def test_every_option_says_what_it_does_and_stands_in_the_signatures():
    from inspect import signature

    assert all(choice.about.endswith(".") for choice in CHOICES.values())
    assert all(f"    {name}\n" in Options.__doc__ for name in CHOICES)
    for function in (compress, ImageCompressor, headroom_nb.compress_batch, headroom_nb.wrap):
        assert signature(function).parameters.keys() >= CHOICES.keys() - {"provider", "model"}


def test_every_option_is_a_setting_or_made_of_settings():
    assert {*BY_SETTING.values(), "model", "limits"} == {field.name for field in fields(Options)}


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("2000", 2000),
        ("20_000", 20_000),
        ("20,000", 20_000),
        ("$0.02", "$0.02"),
        (" $ .5 ", "$.5"),
        ("0.02usd", "$0.02"),
        ("500 tokens", 500),
        ("2k", 2000),
        ("1.5k tokens", 1500),
        (7, 7),
        (1e3, 1000),
        (np.int64(500), 500),
    ],
)
def test_a_budget_is_a_number_of_tokens_or_dollars(text, budget):
    assert Options(budget=text).budget == budget
    assert Options(budget=text) == Options(budget=budget)


@pytest.mark.parametrize(
    "budget", [0, -1, "0", "$0", "2.5", 2.5, True, "much", "-5", "€2", float("nan"), 10**16, "$" + "9" * 16, "9" * 5000]
)
def test_what_is_no_budget_is_an_option_error(budget):
    with pytest.raises(OptionError, match="a number of tokens, dollars"):
        Options(budget=budget)


@pytest.mark.parametrize("most", [0, "$1", "few", True])
def test_what_one_image_may_cost_is_a_number_of_tokens(most):
    with pytest.raises(OptionError, match="a number of tokens"):
        Options(max_tokens_per_image=most)
