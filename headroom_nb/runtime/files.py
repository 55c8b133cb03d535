"""Files: those that users name, read with one error for everything that can go wrong; and the one way to write."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from headroom_nb.errors import FileAccessError, OptionError
from headroom_nb.runtime.words import hint

if TYPE_CHECKING:
    from collections.abc import Iterator

DRAFT = ".headroom-draft-"
"""How names of unfinished files begin."""

BUFFER = 2**20
"""Bytes gathered before they are written."""

WINDOWS_TRIES = 100
"""Times a file is moved again while others hold its place, 10 ms apart."""

CACHE_FOLDER = "HEADROOM_NB_CACHE_FOLDER"
"""Environment variable: the folder of downloaded models, and of results that are kept on disk."""

_EXISTS = "{} exists; name another file, or replace it with --force (force=True)"

LONGEST = 255
"""Characters of a path that is shown whole; what is longer is data in a path's place, and not to be repeated."""


def read_file(path: str | os.PathLike[str]) -> bytes:
    """Return a file's bytes; ``~`` stands for the home folder.

    Raises
    ------
    FileAccessError
        It cannot be read.
    """
    try:
        with open_regular(Path(path).expanduser()) as file:
            return file.read()
    except OSError as error:
        raise FileAccessError(f"{shown(path)} cannot be read: {error.strerror or error}{_near(path)}") from error
    except (ValueError, RuntimeError) as error:  # a NUL or a lone surrogate in the path, no such home folder
        raise FileAccessError(f"{shown(path)} cannot be read: {error}") from error


def _near(path: str | os.PathLike[str]) -> str:
    """Return what may have been meant by a path at which no file can be read."""
    wanted = Path(path).expanduser()
    if any(sign in wanted.name for sign in "*?["):
        return "; glob.glob gives the files that a pattern names"
    try:
        if wanted.is_dir():
            return "; pass the files in it"
        return hint(wanted.name, [entry.name for entry in wanted.parent.iterdir()])
    except OSError:
        return ""


def open_regular(path: Path) -> BinaryIO:
    """Open a file to be read; raises OSError for a pipe or a device, which would be waited for or never end."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    file = os.fdopen(os.open(path, flags), "rb")
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError(errno.EINVAL, "it is a pipe, a device or a folder, and no file")


def expanded(path: str | os.PathLike[str]) -> Path:
    """Return a path in which ``~`` stands for the home folder.

    Raises
    ------
    OptionError
        It is no path that a file could have.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise OptionError(f"a file is given by its path, not as {type(path).__name__}")
    try:
        name = os.fsencode(path)
        found = Path(path).expanduser()
    except (RuntimeError, UnicodeEncodeError) as error:
        raise OptionError(f"{shown(path)} is not a path: {error}") from error
    if b"\0" in name:
        raise OptionError(f"{shown(path)} is not a path: it holds a NUL")
    return found


def working_folder() -> Path | None:
    """Return the working folder without links; None where it was removed, or this user may not know it."""
    try:
        return Path(os.path.realpath(os.curdir))
    except OSError:
        return None


def is_file(path: Path) -> bool:
    """Return whether a file stands there; False for a name that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Return whether a folder stands there, as far as this user may know."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def shown(path: str | os.PathLike[str]) -> str:
    """Return a path as an error names it."""
    text = str(path)
    return repr(text) if len(text) <= LONGEST else f"{text[:12]!r}… ({len(text):,} characters)"


def config_folder() -> Path:
    """Return the folder of what the user decided: what is trusted, and the key of the caches."""
    return Path(os.environ.get("XDG_CONFIG_HOME", "~/.config")).expanduser() / "headroom_nb"


def cache_folder() -> Path:
    """Return the folder of what can be fetched or made again: :data:`CACHE_FOLDER`, or one in the user's cache."""
    if folder := os.environ.get(CACHE_FOLDER):
        return Path(folder).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "headroom_nb"


_digests: dict[tuple[str, int, int, int], str] = {}
"""Checksums by path, inode, size and time of change: a file is read through once in a process."""


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hex; raises OSError where it cannot be read."""
    status = path.stat()
    key = (str(path), status.st_ino, status.st_size, status.st_mtime_ns)
    if key not in _digests:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        _digests[key] = digest.hexdigest()
    return _digests[key]


@contextmanager
def writing(
    target: Path, *, force: bool = True, durable: bool = False, private: bool = False, draft: Path | None = None
) -> Iterator[BinaryIO]:
    """Give a file to write that gets its name when all of it is there; the only function of this package that writes.

    Until then it stands under ``draft``, by default a random name beside the target. A link at the target is replaced,
    and never written through. Several writers of one target each write a whole file; the last one stays.

    Parameters
    ----------
    target
        Where the file goes.
    force
        Whether a file that is there may be replaced; the new one gets its mode.
    durable
        Whether to wait until a power cut cannot take the file any more.
    private
        Whether the file is for this user alone.

    Raises
    ------
    FileExistsError
        Something stands at the target, a broken link included, and ``force`` is not set.
    OSError
        It cannot be written; nothing is left then.
    """
    if not force and os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    draft = draft or target.with_name(f"{DRAFT}{secrets.token_hex(16)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(draft, flags, 0o600 if private else 0o666), "wb", BUFFER) as file:
            yield file
            file.flush()
            if not private and hasattr(os, "fchmod") and target.is_file() and not target.is_symlink():
                os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
            if durable:
                os.fsync(file.fileno())
        _move(draft, target, force=force)
        if durable:
            _settle(target.parent)
    except BaseException:  # an interrupt too leaves no draft behind
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def write_whole(target: Path, data: bytes, *, force: bool = True, durable: bool = False, private: bool = False) -> None:
    """Write a file, whole or not at all; see :func:`writing`."""
    with writing(target, force=force, durable=durable, private=private) as file:
        file.write(data)


def refuse_existing(target: Path, *, force: bool) -> None:
    """Raise OptionError where a file exists and is not to be replaced."""
    if not force and target.exists():
        raise OptionError(_EXISTS.format(shown(target)))


def write_file(target: Path, data: bytes, *, force: bool) -> None:
    """Write a file, whole or not at all.

    Raises
    ------
    OptionError
        When it exists and is not to be replaced (``force``), or cannot be written.
    """
    try:
        if target.is_dir():
            raise OptionError(f"{target} is a folder; name a file in it")
        write_whole(target, data, force=force)
    except FileExistsError as error:
        raise OptionError(_EXISTS.format(shown(target))) from error
    except (OSError, UnicodeEncodeError) as error:
        why = getattr(error, "strerror", None) or "its name cannot be encoded"
        raise OptionError(f"{shown(target)} cannot be written: {why}") from error


def _move(draft: Path, target: Path, *, force: bool) -> None:
    """Give a draft its name."""
    if not force:
        try:
            os.link(draft, target, follow_symlinks=False)  # fails where something was put there meanwhile
        except FileExistsError:
            raise
        except (OSError, NotImplementedError):  # a file system without links
            draft.rename(target)
        else:
            draft.unlink()
        return
    for left in range(WINDOWS_TRIES, -1, -1):
        try:
            draft.replace(target)
        except PermissionError:  # Windows, while another thread replaces or reads the target
            if os.name != "nt" or not left:
                raise
            time.sleep(0.01)
        else:
            return


def _settle(folder: Path) -> None:
    """Wait until a folder's names are on the disk, where the system can."""
    with suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
