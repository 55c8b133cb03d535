"""Data frames of images: one message per row, columns guessed where that is plain."""

import pytest
from PIL import Image

import headroom_nb
from headroom_nb.analysis.tables import register_accessors, table_messages
from headroom_nb.errors import FileAccessError, OptionError

LIBRARIES = ("pandas", "polars")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.png", "b.png"):
        Image.new("RGB", (600, 400), "white").save(tmp_path / name)


def frame(library, columns):
    found = pytest.importorskip(library).DataFrame(columns)
    register_accessors()
    return found


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_table_becomes_one_message_per_row(folder, library):
    table = frame(library, {"file": ["a.png", "b.png"], "question": ["Who?", "Where?"], "n": ["x", "y"]})
    messages, without = table_messages(table)
    assert messages == [headroom_nb.user_message("Who?", "a.png"), headroom_nb.user_message("Where?", "b.png")]
    assert without == ()


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_accessor_compresses_and_names_rows_without_an_image(folder, library):
    table = frame(library, {"file": ["a.png", None], "q": ["What is this?", "And this?"]})
    result = table.headroom.compress(image="file", question="q", model="claude-opus-5-5", router="rules")
    assert (len(result.messages), len(result.images), result.provider) == (2, 1, "anthropic")
    assert result.warnings == ("row 1 has no image",)
    assert table.headroom.estimate("file", model="gpt-4o").tokens == headroom_nb.estimate("a.png", "gpt-4o").tokens


def test_what_cannot_be_guessed_is_asked_for(folder):
    table = frame("pandas", {"one": ["a.png"], "two": ["b.png"]})
    with pytest.raises(OptionError, match=r"2 columns of images \(one, two\)"):
        table_messages(table)
    with pytest.raises(OptionError, match="no image column 'three'; its columns are one, two"):
        table_messages(table, "three")
    with pytest.raises(FileAccessError, match=r"row 0: 'none\.png'"):
        table_messages(frame("pandas", {"path": ["none.png"]}))


def test_registering_twice_changes_nothing(folder):
    table = frame("pandas", {"path": ["a.png"]})
    register_accessors()
    assert table.headroom.messages(text="Who?") == [headroom_nb.user_message("Who?", "a.png")]
