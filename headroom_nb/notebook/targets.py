"""What a verb works on: a variable, an expression, the body of a cell, or images on disk."""

from __future__ import annotations

import ast
import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.analysis.inputs import DOCUMENT_SUFFIXES, PAPER_SUFFIXES, PICTURE_SUFFIXES, find_files
from headroom_nb.errors import OptionError
from headroom_nb.rendering import plain
from headroom_nb.runtime.words import hint, unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

USER_ERRORS = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
"""What a user's own expression may well raise; shown in one line. Anything else keeps its traceback."""

MOST_SHOWN = 80
"""Columns of an expression that an error repeats."""


def evaluate(expression: str, namespace: Mapping[str, Any]) -> Any:
    """Return the value of a variable or expression.

    Raises
    ------
    OptionError
        When it cannot be evaluated; an unknown name comes with the closest known one.
    """
    source = expression.strip()
    if source in namespace:
        return namespace[source]
    shown = plain.shorten(source, MOST_SHOWN)
    try:
        code = compile(ast.parse(f"(\n{source}\n)", mode="eval"), "<%headroom>", "eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise OptionError(f"{shown} is neither a variable nor an expression ({_reason(error)})") from error
    try:
        return eval(code, dict(namespace))  # noqa: S307 - evaluating the user's own expression is the job
    except NameError as error:
        name = error.name or source
        names = [known for known in namespace if not known.startswith("_")]
        raise OptionError(f"there is no variable {name}{hint(name, names)}") from error
    except USER_ERRORS as error:
        raise OptionError(f"{shown} raised {type(error).__name__}: {error}") from error


def read_body(body: str, namespace: Mapping[str, Any]) -> Any:
    """Return the value of a cell's body: JSON, or one Python expression.

    Raises
    ------
    OptionError
        When it is neither.
    """
    if not body.strip():
        raise OptionError("the cell has no body: write the messages under %%headroom, as JSON or a Python expression")
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        not_json = f"{error.msg} in line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError) as error:
        raise OptionError("the cell is nested too deeply, or has too long a number, to be a conversation") from error
    try:
        return evaluate(body, namespace)
    except OptionError as error:
        raise OptionError(f"the cell is not JSON ({not_json}), and as a Python expression: {error}") from error


def looks_like_path(target: str) -> bool:
    """Return whether a target can only be meant as a path: it ends as an image's name does, or holds a wildcard."""
    text = unquote(target)
    return Path(text).suffix.lower() in PICTURE_SUFFIXES | DOCUMENT_SUFFIXES | PAPER_SUFFIXES or (
        not target.isidentifier() and "*" in text and "/" in text
    )


def missing_file(target: str) -> str:
    """Return what of a target can only be meant as a file, and is none; empty where that cannot be told."""
    if looks_like_path(target) and " " in target:
        try:
            words = shlex.split(target)
        except ValueError:  # a quote that is not closed
            return target
        missing = [word for word in words if not find_files(shlex.quote(word))]
        return missing[0] if missing and len(words) > 1 else target
    return target if looks_like_path(target) or is_folder(target) else ""


def near(target: str) -> str:
    """Return a file that may have been meant by a path at which there is none."""
    wanted = Path(unquote(target)).expanduser()
    try:
        return hint(wanted.name, [entry.name for entry in wanted.parent.iterdir() if entry.is_file()])
    except (OSError, ValueError):
        return ""


def is_folder(target: str) -> bool:
    """Return whether a target names a folder."""
    try:
        return Path(unquote(target)).expanduser().is_dir()
    except (OSError, RuntimeError, ValueError):  # no name that a folder could have, no such home folder
        return False


def _reason(error: Exception) -> str:
    return error.msg if isinstance(error, SyntaxError) and error.msg else str(error)
