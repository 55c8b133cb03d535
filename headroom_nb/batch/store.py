"""What every store of files can do. Files appear whole."""

from __future__ import annotations

import re
import uuid
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

DRAFT = re.compile("draft-[0-9a-f]{32}")
"""Names of unfinished files."""

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


def draft_in(folder: str) -> str:
    """Return a name for an unfinished file in a folder."""
    return f"{folder}/draft-{uuid.uuid4().hex}"


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

    def is_link(self, path: str) -> bool:  # noqa: ARG002
        """Return whether a link stands here, broken ones included."""
        return False

    def stands_there(self, path: str) -> bool:
        """Return whether anything but a folder stands here: a file, a link, a pipe."""
        return self.look(path) is not None

    @contextmanager
    def locked(self, path: str) -> Iterator[bool]:  # noqa: ARG002
        """Hold a lock under this name if nobody else does; give whether it is held. Elsewhere nothing is locked."""
        yield True

    @abstractmethod
    def writing(
        self, path: str, drafts: str | None = None, *, durable: bool = False
    ) -> AbstractContextManager[BinaryIO]:
        """Give a file to write that gets its name when all of it is there; nobody ever sees half of it.

        Until then it stands in the folder ``drafts``, by default the file's own. A ``durable`` file is safe
        from a power cut afterwards.
        """

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        with self.open(path) as file:
            return file.read()

    def write(self, path: str, data: bytes, drafts: str | None = None) -> None:
        """Write a file, whole or not at all."""
        with self.writing(path, drafts) as file:
            file.write(data)
