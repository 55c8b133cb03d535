from __future__ import annotations

import pytest

from headroom_nb.notebook.autoload import config_file, disable, enable, main


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    (tmp_path / "ipython").mkdir()
    return config_file()


def test_enabling_and_disabling_leaves_the_users_lines_as_they_were(file):
    file.parent.mkdir(parents=True)
    mine = "c = get_config()\nc.InteractiveShell.autocall = 0"
    file.write_text(mine)
    assert enable(file)
    assert file.read_text().startswith(mine)
    assert not enable(file)
    assert disable(file)
    assert file.read_text() == mine + "\n"
    assert not disable(file)


def test_a_file_in_another_encoding_behind_a_link_keeps_its_bytes_and_its_place(file, tmp_path):
    file.parent.mkdir(parents=True)
    mine = tmp_path / "dotfiles.py"
    mine.write_bytes("# schöner\r\nc = get_config()\r\n".encode("latin-1"))
    before = mine.read_bytes()
    file.symlink_to(mine)
    assert enable(file)
    assert mine.read_bytes().startswith(before)
    assert disable(file)
    assert file.is_symlink()
    assert mine.read_bytes() == before


def test_the_command_says_what_it_did_and_where(file, capsys):
    assert main(["enable"]) == 0
    assert main(["enable"]) == 0
    assert main(["disable"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"%headroom is enabled in {file}",
        f"%headroom is already enabled in {file}",
        f"%headroom is disabled in {file}",
    ]


def test_a_place_that_cannot_be_written_is_an_error_of_one_line(tmp_path, monkeypatch, capsys):
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setattr(
        "headroom_nb.notebook.autoload.config_file", lambda profile: blocked / "x" / "ipython_config.py"
    )
    assert main(["enable"]) == 1
    assert "cannot be changed" in capsys.readouterr().err
