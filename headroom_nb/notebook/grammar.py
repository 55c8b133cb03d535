"""How a line of ``%headroom`` is read; the verbs themselves stand in :mod:`headroom_nb.notebook.verb_table`.

A line is ``VERB NAME-OR-EXPRESSION [options]``. It splits at spaces outside quotes and brackets: ``messages[:2]`` and
``[m for m in log if m["role"] == "user"]`` need no quoting. Option values lose their quotes as in a POSIX shell.
"""

from __future__ import annotations

import keyword
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.errors import OptionError
from headroom_nb.notebook.verb_table import HELP, OUTPUT, VERBS, Option, Verb
from headroom_nb.runtime.words import hint, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Command:
    """A line that was read; ``values`` holds options by name, switches as ``"on"`` or ``"off"``."""

    verb: Verb
    target: str
    path: str | None
    values: dict[str, str]
    output: str | None


def read(line: str) -> Command:
    """Read a line.

    Raises
    ------
    OptionError
        With the fix in it: an unknown verb or option with the closest known one, a missing or unwanted part.
    """
    words = split(line.strip().removesuffix(";"))
    if not words or words[0] in HELP:
        return Command(VERBS["help"], "", None, {}, None)
    verb = _verb(words[0])
    if words[1:] in ([word] for word in HELP) or HELP[0] in words:
        return Command(VERBS["help"], verb.name, None, {}, None)
    plain_words, values = _options(words[1:], verb)
    output = values.pop("-o", None)
    if output is not None and (not output.isidentifier() or keyword.iskeyword(output)):
        raise OptionError(f"-o {output} is not a name a variable can have")
    path = None
    if verb.path and len(plain_words) > 1:
        path = unquote(plain_words.pop())
    if verb.path and len(plain_words) > 1:
        raise OptionError(f"%headroom {verb.name} takes {verb.target}: put an expression with spaces in parentheses")
    target = " ".join(plain_words)
    if target and not verb.takes:
        raise OptionError(f"%headroom {verb.name} takes nothing else, but was given {target}")
    return Command(verb, target, path, values, output)


def split(line: str) -> list[str]:
    """Return the line's words with their quotes; spaces inside quotes or brackets do not separate.

    Raises
    ------
    OptionError
        When a quote or bracket is not closed.
    """
    words: list[str] = []
    word, quote, depth, escaped = "", "", 0, False
    for character in line:
        if character.isspace() and not quote and depth == 0 and not escaped:
            if word:
                words.append(word)
            word = ""
            continue
        word += character
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth = max(0, depth - 1)
    if quote or depth:
        raise OptionError(f"a {'quote' if quote else 'bracket'} is not closed in: {line}")
    return [*words, word] if word else words


def _verb(word: str) -> Verb:
    verb = VERBS.get(word)
    if verb is None:
        fix = hint(word, VERBS) or f"; the verbs are {', '.join(VERBS)}"
        raise OptionError(f"%headroom has no verb {word}{fix}")
    return verb


def _options(words: list[str], verb: Verb) -> tuple[list[str], dict[str, str]]:
    """Return the words that are no options, and the options' values by name."""
    known = {option.name: option for option in (*verb.options, OUTPUT)}
    rest: list[str] = []
    values: dict[str, str] = {}
    pending = iter(words)
    for word in pending:
        if not (word == OUTPUT.name or (word.startswith("--") and word[2:3].isalpha())):
            rest.append(word)
            continue
        name, equals, value = word.partition("=")
        option = known.get(name)
        if option is None:
            fix = hint(name, known) or f"; it takes {', '.join(known)}"
            raise OptionError(f"%headroom {verb.name} has no option {name}{fix}")
        if name in values:
            raise OptionError(f"{name} is given twice")
        values[name] = _value(option, value if equals else None, pending)
    return rest, values


def _value(option: Option, given: str | None, pending: Iterable[str]) -> str:
    words = option.offers.split()
    if not option.value:
        if given is not None and given not in words:
            raise OptionError(f"{option.name} is a switch and takes no value{' but on or off' if words else ''}")
        return given or "on"
    value = unquote(given if given is not None else next(iter(pending), ""))
    if not value:
        raise OptionError(f"{option.name} needs a value: {option.name} {option.value}")
    if option.closed and value not in words:
        raise OptionError(f"{option.name} {value} is not known{hint(value, words)}; use one of {', '.join(words)}")
    return value
