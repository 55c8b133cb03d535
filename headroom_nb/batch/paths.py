"""Paths of batches: whole, so that they mean the same in every process."""

from __future__ import annotations

import os
from pathlib import Path

from headroom_nb.errors import OptionError


def whole_path(path: str | os.PathLike[str]) -> str:
    """Return a path that means the same in every process: absolute, or a URL as it is."""
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else ""
    if not isinstance(text, str) or not text or "\0" in text:
        raise OptionError(f"{str(path)[:100]!r} is not a path")
    try:
        os.fsencode(text)
    except UnicodeEncodeError as error:
        raise OptionError(f"{text[:100]!r} is not a path: it holds half a character") from error
    text = text.removeprefix("file://").removeprefix("local://")
    protocol, found, place = text.partition("://")
    if "::" in place:
        raise OptionError(f"{text[:100]!r} is a chain of URLs; unpack the file first, and name it by its own path")
    if found and place.strip("/"):
        return text.rstrip("/")
    if found or not text:
        raise OptionError(f"{os.fspath(path)!r} names no file or folder in {protocol or 'file'}://")
    try:
        return Path(os.path.abspath(Path(text).expanduser())).as_posix()  # noqa: PTH100 - keeps links
    except RuntimeError as error:
        raise OptionError(f"{text[:100]!r} is not a path: {error}") from error


def parent_and_name(path: str) -> tuple[str, str]:
    """Return the folder a path is in, and its last step."""
    parent, _, name = path.rpartition("/")
    return parent, name
