"""Wherever fsspec reaches: a store of its files."""

from __future__ import annotations

import io
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, BinaryIO

from headroom_nb.batch.paths import parent_and_name
from headroom_nb.batch.store import BUFFER, Found, Store, draft_in
from headroom_nb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STAMPS = ("mtime", "LastModified", "last_modified", "updated", "ETag", "etag", "md5Hash", "created")
"""Where file systems say which version of a file this is."""


class UrlStore(Store):
    """A file system of fsspec."""

    def __init__(self, protocol: str, options: Mapping[str, Any]) -> None:
        try:
            import fsspec
        except ImportError as error:
            raise OptionError(f"{protocol}:// needs fsspec; run: pip install 'headroom-nb[batch]'") from error
        try:
            self._files = fsspec.filesystem(protocol, **options)
        except (ImportError, ValueError, TypeError, OSError) as error:
            raise OptionError(f"{protocol}:// cannot be used: {error}") from error
        self._protocol = protocol

    def open(self, path: str) -> BinaryIO:
        """Return a file to read."""
        self._files.invalidate_cache()  # other processes write here too
        return io.BufferedReader(self._files.open(path, "rb"), BUFFER)

    def real(self, path: str) -> str:
        """Return the URL as fsspec spells it."""
        return f"{self._protocol}://{str(self._files._strip_protocol(path)).strip('/')}"  # noqa: SLF001 - as below

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

    @contextmanager
    def writing(
        self,
        path: str,
        drafts: str | None = None,
        *,
        durable: bool = False,  # noqa: ARG002 - the other side has a file when it is closed
    ) -> Iterator[BinaryIO]:
        """Give a file to write that gets its name when all of it is there."""
        draft = draft_in(drafts or parent_and_name(path)[0])
        try:
            with self._files.open(draft, "wb") as file:
                yield file
            if self._files.exists(path):
                self._files.rm_file(path)
            self._files.mv(draft, path)
        except BaseException:  # an interrupt too leaves no draft behind
            with suppress(Exception):  # the store may be away: what went wrong first is raised
                self.remove(draft)
            raise


def _stamp(facts: Mapping[str, Any]) -> str:
    return next((str(facts[name]) for name in _STAMPS if facts.get(name) is not None), "")
