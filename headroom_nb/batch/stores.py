"""Files on this machine, or wherever fsspec reaches: the few things that batches do with them. Files appear whole."""

from __future__ import annotations

import contextlib
import os
import uuid
from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from headroom_nb.batch.file_lock import take_lock
from headroom_nb.batch.paths import parent_and_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DRAFT = "draft-"
"""What names of unfinished files begin with."""

BUFFER = 2**20
"""Bytes read ahead."""


class Writable(Protocol):
    """What bytes can be written to."""

    def write(self, data: bytes, /) -> int:
        """Write bytes."""
        ...


@dataclass(frozen=True)
class Found:
    """A file that was listed: its path, its path below the folder, its size in bytes and its version."""

    path: str
    name: str
    size: int
    stamp: str


class Store(ABC):
    """Where files are kept. Paths are whole: absolute, or URLs."""

    @abstractmethod
    def open(self, path: str) -> BinaryIO:
        """Return a file to read; raises OSError."""

    @abstractmethod
    def real(self, path: str) -> str:
        """Return the one name of a place that may have several: without links, as the file system spells it."""

    @abstractmethod
    def find(self, folder: str) -> tuple[list[Found], list[str]]:
        """Return the files below a folder by name, and the names of what cannot be read as a file of it, as links out.

        Raises
        ------
        OSError
            A folder in it cannot be listed.
        """

    @abstractmethod
    def look(self, path: str) -> Found | None:
        """Return a file's size and version; None when there is no such file."""

    @abstractmethod
    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder."""

    @abstractmethod
    def make_folder(self, path: str) -> None:
        """Make a folder and those above it."""

    @abstractmethod
    def remove(self, path: str) -> None:
        """Remove a file, or an empty folder, if it is there."""

    @abstractmethod
    def _create(self, path: str) -> BinaryIO:
        """Return a file to write."""

    @abstractmethod
    def _move(self, path: str, to: str) -> None:
        """Move a file, over another if need be."""

    @abstractmethod
    def settle(self, file: BinaryIO) -> None:
        """Wait until what was written to a file is where a power cut cannot take it."""

    @contextmanager
    def locked(self, path: str) -> Iterator[bool]:  # noqa: ARG002
        """Hold a lock under this name if nobody else does; give whether it is held. Elsewhere nothing is locked."""
        yield True

    @contextmanager
    def writing(self, path: str, drafts: str | None = None) -> Iterator[BinaryIO]:
        """Give a file to write that gets its name when all of it is there; nobody ever sees half of it.

        Until then it stands in the folder ``drafts``, by default the file's own.
        """
        draft = f"{drafts or parent_and_name(path)[0]}/{DRAFT}{uuid.uuid4().hex}"
        try:
            with self._create(draft) as file:
                yield file
            self._move(draft, path)
        except BaseException:
            self.remove(draft)
            raise

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        with self.open(path) as file:
            return file.read()

    def write(self, path: str, data: bytes, drafts: str | None = None) -> None:
        """Write a file, whole or not at all."""
        with self.writing(path, drafts) as file:
            file.write(data)


class LocalStore(Store):
    """The file system of this machine."""

    def open(self, path: str) -> BinaryIO:
        """Return a file to read."""
        return Path(path).open("rb", buffering=BUFFER)

    def real(self, path: str) -> str:
        """Return the path without links."""
        return Path(os.path.normcase(os.path.realpath(path))).as_posix()  # pathlib's own fails on links in a circle

    def find(self, folder: str) -> tuple[list[Found], list[str]]:
        """Return the files below a folder, hidden ones left out; folders behind links and broken links are not read."""
        root = Path(self.real(folder))
        files: list[Found] = []
        skipped: list[str] = []
        for place, folders, names in os.walk(folder, onerror=_fail):
            folders[:] = [name for name in folders if not name.startswith(".")]
            linked = [name for name in folders if Path(place, name).is_symlink()]
            for name in (*linked, *(name for name in names if not name.startswith("."))):
                path = Path(place, name)
                relative = path.relative_to(folder).as_posix()
                found = self.look(str(path)) if Path(self.real(str(path))).is_relative_to(root) else None
                if found is None:
                    skipped.append(relative)
                else:
                    files.append(Found(path.as_posix(), relative, found.size, found.stamp))
        return sorted(files, key=lambda file: file.name), sorted(skipped)

    def look(self, path: str) -> Found | None:
        """Return a file's size and version."""
        if not Path(path).is_file():
            return None
        facts = Path(path).stat()
        return Found(path, Path(path).name, facts.st_size, str(facts.st_mtime_ns))

    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder."""
        return Path(path).is_dir()

    @contextmanager
    def locked(self, path: str) -> Iterator[bool]:
        """Hold a lock for as long as the process lives, where the system has such locks."""
        try:
            lock = take_lock(path)
        except BlockingIOError:
            yield False
            return
        except (ImportError, OSError):  # no such locks here; a folder that is missing is said when something is written
            yield True
            return
        try:
            yield True
        finally:
            with contextlib.suppress(OSError):
                Path(path).unlink(missing_ok=True)
            lock.close()

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it."""
        Path(path).mkdir(parents=True, exist_ok=True)

    def remove(self, path: str) -> None:
        """Remove a file, or an empty folder."""
        if Path(path).is_dir() and not Path(path).is_symlink():
            Path(path).rmdir()
        else:
            Path(path).unlink(missing_ok=True)

    def settle(self, file: BinaryIO) -> None:
        """Wait until what was written is on the disk."""
        file.flush()
        os.fsync(file.fileno())

    def _create(self, path: str) -> BinaryIO:
        return Path(path).open("xb", buffering=BUFFER)

    def _move(self, path: str, to: str) -> None:
        Path(path).replace(to)


def _fail(error: OSError) -> None:
    raise error


def store_of(path: str, options: Mapping[str, Any] | None = None) -> Store:
    """Return the store a path is in; OptionError where fsspec is needed and missing, or knows no such place."""
    protocol, found, _ = path.partition("://")
    if not found:
        return LocalStore()
    from headroom_nb.batch.url_store import UrlStore

    return UrlStore(protocol, options or {})


def copy_range(source: BinaryIO, start: int, stop: int, to: Writable) -> None:
    """Copy bytes from one file to another, a megabyte at a time."""
    source.seek(start)
    left = stop - start
    while left > 0:
        block = source.read(min(BUFFER, left))
        if not block:
            raise OSError("the source became shorter while it was read")
        to.write(block)
        left -= len(block)
