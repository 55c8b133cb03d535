"""The settings in a project's ``pyproject.toml``, which somebody else may have written.

The file is looked for from the working folder upwards, no higher than the root of the repository. It may set what the
results look like and what they are counted for. Everything else (what is fetched, where things are kept, raised limits,
who reads and routes) holds only once the user trusted the file with ``%headroom config trust``. The trust ends when
these settings change, or when somebody else could write the file.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import warnings
from typing import TYPE_CHECKING, Any

from headroom_nb import resource_limits as limits
from headroom_nb.errors import OptionError
from headroom_nb.runtime.files import config_folder, write_whole
from headroom_nb.runtime.json_text import read_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

NAME = "pyproject.toml"
TRUST = "trust"
"""What follows ``%headroom config`` to trust the project's file."""

TABLE = "headroom_nb"
HARMLESS = frozenset({"model", "provider", "quality", "duplicates", "keep_low_view", "widget"})
"""Settings that any project file may set; limits may also be lowered."""

TRUSTED = "trusted.json"
"""File in the user's folder: a digest of the settings that were trusted, by project file."""


def find_table(folder: Path | None, known: Collection[str]) -> tuple[Path | None, dict[str, Any]]:
    """Return the nearest project file with a ``[tool.headroom_nb]`` table, and what of the table may be used.

    A file that cannot be read, and settings that are not trusted, are warned of and passed over. ``known`` are the
    names of all settings.
    """
    file, table = _nearest(folder)
    if file is None:
        return None, {}
    guarded = _guarded(table, known)
    if guarded and not _is_trusted(file, guarded):
        warnings.warn(f"{file} sets {', '.join(guarded)}, which is not used: {_remedy(file)}", stacklevel=3)
        table = {name: value for name, value in table.items() if name not in guarded}
    return file, table


def trust(folder: Path | None, known: Collection[str]) -> str:
    """Trust the settings of the nearest project file as they are now; return a sentence on them.

    Raises
    ------
    OptionError
        There is no such file, it cannot be trusted because others can write it, or the trust cannot be kept.
    """
    file, table = _nearest(folder)
    if file is None:
        where = folder or "the working folder"
        raise OptionError(f"no {NAME} with a [tool.{TABLE}] table is in {where}, or above it in its repository")
    guarded = _guarded(table, known)
    if not guarded:
        return f"{file} sets nothing that needs to be trusted"
    if why := _writable_by_others(file):
        raise OptionError(f"{file} cannot be trusted: {why}")
    place = config_folder() / TRUSTED
    content = {**_trusted(), str(file.resolve()): _digest(guarded)}
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(place, json.dumps(content, indent=1).encode(), private=True)
    except OSError as error:
        raise OptionError(f"what is trusted cannot be kept in {place}: {error.strerror or error}") from error
    return f"Trusted from now on: {', '.join(f'{name} = {value!r}' for name, value in guarded.items())} in {file}"


def _nearest(folder: Path | None) -> tuple[Path | None, dict[str, Any]]:
    for parent in _project_folders(folder) if folder else ():
        file = parent / NAME
        try:
            table = _read_table(file) if file.is_file() else None
        except (OSError, ValueError) as error:
            warnings.warn(f"{file} is not used: {error}", stacklevel=4)
            continue
        if table is not None:
            return file, table
    return None, {}


def _project_folders(folder: Path) -> Iterator[Path]:
    """Yield a folder and those above it, up to the repository's root, the home folder, or another user's folder."""
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home raises where there is none
    for parent in (folder, *folder.parents):
        if parent != folder and _is_closed(parent):
            return
        yield parent
        if _is_root(parent) or str(parent) == home:
            return


def _is_closed(parent: Path) -> bool:
    """Return whether a folder is another user's, or may not be looked into."""
    try:
        return _owner_is_foreign(parent)
    except OSError:
        return True


def _is_root(folder: Path) -> bool:
    """Return whether a repository begins here; what cannot be told is taken for it, so that nothing above counts."""
    try:
        return os.path.lexists(folder / ".git") or not os.access(folder, os.X_OK)
    except (OSError, ValueError):
        return True


def _read_table(file: Path) -> dict[str, Any] | None:
    """Return the table; None without one. Raises ValueError for what is not TOML, or far too long."""
    text = file.read_text(encoding="utf-8", errors="replace")
    if TABLE not in text:  # most files have no such table, and parsing costs time
        return None
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]
    try:
        table = tomllib.loads(text).get("tool", {}).get(TABLE)
    except (tomllib.TOMLDecodeError, RecursionError, AttributeError) as error:
        raise ValueError(f"it is not valid TOML ({error})") from error
    return table if isinstance(table, dict) else None


def _guarded(table: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """Return what of a table needs trust; names that are no settings are refused elsewhere, whoever wrote them."""
    return {
        name: value
        for name, value in table.items()
        if name in known and name not in HARMLESS and not _lowers(name, value)
    }


def _lowers(name: str, value: object) -> bool:
    """Return whether this lowers a limit."""
    if name not in limits.NAMES:
        return False
    try:
        return bool(limits.number(name, str(value)) <= getattr(limits.DEFAULTS, name))
    except OptionError:
        return True  # refused by its own check, whoever wrote it


def _is_trusted(file: Path, guarded: Mapping[str, Any]) -> bool:
    return _trusted().get(str(file.resolve())) == _digest(guarded) and not _writable_by_others(file)


def _trusted() -> dict[str, str]:
    try:
        content = read_json((config_folder() / TRUSTED).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _digest(guarded: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(dict(guarded), sort_keys=True, default=str).encode()).hexdigest()


def _remedy(file: Path) -> str:
    why = _writable_by_others(file)
    return f"{why}; then trust it with %headroom config trust" if why else "trust the file with %headroom config trust"


def _writable_by_others(file: Path) -> str:
    """Return why somebody else could have written a file, and what to do; empty where nobody could."""
    if not hasattr(os, "getuid"):
        return ""
    for place in (file.resolve(), file.resolve().parent):
        if _owner_is_foreign(place):
            return f"{place} belongs to another user"
        mode = place.stat().st_mode
        if mode & 0o022 and not (stat.S_ISDIR(mode) and mode & stat.S_ISVTX):
            return f"others may write {place}: take that away with chmod go-w"
    return ""


def _owner_is_foreign(place: Path) -> bool:
    return hasattr(os, "getuid") and place.stat().st_uid not in {0, os.getuid()}
