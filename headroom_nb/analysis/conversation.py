"""A conversation from whatever was named: messages, images, files, or a table with a row for each image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headroom_nb.analysis.inputs import DOCUMENT_SUFFIXES, find_files, of_notebook, read_json, read_lines
from headroom_nb.analysis.tables import is_table, table_messages
from headroom_nb.errors import MessageError, OptionError
from headroom_nb.formats import user_message
from headroom_nb.records import CompressionResult


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
        raise OptionError(f"{label} is no table, so there are no columns to name")
    if isinstance(value, (str, Path)) and (files := find_files(str(value))):
        value = files
    if isinstance(value, list) and value and all(isinstance(each, Path) for each in value):
        return _of_files(value, asked), ()
    if _is_image(value) or (isinstance(value, (list, tuple)) and value and all(map(_is_image, value))):
        return [user_message(asked.question or "", value, provider=asked.provider)], ()
    if isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray))):
        if asked.question is not None:
            raise OptionError(f"--question goes with images; {label} has questions of its own")
        return value, ()
    raise MessageError(
        f"{label} is of type {type(value).__name__}: no messages, no image and no table; "
        "headroom_nb.user_message(question, image) makes a message of an image"
    )


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
    return read_json(paths[0]) if kinds == {".json"} else [document for _, document in read_lines(paths[0])]


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
