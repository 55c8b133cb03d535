from __future__ import annotations

import io
import sys

import pytest

from headroom_nb import compress_batch
from headroom_nb.batch import progress
from headroom_nb.batch.progress import BatchProgress, reporter
from headroom_nb.errors import BatchError
from headroom_nb.runtime.progress_line import TerminalLine
from tests.batch.lines import OPTIONS, asks, write_lines


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.setattr("headroom_nb.batch.sources.LEAST_PART", 1000)
    return write_lines(tmp_path / "in.jsonl", [asks(number) if number != 2 else "{" for number in range(6)])


def test_a_callback_hears_how_far_it_is_and_at_last_that_all_is_done(source, tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "EVERY", 0)
    heard: list[BatchProgress] = []
    summary = compress_batch(source, tmp_path / "out.jsonl", **{**OPTIONS, "progress": heard.append})
    assert [state.items for state in heard] == sorted(state.items for state in heard)
    assert len(heard) > 3
    last = heard[-1]
    assert (last.items, last.errors, last.saved_tokens, last.done) == (6, 1, summary.saved_tokens, 1.0)
    assert 0 < heard[0].done < 1
    assert heard[0].seconds_left is not None


def test_the_line_is_shown_twice_a_second_at_most(source, tmp_path, monkeypatch):
    heard: list[BatchProgress] = []
    compress_batch(source, tmp_path / "out.jsonl", **{**OPTIONS, "progress": heard.append})
    assert len(heard) <= 2 + heard[-1].seconds / progress.EVERY


def test_a_terminal_gets_one_line_that_is_written_over(source, tmp_path, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "EVERY", 0)
    compress_batch(source, tmp_path / "out.jsonl", **{**OPTIONS, "progress": None})
    shown = terminal.getvalue()
    assert shown.count("\n") == 1
    assert shown.endswith("\n")
    assert "\r100 % · 6 items · " in shown
    assert "1 error" in shown


def test_a_shorter_line_leaves_nothing_of_a_longer_one(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    line = TerminalLine()
    line(BatchProgress(1_000_000, 0, 10**9, 0.5, 1.0, 10.0, 4000.0))
    line(BatchProgress(1, 0, 1, 0.5, 1.0, 10.0, 1.0))
    _, first, second = terminal.getvalue().split("\r")
    assert "1:06:40 left" in first
    assert len(second) == len(first)


def test_a_line_is_never_longer_than_the_terminal_is_wide(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "40")
    TerminalLine()(BatchProgress(1_000_000, 12, 10**9, 0.5, 1.0, 10.0, 4000.0))
    assert len(terminal.getvalue()) == 1 + 39


def test_what_follows_an_interrupt_begins_on_its_own_line(source, tmp_path, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    write_lines(source, [asks(0), asks(1), "{"])
    with pytest.raises(BatchError, match="line 3"):
        compress_batch(source, tmp_path / "out.jsonl", on_error="raise", **{**OPTIONS, "progress": None})
    assert terminal.getvalue().endswith("\n")
    assert terminal.getvalue().count("\n") == 1


def test_where_nobody_looks_nothing_is_written(source, tmp_path, capsys):
    compress_batch(source, tmp_path / "out.jsonl", **{**OPTIONS, "progress": None})
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert reporter(False) is None
