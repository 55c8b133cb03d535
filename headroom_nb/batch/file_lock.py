"""A lock that processes of one machine see, and that a killed one does not hold."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from headroom_nb.runtime.forks import after_fork

if TYPE_CHECKING:
    from typing import BinaryIO


class FileLock:
    """An open file that is locked; a forked child lets go of it, so that it holds nothing when its parent is killed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        after_fork(self)

    def reset_after_fork(self) -> None:
        """Close the child's copy; the parent's stays locked."""
        self._file.close()

    def close(self) -> None:
        """Give the lock back."""
        self._file.close()


def take_lock(path: str) -> FileLock:
    """Lock a file; BlockingIOError if it is locked, another OSError where the file system has no locks."""
    import fcntl

    while True:
        file = Path(path).open("ab")  # noqa: SIM115 - closed with the lock
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _stands_at(file, path):  # and was not removed between the two lines above, by whoever held it
                return FileLock(file)
        except BaseException:  # an interrupt too: an open file would keep the lock
            file.close()
            raise
        file.close()


def _stands_at(file: BinaryIO, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), Path(path).stat())
    except FileNotFoundError:
        return False
