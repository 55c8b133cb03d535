"""Profiles that were measured on the user's own model: small files in the user's config folder."""

from __future__ import annotations

import hashlib
import json
import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import FileAccessError, OptionError
from headroom_nb.records import NEEDS
from headroom_nb.runtime.files import config_folder, is_folder, read_file, shown, write_whole
from headroom_nb.runtime.json_text import read_json
from headroom_nb.runtime.lru import on_clear
from headroom_nb.survival.profiles import Profile, read_profile, shipped_profile

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

VERSION = 1
"""Of the form of a stored profile."""

LONGEST_TEXT, MOST_ROWS = 500, 10_000
"""Characters of a name in a profile, and rows that were asked at one size: a profile may come from anyone."""


def folder() -> Path:
    """Return where the profiles are kept."""
    return config_folder() / "profiles"


def find_profile(model: str) -> Profile:
    """Return what was measured on a model; else the profile of the package that fits it best."""
    return own_profile(model) or shipped_profile(model)


def own_profile(model: str) -> Profile | None:
    """Return the profile that was measured on a model; None where there is none."""
    return _all(*_state()).get(model)


def own_rows() -> list[Mapping[str, Any]]:
    """Return every stored profile, as it is written; damaged files are left out."""
    rows = []
    for path in sorted(folder().glob("*.json")) if is_folder(folder()) else []:
        try:
            rows.append(checked(read_json(read_file(path)), shown(path)))
        except (OptionError, FileAccessError, ValueError):
            continue
    return rows


def keep(row: Mapping[str, Any]) -> Path:
    """Store a profile for this user; one of the same model is replaced.

    Raises
    ------
    OptionError
        It is no profile.
    FileAccessError
        It cannot be written.
    """
    row = checked(row, "this profile")
    target = _path(row["models"][0])
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, (json.dumps(row, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))
    except OSError as error:
        raise FileAccessError(f"{shown(target)} cannot be written: {error.strerror or error}") from error
    _all.cache_clear()
    return target


def forget(model: str) -> bool:
    """Remove the profile of a model; False where there is none."""
    target = _path(model)
    found = target.is_file()
    target.unlink(missing_ok=True)
    _all.cache_clear()
    return found


def read_row(path: str | os.PathLike[str]) -> Mapping[str, Any]:
    """Return the profile in a file that someone shares.

    Raises
    ------
    OptionError
        It holds no profile.
    FileAccessError
        It cannot be read.
    """
    try:
        row = read_json(read_file(path))
    except ValueError as error:
        raise OptionError(f"{shown(path)} holds no profile: {error}") from error
    return checked(row, shown(path))


def checked(row: Any, where: str) -> Mapping[str, Any]:
    """Return a row of a profile; raises OptionError where it is none."""
    try:
        read_profile(row)
        known = row.get("version") == VERSION and isinstance(row["models"], list) and row["models"]
        texts = (row["name"], row["source"], row["date"], *row["models"])
        known = known and all(map(_is_text, texts)) and all(map(_is_measured, row.get("measured", [])))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OptionError(f"{where} holds no profile: {error!r}") from error
    if not known:
        raise OptionError(
            f"{where} holds no profile of version {VERSION} with the names of its models and counts of what was right"
        )
    found: Mapping[str, Any] = row
    return found


def _is_text(value: object) -> bool:
    """Return whether a value can be shown and written on one line."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and value.isprintable()


def _is_measured(point: Any) -> bool:
    """Return whether a point is a need, a size in pixels, how many rows were right, and how many there were."""
    need, px, right, count = point
    whole = type(right) is int and type(count) is int and 0 <= right <= count <= MOST_ROWS
    return need in NEEDS and isinstance(px, (int, float)) and 0 < px < math.inf and whole


def _path(model: str) -> Path:
    readable = re.sub(r"[^\w.-]+", "-", model)[:60]
    return folder() / f"{readable}-{hashlib.sha256(model.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}.json"


def _state() -> tuple[str, int]:
    """Return the folder and its last change: profiles are read anew when that differs."""
    where = folder()
    try:
        return str(where), where.stat().st_mtime_ns
    except OSError:
        return str(where), 0


@lru_cache(maxsize=4)
def _all(where: str, changed: int) -> dict[str, Profile]:  # noqa: ARG001 - what the cache goes by
    return {name: read_profile(row) for row in own_rows() for name in row["models"]} if changed else {}


on_clear(_all.cache_clear)
