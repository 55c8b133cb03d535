from __future__ import annotations

import pytest
from IPython.core.completer import provisionalcompleter

from headroom_nb.batch.sources import SHAPES
from headroom_nb.notebook.completion import BATCH_SUFFIXES, suggest
from headroom_nb.notebook.magics import unload_ipython_extension


def words(line, namespace=None):
    found = suggest(line, namespace or {})
    return None if found is None else [word for word, _ in found]


def complete(shell, text):
    with provisionalcompleter():
        return {
            text[: found.start] + found.text + text[found.end :]
            for found in shell.Completer.completions(text, len(text))
        }


@pytest.mark.parametrize("start", ["%headroom ", "r = %headroom ", "%%headroom ", "  %headroom ", "a, b = %headroom "])
def test_verbs_complete_wherever_the_magic_can_stand(start):
    assert words(start + "comp") == ["compress", "compare"]


@pytest.mark.parametrize("line", ["print(x)", "headroom co", "# see headroom", "%headroomx co", "%timeit co"])
def test_other_lines_are_left_alone(line):
    assert words(line) is None


def test_options_complete_and_are_offered_once():
    assert words("%headroom compress m --mo") == ["--model"]
    assert "--model" not in words("%headroom compress m --model gpt-4o --")


def test_option_values_complete_after_a_space_and_after_an_equals_sign():
    assert "gpt-4o" in words("%headroom compress m --model gpt-4")
    assert words("%headroom compress m --quality=s") == ["safe"]
    assert words("%headroom export r --to a") == ["anthropic-batch"]


def test_only_variables_that_fit_are_offered(messages):
    namespace = {"messages": messages, "number": 3, "body": {"model": "x", "messages": []}, "_hidden": messages}
    assert words("%headroom compress ", namespace)[:2] == ["body", "messages"]
    assert words("%headroom export ", namespace) == []


def test_picture_files_and_folders_complete(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.png").touch()
    (tmp_path / "photos" / "a.txt").touch()
    assert words("%headroom estimate pho") == ["photos/"]
    assert words("%headroom estimate photos/") == ["photos/a.png"]


def test_sources_of_batches_complete_in_both_places(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("chats.jsonl", "chats.parquet", "chart.png"):
        (tmp_path / name).touch()
    assert words("%headroom batch ch") == ["chats.jsonl", "chats.parquet"]
    assert words("%headroom batch chats.jsonl ch") == ["chats.jsonl", "chats.parquet"]
    assert words("%headroom batch a b --on-error s") == ["skip"]
    assert SHAPES.keys() == BATCH_SUFFIXES


def test_settings_and_their_values_complete():
    assert words("%headroom config qu") == ["quality"]
    assert words("%headroom config quality m") == ["max"]


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("%headroom compr", "%headroom compress"),
        ("r = %headroom compr", "r = %headroom compress"),
        ("%%headroom compr", "%%headroom compress"),
        ("%headroom compress messages --qual", "%headroom compress messages --quality"),
        ("%headroom compress messages --model claude-op", "%headroom compress messages --model claude-opus-4-8"),
        ("%headroom compress mess", "%headroom compress messages"),
    ],
)
def test_the_shell_itself_completes_the_line(shell, messages, line, completed):
    shell.user_ns["messages"] = messages
    assert completed in complete(shell, line)


def test_unloading_takes_the_completion_away(shell):
    unload_ipython_extension(shell)
    assert shell.Completer.custom_matchers == []
