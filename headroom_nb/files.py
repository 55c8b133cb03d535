"""Files that users name, read with one error for everything that can go wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from headroom_nb.errors import FileAccessError

if TYPE_CHECKING:
    import os

MOST_SHOWN = 120
"""Characters of a path that an error repeats; what is longer is no path, but data in a path's place."""


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
    text = repr(str(path))
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
