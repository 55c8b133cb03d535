from __future__ import annotations

import json
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from headroom_nb import demo
from headroom_nb.demo.__main__ import main
from headroom_nb.errors import OptionError
from headroom_nb.formats import detect_provider, find_images

IMAGES = files("headroom_nb.demo") / "images"


@pytest.mark.parametrize("provider", demo.PROVIDERS)
def test_every_format_holds_the_same_pictures_and_questions(provider):
    slots = find_images(demo.messages(provider))
    assert [slot.load() for slot in slots] == [demo.picture(name) for name in demo.PICTURES]
    assert [slot.question for slot in slots] == [question for _, question, _ in demo.TURNS] + [demo.SCREENSHOT_QUESTION]


@pytest.mark.parametrize("provider", demo.PROVIDERS)
def test_the_messages_can_be_sent_as_they_are(provider):
    messages = demo.messages(provider)
    assert json.loads(json.dumps(messages)) == messages
    assert detect_provider(messages) == provider
    assert [message["role"] for message in messages][::2] == ["user"] * (len(messages) // 2 + 1)


def test_the_screenshot_comes_back_from_a_tool_where_the_format_can():
    last = {provider: find_images(demo.messages(provider))[-1].path for provider in demo.PROVIDERS}
    assert demo.messages("anthropic")[last["anthropic"][0]]["content"][0]["type"] == "tool_result"
    assert "functionResponse" in last["google"]


def test_an_unknown_provider_is_named():
    with pytest.raises(OptionError, match=r"'acme'.*openai, anthropic, google"):
        demo.messages("acme")


def test_an_unknown_picture_is_an_error_that_lists_them():
    with pytest.raises(OptionError, match=r"'cat\.png'.*receipt\.png"):
        demo.picture("cat.png")


def test_the_pictures_are_small_real_and_accounted_for():
    listed = (IMAGES / "README.md").read_text("utf-8")
    pictures = [file for file in IMAGES.iterdir() if file.name != "README.md"]
    assert sorted(file.name for file in pictures) == sorted(demo.PICTURES)
    assert sum(len(file.read_bytes()) for file in pictures) <= 1_200_000
    for file in pictures:
        assert f"`{file.name}`" in listed
        with Image.open(BytesIO(file.read_bytes())) as image:
            assert min(image.size) >= 500


def test_the_photograph_has_its_notice():
    notice = (Path(__file__).parents[2] / "NOTICE").read_text("utf-8")
    assert "astronaut.jpg" in notice
    assert "NASA" in notice


@pytest.mark.slow
def test_the_demo_writes_a_page_and_three_payloads_that_cost_less(tmp_path, capsys):
    assert main(["--out", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    page = (tmp_path / "demo.html").read_text("utf-8")
    for provider in demo.PROVIDERS:
        assert f"== {provider} ==" in printed
        assert f"<h2>{provider}:" in page
        sent = json.loads((tmp_path / f"demo-{provider}.json").read_text("utf-8"))
        assert len(sent) == len(demo.messages(provider))
        assert sent != demo.messages(provider)
        assert detect_provider(sent) == provider
    assert page.count("<table") >= 3
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")
