"""Files on this machine, or wherever fsspec reaches: the few things that batches do with them. Files appear whole."""

from __future__ import annotations

import io
import os
import uuid
from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from headroom_nb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DRAFT = "draft-"
"""What names of unfinished files begin with."""

BUFFER = 2**20
"""Bytes read ahead."""

_STAMPS = ("mtime", "LastModified", "last_modified", "updated", "ETag", "etag", "md5Hash", "created")
"""Where file systems say which version of a file this is."""


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
    def find(self, folder: str) -> tuple[list[Found], list[str]]:
        """Return the files below a folder by name, and the names of links that lead out of it."""

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

    def find(self, folder: str) -> tuple[list[Found], list[str]]:
        """Return the files below a folder, hidden ones left out."""
        root = Path(folder).resolve()
        files: list[Found] = []
        outside: list[str] = []
        for place, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                path = Path(place, name)
                relative = path.relative_to(folder).as_posix()
                if name.startswith("."):
                    continue
                if not path.resolve().is_relative_to(root):
                    outside.append(relative)
                elif found := self.look(str(path)):
                    files.append(Found(str(path), relative, found.size, found.stamp))
        return sorted(files, key=lambda file: file.name), sorted(outside)

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
            import fcntl

            file = Path(path).open("ab")  # noqa: SIM115 - closed below
        except (ImportError, OSError):  # a folder that is missing is said when something is written
            yield True
            return
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            try:
                yield True
            finally:
                Path(path).unlink(missing_ok=True)

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it."""
        Path(path).mkdir(parents=True, exist_ok=True)

    def remove(self, path: str) -> None:
        """Remove a file, or an empty folder."""
        if Path(path).is_dir() and not Path(path).is_symlink():
            Path(path).rmdir()
        else:
            Path(path).unlink(missing_ok=True)

    def _create(self, path: str) -> BinaryIO:
        return Path(path).open("xb", buffering=BUFFER)

    def _move(self, path: str, to: str) -> None:
        Path(path).replace(to)


class UrlStore(Store):
    """A file system of fsspec."""

    def __init__(self, protocol: str, options: Mapping[str, Any]) -> None:
        try:
            import fsspec
        except ImportError as error:
            raise OptionError(f"{protocol}:// needs fsspec; run: pip install 'headroom-nb[batch]'") from error
        try:
            self._files = fsspec.filesystem(protocol, **options)
        except (ImportError, ValueError) as error:
            raise OptionError(f"{protocol}:// cannot be used: {error}") from error
        self._protocol = protocol

    def open(self, path: str) -> BinaryIO:
        """Return a file to read."""
        self._files.invalidate_cache()  # other processes write here too
        return io.BufferedReader(self._files.open(path, "rb"), BUFFER)

    def find(self, folder: str) -> tuple[list[Found], list[str]]:
        """Return the files below a folder, hidden ones left out."""
        root = self._files._strip_protocol(folder).rstrip("/") + "/"  # noqa: SLF001 - fsspec's own spelling of a path
        files = []
        self._files.invalidate_cache()
        for path, facts in self._files.find(folder, detail=True).items():
            name = path[len(root) :]
            if not path.startswith(root) or any(step.startswith(".") for step in name.split("/")):
                continue
            files.append(Found(self._files.unstrip_protocol(path), name, facts["size"], _stamp(facts)))
        return sorted(files, key=lambda file: file.name), []

    def look(self, path: str) -> Found | None:
        """Return a file's size and version."""
        self._files.invalidate_cache()
        if not self._files.isfile(path):
            return None
        facts = self._files.info(path)
        return Found(path, path.rpartition("/")[2], facts["size"], _stamp(facts))

    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder."""
        self._files.invalidate_cache()
        return bool(self._files.isdir(path))

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it."""
        self._files.makedirs(path, exist_ok=True)

    def remove(self, path: str) -> None:
        """Remove a file or an empty folder."""
        if self._files.exists(path):
            self._files.rmdir(path) if self._files.isdir(path) else self._files.rm_file(path)

    def _create(self, path: str) -> BinaryIO:
        return self._files.open(path, "wb")  # type: ignore[no-any-return]

    def _move(self, path: str, to: str) -> None:
        if self._files.exists(to):
            self._files.rm_file(to)
        self._files.mv(path, to)


def _stamp(facts: Mapping[str, Any]) -> str:
    return next((str(facts[name]) for name in _STAMPS if facts.get(name) is not None), "")


def store_of(path: str, options: Mapping[str, Any] | None = None) -> Store:
    """Return the store a path is in; OptionError where fsspec is needed and missing, or knows no such place."""
    protocol, found, _ = path.partition("://")
    return UrlStore(protocol, options or {}) if found else LocalStore()


def whole_path(path: str | os.PathLike[str]) -> str:
    """Return a path that means the same in every process: absolute, or a URL as it is."""
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else ""
    if not isinstance(text, str) or not text or "\0" in text:
        raise OptionError(f"{str(path)[:100]!r} is no path")
    try:
        os.fsencode(text)
    except UnicodeEncodeError as error:
        raise OptionError(f"{text[:100]!r} is no path: it holds half a character") from error
    text = text.removeprefix("file://")
    if "://" in text:
        return text.rstrip("/")
    try:
        return os.path.abspath(Path(text).expanduser())  # noqa: PTH100 - keeps links
    except RuntimeError as error:
        raise OptionError(f"{text[:100]!r} is no path: {error}") from error


def parent_and_name(path: str) -> tuple[str, str]:
    """Return the folder a path is in, and its last step."""
    parent, _, name = path.rpartition("/")
    return parent, name


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
