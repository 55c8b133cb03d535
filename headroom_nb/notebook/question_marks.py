"""A question mark at the end of a ``%headroom`` line: IPython would take it for a request for help, and run nothing."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from headroom_nb.notebook.verb_table import VERBS

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_LINE = re.compile(r"(?P<start>\s*(?:[\w.]+\s*=\s*)?%headroom\s+)(?P<rest>[^\n]*[^\s?])(?P<marks>\?+)\s*")


def quote_marks(lines: list[str]) -> list[str]:
    """Return the lines of a cell: ``%headroom VERB?`` asks for help on it, any other mark belongs to the question."""
    return [_line(line) for line in lines]


def _line(line: str) -> str:
    found = _LINE.fullmatch(line)
    if found is None or not _complete(found["rest"]):
        return line
    if found["rest"] in VERBS:
        return f"%headroom help {found['rest']}\n"
    return f'{found["start"]}{found["rest"]}"{found["marks"]}"\n'


def _complete(text: str) -> bool:
    """Return whether every quote is closed."""
    try:
        shlex.split(text)
    except ValueError:
        return False
    return True


def register(shell: InteractiveShell) -> None:
    """Read the lines so from now on."""
    shell.input_transformers_cleanup.append(quote_marks)


def unregister(shell: InteractiveShell) -> None:
    """Leave the lines to IPython again."""
    if quote_marks in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(quote_marks)
