"""What a verb works on: a variable, an expression, a cell's body or images on disk; and the conversation it makes."""

from __future__ import annotations

import ast
import json
import shlex
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headroom_nb.analysis.files import (
    DOCUMENT_SUFFIXES,
    PAPER_SUFFIXES,
    PICTURE_SUFFIXES,
    find_files,
    read_json,
    read_lines,
)
from headroom_nb.analysis.inputs import of_notebook
from headroom_nb.analysis.tables import is_table, table_messages
from headroom_nb.errors import MessageError, OptionError
from headroom_nb.formats import user_message
from headroom_nb.formats.find import call_images
from headroom_nb.formats.walk import read_messages
from headroom_nb.records import CompressionResult
from headroom_nb.rendering import plain
from headroom_nb.runtime.words import hint, unquote

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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # words of a question may read as odd code
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


MOST_NAME = 40
"""Characters of an expression that an image is called by."""


@dataclass(frozen=True)
class Asked:
    """What goes with images that are no conversation yet.

    Attributes
    ----------
    question
        What is asked of all of them; None for nothing.
    image_column, question_column
        Columns of a table; None guesses.
    provider
        In whose format the messages are written.
    """

    question: str | None = None
    image_column: str | None = None
    question_column: str | None = None
    provider: str = "openai"


def conversation(value: Any, asked: Asked, label: str) -> tuple[Any, tuple[str, ...]]:
    """Return a message list or request body, and sentences on what was left out.

    Parameters
    ----------
    value
        Messages, a request body, a result, an image or a list of images, a data frame, or files: a path, a pattern, a
        folder or a list of paths.
    asked
        What goes with images.
    label
        What the value is called in an error.

    Raises
    ------
    MessageError
        It is none of these.
    OptionError
        A question was given for messages that have their own, or a column that is not there.
    HeadroomError
        An image cannot be read.
    """
    if isinstance(value, CompressionResult):
        value = value.messages
    if is_table(value):
        table = (value, asked.image_column, asked.question_column)
        return table_messages(*table, text=asked.question or "", provider=asked.provider)
    if asked.image_column or asked.question_column:
        raise OptionError(f"{label} is not a table, so there are no columns to name")
    if isinstance(value, (str, Path)) and (files := find_files(str(value))):
        value = files
    if isinstance(value, list) and value and all(isinstance(each, Path) for each in value):
        return _of_files(value, asked), ()
    if _is_image(value) or (isinstance(value, (list, tuple)) and value and all(map(_is_image, value))):
        return [_named_message(value, asked, label)], ()
    if isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray))):
        if asked.question is not None:
            raise OptionError(f"--question goes with images; {label} has questions of its own")
        return value, ()
    raise MessageError(
        f"{label} is of type {type(value).__name__}: no messages, no image and no table; "
        "headroom_nb.user_message(question, image) makes a message of an image"
    )


def _named_message(value: Any, asked: Asked, label: str) -> dict[str, Any]:
    """Return a message with the images of a variable; those that come from no file are called as it is."""
    message = user_message(asked.question or "", value, provider=asked.provider)
    if len(label) <= MOST_NAME:
        single = not isinstance(value, (list, tuple))
        call_images(message, [label] if single else [f"{label}[{number}]" for number in range(len(value))])
    return message


def _of_files(paths: list[Path], asked: Asked) -> Any:
    """Return the conversation of one file, the requests of several, or one message with all images."""
    kinds = {path.suffix.lower() for path in paths}
    documents = kinds & DOCUMENT_SUFFIXES
    if not documents or documents == {".ipynb"} == kinds:
        images: list[Any] = [
            each for path in paths for each in ([path] if not documents else [one.load() for one in of_notebook(path)])
        ]
        return [user_message(asked.question or "", *images, provider=asked.provider)]
    if len(paths) > 1:
        raise OptionError("name one file of messages at a time, or compress a folder of them with batch")
    if asked.question is not None:
        raise OptionError(f"--question goes with images; {paths[0]} has questions of its own")
    found = read_json(paths[0]) if kinds == {".json"} else [document for _, document in read_lines(paths[0])]
    if not any(message.blocks for message in read_messages(found)):
        raise MessageError(f"{paths[0]} holds no messages")
    return found


def _is_image(value: Any) -> bool:
    if isinstance(value, (str, Mapping, list, tuple)):
        return False
    from headroom_nb.pictures.libraries import READERS, kind_of  # messages alone need no library of images
    from headroom_nb.pictures.plugins import sniff

    if isinstance(value, (bytes, bytearray)):
        return sniff(bytes(value)) is not None or b"%PDF-" in value[:1024]
    if isinstance(value, Path):
        return True
    return kind_of(value, READERS) is not None
