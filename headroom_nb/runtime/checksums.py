"""Checksums of files that were fetched: known beforehand, or recorded at the first download, and held to ever after."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from typing import TYPE_CHECKING

from headroom_nb.errors import ModelFilesError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RECORD = "sha256.json"
"""The record's name, beside the files."""

_seen: dict[tuple[str, int, int, int], str] = {}
"""Checksums by path, inode, size and time of change: a file is read through once in a process."""


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hex; raises OSError where it cannot be read."""
    status = path.stat()
    key = (str(path), status.st_ino, status.st_size, status.st_mtime_ns)
    if key not in _seen:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        _seen[key] = digest.hexdigest()
    return _seen[key]


class Checksums:
    """What the files of one model must be.

    Parameters
    ----------
    record
        JSON file of the checksums of the first download; None keeps none.
    known
        Checksums known beforehand; they come first.
    """

    def __init__(self, record: Path | None, known: Mapping[str, str]) -> None:
        self._record = record
        self._known = known

    def check(self, paths: Mapping[str, Path]) -> None:
        """Hold files to their checksums, and record those of files met for the first time.

        Raises
        ------
        ModelFilesError
            A file is not what it was, or cannot be read.
        """
        recorded = self._recorded()
        found: dict[str, str] = {}
        for name, path in paths.items():
            try:
                found[name] = sha256_of(path)
            except OSError as error:
                raise ModelFilesError(f"{path} cannot be read ({error.strerror})") from error
            expected = self._known.get(name) or recorded.get(name)
            if expected is not None and expected != found[name]:
                whose = "the one this package knows" if name in self._known else "that of its first download"
                raise ModelFilesError(
                    f"{path} is damaged or was changed: its SHA-256 is not {whose}; delete the folder {path.parent}, "
                    "and the files are fetched again"
                )
        if not found.items() <= recorded.items():
            self._write({**recorded, **found})

    def record_new(self, name: str, path: Path, told: str | None) -> None:
        """Record the checksum of a file just fetched.

        Parameters
        ----------
        name
            The file's own name.
        path
            Where it lies now.
        told
            What the place it came from says its checksum is; None where it says nothing.

        Raises
        ------
        ModelFilesError
            The file is not the one that is known, or not what its source says.
        """
        digest = sha256_of(path)
        for expected, whose in ((self._known.get(name), "this package knows"), (told, "the hub says")):
            if expected is not None and expected != digest:
                raise ModelFilesError(f"{name} was changed on its way here: its SHA-256 is not the one {whose}")
        self._write({**self._recorded(), name: digest})

    def _recorded(self) -> dict[str, str]:
        if self._record is None:
            return {}
        try:
            record = json.loads(self._record.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise ModelFilesError(self._damaged(error)) from error
        if not isinstance(record, dict) or not all(isinstance(each, str) for each in record.values()):
            raise ModelFilesError(self._damaged("it is no table of checksums"))
        return record

    def _damaged(self, why: object) -> str:
        folder = None if self._record is None else self._record.parent
        return f"{self._record} is damaged ({why}); delete the folder {folder}, and the files are fetched again"

    def _write(self, record: Mapping[str, str]) -> None:
        """Write the record in one step; a cache that cannot be written to keeps the one it has."""
        if self._record is None:
            return
        part = self._record.with_name(f"{self._record.name}.{os.getpid()}.part")
        with contextlib.suppress(OSError):
            self._record.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", "utf-8")
            part.replace(self._record)
        with contextlib.suppress(OSError):
            part.unlink()
