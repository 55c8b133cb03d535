"""How the pictures of a folder begin."""

import base64
import os

import pytest

from headroom_nb.server.beginnings import FIRST_BYTES, beginnings
from tests.support import gradient, png


def test_pictures_directly_in_a_folder_are_told_by_name(tmp_path):
    large = png(gradient(400, 300))
    (tmp_path / "b.PNG").write_bytes(large)
    (tmp_path / "a.jpg").write_bytes(b"")
    (tmp_path / ".hidden.png").write_bytes(large)
    (tmp_path / "notes.txt").write_bytes(large)
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "folder.png" / "inside.png").write_bytes(large)
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "itself.png").symlink_to(tmp_path / "itself.png")
    assert len(large) > FIRST_BYTES
    assert beginnings(tmp_path) == [
        {"name": "a.jpg", "size": 0, "start": ""},
        {"name": "b.PNG", "size": len(large), "start": base64.b64encode(large[:FIRST_BYTES]).decode()},
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes as POSIX has them")
def test_a_pipe_that_takes_the_place_of_a_picture_is_not_waited_for(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "a.png")
    monkeypatch.setattr("headroom_nb.server.beginnings._is_picture", lambda entry: True)
    assert beginnings(tmp_path) == []


def test_more_pictures_than_an_answer_holds_are_not_cut_short_in_silence(tmp_path, monkeypatch):
    monkeypatch.setattr("headroom_nb.server.beginnings.MOST_FILES", 2)
    for name in ("a.png", "b.png"):
        (tmp_path / name).touch()
    assert len(beginnings(tmp_path)) == 2
    (tmp_path / "c.png").touch()
    assert beginnings(tmp_path) is None
