"""The first bytes of every image in a folder, read in one go: what a page needs to know their sizes."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, Any

from headroom_nb.runtime.files import open_regular
from headroom_nb.server.copies import PICTURES

if TYPE_CHECKING:
    from pathlib import Path

FIRST_BYTES = 4096
"""Enough for the header of all but photographs with large previews inside."""

MOST_FILES = 20_000


def beginnings(folder: Path) -> list[dict[str, Any]] | None:
    """Return name, size in bytes and the first bytes (base64) of each image directly in a folder, by name.

    What is hidden, no regular file, or cannot be read is left out; None stands for more images than one answer holds.
    Raises OSError where the folder itself cannot be read.
    """
    found = []
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if _is_picture(entry))
    if len(names) > MOST_FILES:
        return None
    for name in names:
        try:
            with open_regular(folder / name) as file:
                start = file.read(FIRST_BYTES)
                size = os.fstat(file.fileno()).st_size
        except OSError:
            continue
        found.append({"name": name, "size": size, "start": base64.b64encode(start).decode("ascii")})
    return found


def _is_picture(entry: os.DirEntry[str]) -> bool:
    name = entry.name.lower()
    if not name.endswith(PICTURES) or name.startswith("."):
        return False
    try:
        return entry.is_file()
    except OSError:  # a link to itself
        return False
