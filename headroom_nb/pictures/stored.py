"""What the format parsers hand back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headroom_nb.records import Size


class BrokenFileError(Exception):
    """A header cannot be followed; the message says where. Callers turn it into a PictureError."""


MAX_BLOCKS = 10_000
"""Blocks of one file that are walked, each in half a microsecond; 64 MB in the usual 8 KB have 8,192."""


SLOW_SAMPLES = 12_000_000
"""Numbers that are read one by one in Python, a quarter of a microsecond each: four megapixels in colour."""


@dataclass(frozen=True)
class StoredHeader:
    """A header as it is stored: the size before any orientation is applied."""

    size: Size
    mode: str
    frames: int = 1
    orientation: int = 1
    mark: str | None = None
