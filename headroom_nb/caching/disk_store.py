"""A folder of cached values that the processes of one user share: a SQLite file, bounded and checked.

Whatever goes wrong here costs time and never a result. A broken file is set aside and a new one begun; a folder that
cannot be used, or a full disk, ends the use of the store for this process. :attr:`DiskStore.notes` says so.
"""

from __future__ import annotations

import atexit
import contextlib
import hmac
import os
import sqlite3
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakSet

from headroom_nb.caching.sqlite_file import BUSY_SECONDS, connect, empty, number, shrink, transaction
from headroom_nb.errors import FileAccessError
from headroom_nb.runtime.forks import after_fork
from headroom_nb.runtime.user_key import user_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

FILE = "remembered.sqlite3"
MAX_BYTES = 512 * 2**20
"""Bound on the file by default."""

USES_AT_ONCE = 256
"""Uses are noted in memory, and written with the next value, or after so many: reading alone writes nothing."""

MOST_MISSED = 2
"""Times that a process waits for a locked file in vain, and stores nothing meanwhile, before it stops using it."""

MOST_SET_ASIDE = 3
"""Broken files a process sets aside before it stops using the folder."""

_stores: WeakSet[DiskStore] = WeakSet()
_abandoned: list[sqlite3.Connection] = []
"""Connections of a parent process, kept open for ever."""


@dataclass(frozen=True)
class StoreInfo:
    """What a store holds.

    Attributes
    ----------
    folder
        Where it is.
    entries, bytes, max_bytes
        Values, bytes on the disk, and their bound.
    notes, off
        What went wrong in this process; and why the store is no longer used, empty while it is.
    """

    folder: Path
    entries: int
    bytes: int
    max_bytes: int
    notes: tuple[str, ...]
    off: str


class DiskStore:
    """Values by key in one file; safe to share among threads and processes.

    Parameters
    ----------
    folder
        Where the file is; made for this user alone when it is missing.
    max_bytes
        Bound on the file's bytes; the values used longest ago go first.

    Attributes
    ----------
    notes
        What went wrong in this process, in order.
    off
        Why the store is no longer used in this process; empty while it is.
    """

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._file: sqlite3.Connection | None = None
        self.folder = folder
        self.max_bytes = max_bytes
        self.notes: list[str] = []
        self.off = ""
        self._begin()
        _stores.add(self)
        after_fork(self)

    def __repr__(self) -> str:
        return f"<DiskStore {self.folder}, at most {self.max_bytes:,} bytes{', off' if self.off else ''}>"

    def __del__(self) -> None:
        self._forget_file()

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / FILE

    def get(self, key: bytes) -> bytes | None:
        """Return the value under a key; None when there is none, or it is no longer what was stored."""
        found = self._guarded(
            lambda file: file.execute("SELECT value, digest FROM entries WHERE key = ?", (key,)).fetchone()
        )
        if found is None:
            return None
        value, digest = found
        if not isinstance(value, bytes) or self._mac(key, value) != digest:
            self.notes.append(f"an entry in {self.path} is damaged or was not stored by you; it is not used")
            self._guarded(lambda file: file.execute("DELETE FROM entries WHERE key = ?", (key,)))
            return None
        with self._lock:
            self._uses[key] = time.time()
            if len(self._uses) >= USES_AT_ONCE:
                self._guarded(self._write_uses)
        return value

    def put(self, key: bytes, value: bytes) -> None:
        """Store a value; one over a tenth of the bound is not kept."""
        if len(value) <= self.max_bytes // 10:
            self._guarded(lambda file: self._write(file, key, value))

    def clear(self) -> None:
        """Forget everything, broken files set aside earlier too, and give the disk its room back.

        A store that was no longer used is used again.

        Raises
        ------
        FileAccessError
            The file is there and cannot be emptied.
        """
        with self._lock:
            self.off, self._broken, self._missed = "", 0, 0
            self._uses.clear()
            with contextlib.suppress(OSError):
                self._aside.unlink(missing_ok=True)
            if self.path.exists() and not self._guarded(empty):
                why = self.off or "another process is using it; try again when that has ended"
                raise FileAccessError(f"the cache in {self.folder} could not be cleared: {why}")

    def info(self) -> StoreInfo:
        """Return what it holds; a file is not made for this."""
        entries = self._guarded(lambda file: number(file, "SELECT COUNT(*) FROM entries")) if self.path.exists() else 0
        files = [self.path.with_name(FILE + end) for end in ("", "-wal")]
        size = 0
        for file in files:
            with contextlib.suppress(FileNotFoundError):  # the log comes and goes with the processes that write
                size += file.stat().st_size
        return StoreInfo(self.folder, entries or 0, size, self.max_bytes, tuple(self.notes), self.off)

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._file is not None:
                if self._uses:
                    self._guarded(self._write_uses)
                self._forget_file()

    def _begin(self) -> None:
        """Begin without an open file: at first, and in the child after a fork."""
        self._lock = threading.RLock()
        self._file = None
        self._secret = b""
        self._opened = (0, 0)
        self._uses: dict[bytes, float] = {}
        self._broken = self._missed = 0

    def reset_after_fork(self) -> None:
        """Begin without the parent's file: SQLite forbids even closing it here."""
        if self._file is not None:
            _abandoned.append(self._file)
        self._begin()

    @property
    def _aside(self) -> Path:
        """Where a broken file goes."""
        return self.path.with_suffix(".broken")

    def _guarded(self, action: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do something with the file; None, and a note, when that cannot be done."""
        with self._lock:
            while not self.off:
                try:
                    return action(self._open())
                except sqlite3.OperationalError as error:
                    if "locked" not in str(error):
                        self._turn_off(str(error))
                        continue
                    self._missed += 1
                    if self._missed >= MOST_MISSED:
                        self._turn_off(f"another process has kept it locked for {MOST_MISSED * BUSY_SECONDS:.0f} s")
                    return None
                except sqlite3.DatabaseError as error:
                    self._put_aside(str(error))
                except OSError as error:
                    self._turn_off(_reason(error))
        return None

    def _open(self) -> sqlite3.Connection:
        if self._file is None:
            _make_private(self.folder)
            self._secret = user_key()
            with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)) as made:
                status = os.fstat(made.fileno())
                self._opened = (status.st_dev, status.st_ino)
            self._file = connect(self.path)
        return self._file

    def _forget_file(self) -> None:
        if self._file is not None:
            with contextlib.suppress(sqlite3.Error):
                self._file.close()
        self._file = None

    def _turn_off(self, why: str) -> None:
        self._forget_file()
        self.off = f"nothing is cached on disk: {self.folder} cannot be used ({why})"
        self.notes.append(self.off)

    def _put_aside(self, why: str) -> None:
        """Move a broken file out of the way, unless another process has done so already."""
        self._forget_file()
        self._broken += 1
        if self._broken > MOST_SET_ASIDE:
            self._turn_off(why)
            return
        try:
            status = self.path.stat()
            if (status.st_dev, status.st_ino) == self._opened:
                # the log first: a new file must not find one that is not its own
                for end in ("-wal", "-shm"):
                    self.path.with_name(FILE + end).unlink(missing_ok=True)
                self.path.replace(self._aside)
                self.notes.append(f"the cache on disk was broken ({why}); it was set aside as {self._aside}")
        except FileNotFoundError:
            pass  # another process has just moved it
        except OSError as error:
            self._turn_off(_reason(error))

    def _mac(self, key: bytes, value: bytes) -> bytes:
        """Return what an entry is checked by; it covers the key, so that no value stands under another's."""
        return hmac.digest(self._secret, len(key).to_bytes(8, "big") + key + value, "sha256")

    def _write(self, file: sqlite3.Connection, key: bytes, value: bytes) -> None:
        now = time.time()
        with transaction(file):
            self._note_uses(file)
            file.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", (key, value, self._mac(key, value), now))
            shrink(file, self.max_bytes, now)
        self._uses.clear()
        self._missed = 0  # only here: reading goes on while another process keeps the file from being written

    def _write_uses(self, file: sqlite3.Connection) -> None:
        with transaction(file):
            self._note_uses(file)
        self._uses.clear()

    def _note_uses(self, file: sqlite3.Connection) -> None:
        file.executemany(
            "UPDATE entries SET used = max(used, ?) WHERE key = ?", [(used, key) for key, used in self._uses.items()]
        )


@lru_cache(maxsize=64)
def open_store(folder: Path) -> DiskStore:
    """Return the process's store in a folder; nothing is read or made yet."""
    return DiskStore(folder)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _make_private(folder: Path) -> None:
    """Make a folder that only this user can write to; raises OSError for one that others can.

    Whoever can write to it could plant what a later run sends to a model.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid"):
        status = folder.stat()
        if status.st_uid != os.getuid():
            raise PermissionError(f"it belongs to user {status.st_uid}; only a folder of your own is used")
        if status.st_mode & 0o022:
            raise PermissionError("others may write to it; take that away with chmod go-w")


def _at_exit() -> None:
    for store in list(_stores):
        store.close()


atexit.register(_at_exit)
