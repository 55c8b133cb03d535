"""The verb that opens the explorer, in a shell in this process."""

import sys

import pytest

from headroom_nb import demo
from headroom_nb.errors import MessageError, OptionError
from headroom_nb.notebook.completion import suggest


def magic(shell, line):
    return shell.run_line_magic("headroom", line)


@pytest.fixture
def without_widgets(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)


def test_tiles_opens_the_explorer_on_the_picture_of_a_message(shell, messages):
    pytest.importorskip("anywidget")
    shell.user_ns["messages"] = messages
    explorer = magic(shell, "tiles messages --model gpt-4o --detail high")
    assert (explorer.model, explorer.detail, explorer.size) == ("gpt-4o", "high", (800, 600))
    assert explorer.question == "What is this?"
    assert explorer.tokens == 765
    explorer.close()


def test_tiles_takes_one_of_several_images_by_its_number_in_the_tables_or_its_name(shell):
    pytest.importorskip("anywidget")
    shell.user_ns["messages"] = demo.messages("openai")
    for wanted in ("3", "report.png"):
        explorer = magic(shell, f"tiles messages --image {wanted}")
        assert explorer.label == "report.png"
        explorer.close()


def test_view_shows_the_one_image_that_is_named(shell):
    shell.user_ns["messages"] = demo.messages("openai")
    seen = magic(shell, "view messages --image chart.png --model gpt-4o")
    assert [view.label for view in seen.views] == ["chart.png"]


def test_an_image_that_is_not_there_or_not_the_only_one_of_its_name_is_named(shell):
    shell.user_ns["messages"] = 2 * demo.messages("openai")
    with pytest.raises(OptionError, match="there is no image slip"):
        magic(shell, "view messages --image slip.png")
    with pytest.raises(OptionError, match="2 images are called chart"):
        magic(shell, "view messages --image chart.png")


@pytest.mark.usefixtures("without_widgets")
def test_without_anywidget_tiles_shows_the_table(shell, messages):
    shell.user_ns["messages"] = messages
    table = magic(shell, "tiles messages --model gpt-4o --detail high")
    assert "765 tokens on gpt-4o" in table.headline
    assert [row[0] if isinstance(row[0], str) else row[0].text for row in table.rows] == ["high", "low"]


def test_tiles_does_not_fetch(shell):
    block = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
    shell.user_ns["messages"] = [{"role": "user", "content": [block]}]
    with pytest.raises(MessageError, match="not fetched"):
        magic(shell, "tiles messages")


def test_tiles_is_completed_with_its_options():
    assert ("tiles", "keyword") in suggest("%headroom ti", {})
    assert ("--question", "param") in suggest("%headroom tiles page --q", {})
