"""Where results are cached, and how to clear every cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.options import CHOICES
from headroom_nb.runtime.files import expanded
from headroom_nb.runtime.lru import clear_all

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from headroom_nb.caching.disk_store import DiskStore, StoreInfo

DISK_FOLDER = "results"
"""Folder of the cache on disk, in the one that :func:`~headroom_nb.runtime.files.cache_folder` names."""


def find_store(cache: str | os.PathLike[str]) -> DiskStore | None:
    """Return the store on disk that a cache stands for; None for ``"memory"`` and ``"off"``. Nothing is made yet."""
    if cache in {"memory", "off"}:
        return None
    from headroom_nb.caching.disk_store import open_store

    return open_store(disk_folder() if cache == "disk" else expanded(cache).absolute())


def disk_folder() -> Path:
    """Return the folder of the cache called ``"disk"``."""
    from headroom_nb.runtime.files import cache_folder

    return (cache_folder() / DISK_FOLDER).absolute()


def disk_info(cache: str | os.PathLike[str] = "disk") -> StoreInfo | None:
    """Return what a cache on disk holds; None for one that is not on disk."""
    store = find_store(cache)
    return None if store is None else store.info()


def clear_cache(cache: str | os.PathLike[str] = "disk") -> None:
    """Clear every cache: in this process, and on disk.

    Parameters
    ----------
    cache
        ``"disk"``, or the folder of a cache on disk; ``"memory"`` leaves the disk alone. Models stay loaded, and a
        compressor of your own keeps the results of its last call until its ``close``.

    Raises
    ------
    OptionError
        It is no cache.
    FileAccessError
        It could not be emptied: another process is using it, or the folder cannot be used.
    """
    CHOICES["cache"].check("cache", cache)
    clear_all()
    store = find_store(cache)
    if store is not None:
        store.clear()
