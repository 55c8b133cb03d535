"""Which model table counts: the one of this release, or a newer one that the user took over."""

from __future__ import annotations

import json
import os
import stat
import warnings
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from headroom_nb.costs.outside_table import read_table
from headroom_nb.errors import FileAccessError, OptionError
from headroom_nb.runtime.files import config_folder, read_file

if TYPE_CHECKING:
    from headroom_nb.costs.outside_table import Table

SHIPPED = Path(__file__).with_name("models.json")
"""The table of this release."""


def newer_file() -> Path:
    """Return where a newer table stands, once the user took one over."""
    return config_folder() / "models.json"


@lru_cache(maxsize=1)
def shipped_table() -> Table:
    """Return the table of this release."""
    table: Table = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return table


@lru_cache(maxsize=1)
def load_table() -> Table:
    """Return the table that counts: the user's, unless that of this release is newer."""
    table, _ = _used()
    return table


def table_in_use() -> str:
    """Return which table counts, in a few words."""
    return _used()[1]


@lru_cache(maxsize=1)
def _used() -> tuple[Table, str]:
    shipped = shipped_table()
    own = f"the table of this release, as of {newest(shipped)}"
    newer = _stored()
    if newer is None:
        return shipped, own
    if newest(newer) < newest(shipped):
        return shipped, f"{own}, which is newer than {newer_file()}"
    return newer, f"{newer_file()}, as of {newest(newer)}"


def _stored() -> Table | None:
    """Return the user's table; None where there is none. One that cannot be used is warned of."""
    file = newer_file()
    try:
        facts = file.stat()
    except OSError:
        return None
    try:
        _check_own(facts)
        return read_table(read_file(file), whole=False)
    except (FileAccessError, OptionError) as error:
        warnings.warn(f"the model table {file} is not used: {error}; %headroom models reset removes it", stacklevel=2)
        return None


def _check_own(facts: os.stat_result) -> None:
    others = stat.S_IWGRP | stat.S_IWOTH
    if hasattr(os, "getuid") and (facts.st_uid != os.getuid() or facts.st_mode & others):
        raise OptionError("somebody else could have written it")


def newest(table: Table) -> str:
    """Return the latest day on which a row of a table was read, such as ``2026-11-20``."""
    return max(day for row in table["models"] for day in (str(row["read"]), str(row["price"]["read"])))


def forget_table() -> None:
    """Read the tables anew from now on."""
    load_table.cache_clear()
    _used.cache_clear()
