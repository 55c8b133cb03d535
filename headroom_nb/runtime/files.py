"""Files that users name, read with one error for everything that can go wrong."""

from __future__ import annotations

import os
from pathlib import Path

from headroom_nb.errors import FileAccessError, OptionError

LONGEST = 255
"""Characters of a path that is shown whole; what is longer is data in a path's place, and not to be repeated."""


def read_file(path: str | os.PathLike[str]) -> bytes:
    """Return a file's bytes; ``~`` stands for the home folder.

    Raises
    ------
    FileAccessError
        It cannot be read.
    """
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise FileAccessError(f"{shown(path)} cannot be read: {error.strerror or error}") from error
    except (ValueError, RuntimeError) as error:  # a NUL or a lone surrogate in the path, no such home folder
        raise FileAccessError(f"{shown(path)} cannot be read: {error}") from error


def expanded(path: str | os.PathLike[str]) -> Path:
    """Return a path in which ``~`` stands for the home folder.

    Raises
    ------
    OptionError
        It is no path that a file could have.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise OptionError(f"a file is given by its path, not as {type(path).__name__}")
    try:
        name = os.fsencode(path)
        found = Path(path).expanduser()
    except (RuntimeError, UnicodeEncodeError) as error:
        raise OptionError(f"{shown(path)} is no path: {error}") from error
    if b"\0" in name:
        raise OptionError(f"{shown(path)} is no path: it holds a NUL")
    return found


def is_file(path: Path) -> bool:
    """Return whether a file stands there; False for a name that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def shown(path: str | os.PathLike[str]) -> str:
    """Return a path as an error names it."""
    text = str(path)
    return repr(text) if len(text) <= LONGEST else f"{text[:12]!r}… ({len(text):,} characters)"
