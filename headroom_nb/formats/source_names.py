"""File names of images: what the block or its address says, or the file that ``user_message`` read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from headroom_nb.runtime.lru import ByteBoundedCache, on_clear

if TYPE_CHECKING:
    from headroom_nb.formats.slots import ImageSlot

KEYS = ("filename", "file_name", "displayName", "display_name", "title", "name")
"""Where a block, or a mapping in it, has the name of its file."""

_read: ByteBoundedCache[str] = ByteBoundedCache(2**20, lambda name: 100 + len(name))
on_clear(_read.clear)


def remember_name(data: bytes, source: Any) -> None:
    """Remember what the file is called that an image was read from, where it was one."""
    named = source if isinstance(source, (str, os.PathLike)) else getattr(source, "filename", None)
    if isinstance(named, (str, os.PathLike)) and len(str(named)) < 4096 and PurePath(named).suffix:
        _read.put(_key(data), PurePath(named).name)


def file_name(slot: ImageSlot) -> str:
    """Return the file name of an image; empty where nothing says it."""
    block = slot.block if isinstance(slot.block, Mapping) else {}
    for place in (block, *(value for value in block.values() if isinstance(value, Mapping))):
        for key in KEYS:
            if isinstance(place.get(key), str) and place[key].strip():
                return str(place[key]).strip()
    if slot.reference is not None:
        name = PurePath(unquote(urlsplit(slot.reference).path)).name if "://" in slot.reference else ""
        return name if PurePath(name).suffix else ""
    return ""


def remembered_name(data: bytes) -> str:
    """Return the name of the file that these bytes were read from in this process; empty where there was none."""
    return (_read.get(_key(data)) or "") if data and len(_read) else ""


def _key(data: bytes) -> tuple[int, int]:
    return len(data), hash(data)
