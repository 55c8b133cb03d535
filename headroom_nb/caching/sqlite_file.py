"""The SQLite file behind a store: its tables, its transactions and its bound. Raises what :mod:`sqlite3` raises."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS = 5.0
"""How long to wait for another process that is writing; after that the one value is not stored."""

KEPT_SHARE = 0.9
"""Share of the bound that is left after values had to go, so that not every new one pushes an old one out."""

_PAGE = 4096
_WAL_BYTES = 4 * 2**20
_SCHEMA = (
    f"PRAGMA page_size = {_PAGE}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    f"PRAGMA journal_size_limit = {_WAL_BYTES}",
    "CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB, digest BLOB, used REAL)",
    "CREATE INDEX IF NOT EXISTS by_use ON entries (used)",
)


def connect(path: Path) -> sqlite3.Connection:
    """Open a file and lay out its tables, waiting for other processes that do so at the same time."""
    last = time.monotonic() + BUSY_SECONDS
    file = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        while True:
            try:
                for statement in _SCHEMA:
                    file.execute(statement)
            except sqlite3.OperationalError as error:
                # switching to a write-ahead log does not wait by itself
                if "locked" not in str(error) or time.monotonic() > last:
                    raise
                time.sleep(0.01)
            else:
                return file
    except sqlite3.Error:
        file.close()
        raise


@contextlib.contextmanager
def transaction(file: sqlite3.Connection) -> Iterator[None]:
    """Write all of it or nothing; other processes wait."""
    file.execute("BEGIN IMMEDIATE")
    try:
        yield
        file.execute("COMMIT")
    finally:
        if file.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                file.execute("ROLLBACK")


def shrink(file: sqlite3.Connection, max_bytes: int, now: float) -> None:
    """Drop what was used longest ago until the file's pages in use are within the bound.

    What a clock that was ahead marked as used later than ``now`` would stay for ever; it counts as used now.
    """
    if _bytes_in_use(file) > max_bytes:
        file.execute("UPDATE entries SET used = ? WHERE used > ?", (now, now))
    while (used := _bytes_in_use(file)) > max_bytes:
        excess, keys = used - KEPT_SHARE * max_bytes, []
        for key, size in file.execute("SELECT key, LENGTH(value) FROM entries ORDER BY used"):
            keys.append((key,))
            excess -= size
            if excess <= 0:
                break
        if not keys:
            return
        file.executemany("DELETE FROM entries WHERE key = ?", keys)


def _bytes_in_use(file: sqlite3.Connection) -> int:
    return (number(file, "PRAGMA page_count") - number(file, "PRAGMA freelist_count")) * _PAGE


def empty(file: sqlite3.Connection) -> bool:
    """Drop everything, also from the disk, and return True."""
    file.execute("DELETE FROM entries")
    file.execute("VACUUM")
    file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return True


def number(file: sqlite3.Connection, query: str) -> int:
    """Return the one number that a query gives."""
    return int(file.execute(query).fetchone()[0])
