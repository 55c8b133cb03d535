"""Errors are short in IPython, whole where a person asks for it, and say what was meant."""

import re
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image

import headroom_nb
from headroom_nb.errors import FileAccessError, HeadroomError, MessageError, OptionError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    Image.new("RGB", (64, 48), "white").save(tmp_path / "photo.png")
    Image.new("RGB", (64, 48), "black").save(tmp_path / "receipt.jpg")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(call):
    with pytest.raises(HeadroomError) as failure:
        call()
    return failure.value._render_traceback_()


def test_an_error_of_a_function_is_its_sentence_and_the_users_own_line(folder):
    sentence, line = shown(lambda: headroom_nb.user_message("What?", "photo.pgn"))
    assert sentence.startswith("FileAccessError: 'photo.pgn' cannot be read")
    assert "did you mean photo.png?" in sentence
    assert re.fullmatch(r"  in line \d+: .*user_message.*", line)


def test_verbose_mode_shows_the_whole_traceback(folder, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(folder))
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    assert len(shown(lambda: headroom_nb.compress("photo.png"))) == 2
    shell.run_line_magic("xmode", "Verbose")
    text = "\n".join(shown(lambda: headroom_nb.compress("photo.png")))
    assert "check_document" in text
    shell.history_manager.end_session()


def test_a_control_character_never_reaches_the_terminal():
    (line,) = OptionError("bad \x1b[31m name\n\u202e")._render_traceback_()
    assert line == "OptionError: bad [31m name"


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: headroom_nb.user_message("photo.png", "What is this?"), OptionError, "the question comes first"),
        (lambda: headroom_nb.user_message(["photo.png"], "What is this?"), OptionError, "the question comes first"),
        (lambda: headroom_nb.user_message("photo.png"), OptionError, "no question came with it"),
        (lambda: headroom_nb.user_message("What?", "."), FileAccessError, "pass the files in it"),
        (lambda: headroom_nb.user_message("What?", "*.png"), FileAccessError, "glob.glob"),
        (lambda: headroom_nb.compress("photo.png"), MessageError, "is an image file"),
        (lambda: headroom_nb.compress(["photo.png", "receipt.jpg"]), MessageError, "is an image file"),
        (lambda: headroom_nb.compress(Image.new("RGB", (8, 8))), MessageError, "is an image, not a conversation"),
        (lambda: headroom_nb.compress("gpt-4o", []), MessageError, "the messages come first"),
        (lambda: headroom_nb.compress([], "gpt-4o"), OptionError, "write model='gpt-4o'"),
        (lambda: headroom_nb.estimate("photo.png", ["gpt-4o"]), OptionError, "the images come first"),
    ],
)
def test_what_was_meant_is_said_with_the_fix(folder, call, error, says):
    with pytest.raises(error, match=re.escape(says)):
        call()


def test_a_table_is_told_from_a_conversation():
    pandas = pytest.importorskip("pandas")
    with pytest.raises(MessageError, match=r"df\.headroom\.compress"):
        headroom_nb.compress(pandas.DataFrame({"path": ["a.png"]}))


def test_a_list_of_images_is_as_good_as_several(folder):
    one = headroom_nb.user_message("Q", ["photo.png", Path("receipt.jpg")])
    assert one == headroom_nb.user_message("Q", "photo.png", "receipt.jpg")
