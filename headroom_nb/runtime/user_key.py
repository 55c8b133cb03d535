"""A secret of this user's, by which what was stored is known to be theirs."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from headroom_nb.runtime.files import config_folder, write_whole

if TYPE_CHECKING:
    from pathlib import Path

LENGTH = 32
"""Bytes."""


def user_key() -> bytes:
    """Return the user's key; made at the first call, in a file that nobody else can read.

    Raises
    ------
    OSError
        It cannot be kept, or somebody else can read or write its file.
    """
    return _key_in(config_folder() / "key")


@lru_cache(maxsize=4)
def _key_in(place: Path) -> bytes:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):  # made by an earlier process, or by another one at this moment
        write_whole(place, secrets.token_bytes(LENGTH), force=False, durable=True, private=True)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(place, flags), "rb") as file:
        facts = os.fstat(file.fileno())
        if hasattr(os, "getuid") and (facts.st_uid != os.getuid() or facts.st_mode & 0o077):
            raise PermissionError(f"the key {place} is not yours alone: remove it, and a new one is made")
        key = file.read(LENGTH + 1)
    if len(key) != LENGTH:
        raise PermissionError(f"the key {place} is damaged: remove it, and a new one is made")
    return key
