"""Completion wherever ``%headroom`` can stand: at the start of a line, after ``x =``, and in ``%%headroom``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.analysis.files import DOCUMENT_SUFFIXES, PAPER_SUFFIXES, PICTURE_SUFFIXES
from headroom_nb.analysis.tables import is_table
from headroom_nb.notebook.auto import ACTIONS
from headroom_nb.notebook.call import result_of
from headroom_nb.notebook.models_verb import RESET, UPDATE
from headroom_nb.notebook.project_file import TRUST
from headroom_nb.notebook.settings import SETTINGS
from headroom_nb.notebook.verb_table import OUTPUT, VERBS, Option, Verb
from headroom_nb.records import CompressionResult
from headroom_nb.runtime.files import is_folder

if TYPE_CHECKING:
    from collections.abc import Container, Iterable


BATCH_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson", ".parquet", ".pq"})

_LINE = re.compile(r"^\s*(?:[\w\s.,\[\]'\"]+=\s*)?%%?headroom\s+(?P<rest>.*)$")


def suggest(line: str, namespace: Mapping[str, Any]) -> list[tuple[str, str]] | None:
    """Return ``(word, kind)`` for the word at the end of the line; None where the line is not ours.

    Parameters
    ----------
    line
        The line up to the cursor.
    namespace
        The user's variables.
    """
    found = _LINE.match(line)
    if found is None:
        return None
    words = found["rest"].split()
    typed = "" if not words or line[-1:].isspace() else words.pop()
    if not words:
        return _starting(VERBS, typed, "keyword")
    verb = VERBS.get(words[0])
    if verb is None:
        return []
    options = {option.name: option for option in (*verb.options, OUTPUT)}
    name, equals, value = typed.partition("=")
    option = options.get(name if equals else words[-1])
    if option is not None and option.value:
        return _starting(_values(option), value if equals else typed, "param value")
    if typed.startswith("-"):
        return _starting((name for name in options if name not in words), typed, "param")
    return _targets(verb, typed, words[1:], namespace)


def _starting(words: Iterable[str], typed: str, kind: str) -> list[tuple[str, str]]:
    return [(word, kind) for word in words if word.startswith(typed)]


def _values(option: Option) -> Iterable[str]:
    words = option.offers.split()
    if words[:1] == ["models"]:
        from headroom_nb.costs import model_names

        return model_names()
    return words


def _targets(verb: Verb, typed: str, words: list[str], namespace: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what may stand as a verb's target: verbs, settings, variables that fit, paths."""
    if verb.name == "help":
        return _starting(VERBS, typed, "keyword")
    if verb.name == "auto":
        return _starting(ACTIONS, typed, "keyword")
    if verb.name == "models":
        found = _paths(typed, {".json"}) if words[:1] == [UPDATE] else ()
        return [*_starting((UPDATE, RESET) if not words else (), typed, "keyword"), *((path, "path") for path in found)]
    if verb.takes == "notebook":
        return [(path, "path") for path in _paths(typed, {".ipynb"})]
    if verb.takes == "batch":
        return [(path, "path") for path in _paths(typed, BATCH_SUFFIXES)]
    if verb.name == "config":
        names = (*SETTINGS, TRUST) if not words else SETTINGS[words[0]].values if words[0] in SETTINGS else ()
        return _starting(names, typed, "param")
    own = {name: value for name, value in namespace.items() if not name.startswith("_") and name.isidentifier()}
    variables = sorted((rank, name) for name, value in own.items() if (rank := _fits(verb, value)) is not None)
    suffixes = PICTURE_SUFFIXES | DOCUMENT_SUFFIXES | PAPER_SUFFIXES
    paths = _paths(typed, suffixes) if verb.takes == "picture" or (verb.path and words) else []
    return _starting((name for _, name in variables), typed, "instance") + [(path, "path") for path in paths]


def _fits(verb: Verb, value: object) -> int | None:
    """Return how well a variable is what the verb works on, judged by a short look: 0 is best, None is not at all."""
    if isinstance(result_of(value), CompressionResult):
        return 0 if verb.takes == "result" else 1
    if verb.takes == "result":
        return None
    if isinstance(value, Mapping):
        return None if value.keys().isdisjoint({"messages", "contents", "input", "content", "parts"}) else 0
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], Mapping):
        return None if value[0].keys().isdisjoint({"role", "parts", "type"}) else 0
    if isinstance(value, type) or verb.takes != "picture":
        return None
    from headroom_nb.pictures.libraries import READERS, kind_of

    return 2 if is_table(value) or kind_of(value, READERS) is not None else None


def _paths(typed: str, suffixes: Container[str] = PICTURE_SUFFIXES) -> list[str]:
    """Return folders, and files with one of the suffixes, whose path begins as typed."""
    folder, _, stem = typed.rpartition("/")
    try:
        parent = Path(folder or ("/" if typed.startswith("/") else ".")).expanduser()
        entries = sorted(parent.iterdir())
    except (OSError, ValueError, RuntimeError):  # no folder, or no name that one could have
        return []
    return [
        f"{folder}/{entry.name}"[0 if "/" in typed else 1 :] + ("/" if is_folder(entry) else "")
        for entry in entries
        if entry.name.startswith(stem)
        and (stem or not entry.name.startswith("."))
        and (is_folder(entry) or entry.suffix.lower() in suffixes)
    ]
