from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_nb.errors import OptionError
from headroom_nb.notebook.grammar import read, split
from headroom_nb.notebook.verb_table import VERBS
from headroom_nb.notebook.verbs import RUN
from headroom_nb.runtime.words import unquote


def test_every_verb_runs_and_every_runner_has_a_verb():
    assert RUN.keys() == VERBS.keys()


@pytest.mark.parametrize("example", [line for verb in VERBS.values() for line in verb.examples])
def test_every_example_in_the_help_can_be_read(example):
    assert read(example).verb.name == example.split()[0]


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("compress messages", "messages"),
        ("compress messages[:2] --quality safe", "messages[:2]"),
        ('compress [m for m in log if m["role"] == "user"] --quality safe', '[m for m in log if m["role"] == "user"]'),
        ("compress a + b", "a + b"),
        ("compress --quality safe messages", "messages"),
        ("compress {'role': 'user', 'content': '{x} $y'}", "{'role': 'user', 'content': '{x} $y'}"),
        ("compress messages;", "messages"),
    ],
)
def test_a_target_keeps_its_quotes_and_brackets(line, target):
    assert read(line).target == target


@pytest.mark.parametrize("given_value", ['"gpt 4o"', "'gpt 4o'", "gpt\\ 4o"])
def test_an_option_value_loses_its_quotes_as_in_a_shell(given_value):
    assert read(f"compress m --model {given_value}").values == {"--model": "gpt 4o"}
    assert read(f"compress m --model={given_value}").values == {"--model": "gpt 4o"}


def test_export_takes_a_path_after_the_target():
    command = read('export r --to json "my file.json"')
    assert (command.target, command.path) == ("r", "my file.json")
    assert read("export rs[0] out.json --to json").path == "out.json"
    assert read("export r").path is None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("comprss m", "did you mean compress?"),
        ("zzz m", "the verbs are compress"),
        ("compress m --modle x", "did you mean --model?"),
        ("compress m --zzz x", "it takes --.*--model"),
        ("compress m --model", "--model needs a value"),
        ("compress m --model a --model b", "given twice"),
        ("compress m --quality sfe", "did you mean safe?"),
        ("compress m -o 3x", "not a name"),
        ("compress m -o class", "not a name"),
        ("export r --force=yes", "takes no value"),
        ("export a b c d", "in parentheses"),
        ("doctor now", "takes nothing else"),
        ("compress 'm", "quote is not closed"),
        ("compress m[0", "bracket is not closed"),
    ],
)
def test_a_mistake_is_an_error_with_the_fix(line, says):
    with pytest.raises(OptionError, match=says.replace("?", r"\?")):
        read(line)


def test_an_empty_line_is_a_call_for_help():
    assert read("").verb.name == "help"


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("--help", ""),
        ("-h", ""),
        ("compress --help", "compress"),
        ("compress -h", "compress"),
        ("compress messages --model --help", "compress"),
    ],
)
def test_help_is_asked_for_as_in_a_shell_too(line, verb):
    command = read(line)
    assert (command.verb.name, command.target) == ("help", verb)


def test_an_expression_may_subtract_h():
    assert read("compress sizes -h").target == "sizes -h"


@given(st.text(max_size=60))
def test_any_line_is_read_or_refused_and_nothing_else(line):
    try:
        words = split(line)
        read(line)
    except OptionError:
        return
    assert "".join(words) == "".join(split(" ".join(words)))


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\\x00"), max_size=30))
def test_whatever_is_quoted_for_a_shell_comes_back_as_it_was(text):
    (word,) = split(shlex.quote(text))
    assert unquote(word) == text
