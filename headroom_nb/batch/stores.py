"""Files on this machine, or wherever fsspec reaches: the few things that batches do with them. Files appear whole."""

from __future__ import annotations

import contextlib
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from headroom_nb.batch.file_lock import take_lock
from headroom_nb.batch.paths import parent_and_name
from headroom_nb.batch.store import BUFFER, Found, Store, Writable, draft_in
from headroom_nb.runtime.files import writing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


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

    def is_link(self, path: str) -> bool:
        """Return whether a link stands here."""
        return Path(path).is_symlink()

    def stands_there(self, path: str) -> bool:
        """Return whether anything but a folder stands here: a file, a link, a pipe."""
        return os.path.lexists(path) and (Path(path).is_symlink() or not Path(path).is_dir())

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

    @contextmanager
    def writing(self, path: str, drafts: str | None = None, *, durable: bool = False) -> Iterator[BinaryIO]:
        """Give a file to write that gets its name when all of it is there."""
        draft = Path(draft_in(drafts or parent_and_name(path)[0]))
        with writing(Path(path), draft=draft, durable=durable) as file:
            yield file


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
