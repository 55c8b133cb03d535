"""Files that users name, read with one error for everything that can go wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from headroom_nb.errors import FileAccessError

if TYPE_CHECKING:
    import os

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


def shown(path: str | os.PathLike[str]) -> str:
    """Return a path as an error names it."""
    text = str(path)
    return repr(text) if len(text) <= LONGEST else f"{text[:12]!r}… ({len(text):,} characters)"
