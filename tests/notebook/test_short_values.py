"""A notebook shows messages without the base64 of their images."""

import pytest

from headroom_nb.notebook.magics import unload_ipython_extension
from headroom_nb.notebook.short_values import short_text


def shown(shell, value):
    return shell.display_formatter.format(value)[0]["text/plain"]


def test_messages_are_shown_short_and_their_text_whole(shell, messages):
    text = shown(shell, messages)
    assert len(text) < 600
    assert "What is this?" in text
    assert "… (" in text


def test_a_long_text_and_a_short_one_are_shown_whole(shell):
    question = "What does it say? " * 60
    assert "".join(shown(shell, [question]).split()).count("say?") == 60
    assert shown(shell, ["a" * 20]) == repr(["a" * 20])
    assert len(shown(shell, b"x" * 5000)) < 80


def test_unloading_shows_values_as_before(shell):
    unload_ipython_extension(shell)
    assert len(shown(shell, "QUJD" * 500)) > 1900


@pytest.mark.parametrize("text", ["", "word " * 200, "line\n" * 300, "ü" * 900])
def test_only_base64_is_cut(text):
    assert short_text(text) is None
