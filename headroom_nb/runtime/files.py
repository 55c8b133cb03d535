"""Files that users name, read with one error for everything that can go wrong."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from headroom_nb.errors import FileAccessError, OptionError

CACHE_FOLDER = "HEADROOM_NB_CACHE_FOLDER"
"""Environment variable: the folder of downloaded models, and of results that are kept on disk."""

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


def cache_folder() -> Path:
    """Return the folder of what can be fetched or made again: :data:`CACHE_FOLDER`, or one in the user's cache."""
    if folder := os.environ.get(CACHE_FOLDER):
        return Path(folder).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "headroom_nb"


_digests: dict[tuple[str, int, int, int], str] = {}
"""Checksums by path, inode, size and time of change: a file is read through once in a process."""


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hex; raises OSError where it cannot be read."""
    status = path.stat()
    key = (str(path), status.st_ino, status.st_size, status.st_mtime_ns)
    if key not in _digests:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        _digests[key] = digest.hexdigest()
    return _digests[key]
