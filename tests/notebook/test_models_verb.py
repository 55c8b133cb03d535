"""``models update`` and ``models reset``, as a magic and as a command: shown first, used when confirmed."""

from __future__ import annotations

import copy
import json

import pytest

from headroom_nb.costs import find_model, models
from headroom_nb.costs.table import newer_file, shipped_table
from headroom_nb.errors import FileAccessError, ImageFetchError, OptionError
from headroom_nb.fetching import fetcher
from headroom_nb.notebook.autoload import main
from tests.fetching.bad_hosts import BadHost, answer, certificate, redirect


@pytest.fixture(autouse=True)
def a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    models.use_table_anew()
    yield
    monkeypatch.undo()
    models.use_table_anew()


@pytest.fixture
def table(tmp_path):
    found = copy.deepcopy(dict(shipped_table()))
    found["models"][0]["price"] |= {"usd_per_million": 3.5, "read": "2027-01-02"}
    file = tmp_path / "a newer table.json"
    file.write_text(json.dumps(found))
    return file


def price():
    return find_model("gpt-6-astra").usd_per_million_tokens


def test_the_verb_shows_what_changes_and_uses_it_once_confirmed(shell, table):
    before = price()
    shown = shell.run_line_magic("headroom", f'models update "{table}"')
    assert [row[:2] for row in shown.rows] == [("price", "gpt-6-astra")]
    assert "--yes" in shown.headline
    assert price() == before
    shell.run_line_magic("headroom", f'models update "{table}" --yes')
    assert price() == 3.5
    assert str(newer_file()) in str(shell.run_line_magic("headroom", "models gpt-6"))
    shell.run_line_magic("headroom", "models reset")
    assert price() == before


@pytest.mark.parametrize("line", ["models update", "models claude gpt", "models --yes", "models reset now"])
def test_a_line_that_is_no_update_is_an_error(shell, line):
    with pytest.raises(OptionError):
        shell.run_line_magic("headroom", line)


def test_the_command_asks_before_it_uses_a_table(table, monkeypatch, capsys):
    class Terminal:
        def __init__(self, says):
            self.readline = lambda: says

        def isatty(self):
            return True

    before = price()
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert main(["models", "update", str(table)]) == 0
    assert price() == before
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert main(["models", "update", str(table)]) == 0
    assert price() == 3.5
    assert "$3.5" in capsys.readouterr().out
    assert main(["models", "reset"]) == 0
    assert price() == before
    monkeypatch.setattr("sys.stdin", None)
    assert main(["models", "update", str(table)]) == 0
    assert price() == before
    assert main(["models", "update", str(table), "--yes"]) == 0
    assert price() == 3.5


def test_the_command_says_in_one_line_why_a_table_is_refused(tmp_path, capsys):
    bad = tmp_path / "bad.json"
    bad.write_text('{"models": []}')
    assert main(["models", "update", str(bad), "--yes"]) == 2
    assert main(["models", "update", str(tmp_path / "none.json"), "--yes"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert "schema" in said[0]
    assert not newer_file().exists()


def test_a_missing_file_is_an_error(shell):
    with pytest.raises(FileAccessError):
        shell.run_line_magic("headroom", "models update none.json")


@pytest.fixture
def host(tmp_path, monkeypatch):
    fetcher.forget_fetched()
    host = BadHost(certificate(tmp_path))
    allowed = host.fetcher()
    trusted = {name: getattr(allowed, name) for name in ("authorities", "resolver", "allowed_networks", "ports")}
    real = fetcher.TableFetcher
    monkeypatch.setattr(fetcher, "TableFetcher", lambda **limits: real(**trusted, **limits))
    yield host
    host.close()


def test_a_table_is_fetched_over_https_each_time(shell, host, table):
    host.answers["/models.json"] = answer(table.read_bytes())
    url = host.url("/models.json")
    shell.run_line_magic("headroom", f"models update {url}")
    shell.run_line_magic("headroom", f"models update {url} --yes")
    assert price() == 3.5
    assert host.connections == 2


def test_what_is_no_table_or_comes_from_elsewhere_is_not_fetched(shell, host, monkeypatch):
    host.answers["/a"] = answer(b"<html>")
    host.answers["/b"] = redirect("http://pictures.example/models.json")
    host.answers["/c"] = answer(b"{" + b" " * (5 * 2**20))
    for url in (host.url("/a"), host.url("/b"), host.url("/c"), "http://pictures.example/models.json", "file:///etc/x"):
        with pytest.raises(ImageFetchError):
            shell.run_line_magic("headroom", f"models update {url} --yes")
    monkeypatch.undo()
    with pytest.raises(ImageFetchError):
        shell.run_line_magic("headroom", "models update https://127.0.0.1/models.json --yes")
    assert not newer_file().exists()
