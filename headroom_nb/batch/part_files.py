"""The two files of a part: its data, with a hash taken on the way, and its results."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any, BinaryIO

from headroom_nb.batch.records import BatchTotals, PartRecord
from headroom_nb.batch.store import BUFFER
from headroom_nb.runtime.json_text import read_json

if TYPE_CHECKING:
    from headroom_nb.batch.records import Part
    from headroom_nb.batch.store import Found, Store


def read_record(store: Store, part: Part) -> dict[str, Any] | None:
    """Return the results of a part's items; None when it is missing or damaged."""
    try:
        content = read_json(store.read(f"{part.target}.json"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and content.get("number") == part.number else None


def record_of(store: Store, part: Part) -> PartRecord | None:
    """Return the record of a part that is done; None when it is not."""
    content = read_record(store, part)
    try:
        return None if content is None else PartRecord(part.number, content["size"], BatchTotals(**content["totals"]))
    except (KeyError, TypeError):  # not as it is written here
        return None


_digests: dict[tuple[str, int, str], str] = {}
"""Digests of files that did not change since, by path, size and version."""


def full_digest(store: Store, found: Found) -> str:
    """Return a file's SHA-256 in hex; a file is read once in a process while it is the same."""
    key = (found.path, found.size, found.stamp)
    if key not in _digests:
        digest = hashlib.sha256()
        with store.open(found.path) as file:
            while block := file.read(BUFFER):
                digest.update(block)
        _digests[key] = digest.hexdigest()
    return _digests[key]


class HashingFile(io.RawIOBase):
    """Passes bytes on, counts them and takes their SHA-256, and that of so many at their beginning."""

    def __init__(self, file: BinaryIO, beginning: int = 0) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._beginning = beginning
        self._hash_of_beginning = hashlib.sha256()
        self.size = 0
        self.ended = False
        """Whether the last byte ended a line."""

    def writable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self.size

    def write(self, data: Any, /) -> int:
        """Write bytes."""
        self._hash.update(data)
        if self.size < self._beginning:
            self._hash_of_beginning.update(data[: self._beginning - self.size])
        self.size += len(data)
        self.ended = data[-1:] == b"\n"
        return self._file.write(data)

    def digest_of_beginning(self) -> str:
        """Return the SHA-256 of the beginning, in hex; empty where fewer bytes were written."""
        return self._hash_of_beginning.hexdigest() if self.size >= self._beginning else ""

    def digest(self) -> str:
        """Return the SHA-256 of everything so far, in hex."""
        return self._hash.hexdigest()
