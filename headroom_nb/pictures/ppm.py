"""PPM headers, looked at first: Pillow reads comments byte by byte, and some rasters number by number."""

from __future__ import annotations

import re

from headroom_nb.pictures.stored import SLOW_SAMPLES, BrokenFileError

LONGEST_HEADER = 4096
"""Bytes within which a header ends, its comments included."""

MAX_COMMENTS = 1_000
"""Comments among the numbers of a plain file; each costs a copy of a megabyte."""

_GAP = rb"(?:\s|#[^\r\n]*[\r\n])+"
_HEADER = re.compile(rb"P([1-6])%b(\d{1,10})%b(\d{1,10})(?:%b(\d{1,10}))?" % (_GAP, _GAP, _GAP))
_PLAIN, _COLOURED, _BITMAPS = (1, 2, 3), (3, 6), (1, 4)


def check(data: bytes) -> None:
    """Raise BrokenFileError for a file that would take far longer to decode than its pixels."""
    found = _HEADER.match(data[:LONGEST_HEADER])
    if found is None:
        raise BrokenFileError(f"it has no header in its first {LONGEST_HEADER:,} bytes")
    kind, width, height = int(found[1]), int(found[2]), int(found[3])
    samples = width * height * (3 if kind in _COLOURED else 1)
    if _is_slow(kind, int(found[4] or 0)) and samples > SLOW_SAMPLES:
        raise BrokenFileError(
            f"it has {samples:,} numbers in a form that is read one by one, and the limit is {SLOW_SAMPLES:,}; "
            "save it as PNG"
        )
    if kind in _PLAIN and data.count(b"#", found.end()) > MAX_COMMENTS:
        raise BrokenFileError(f"it has more than {MAX_COMMENTS:,} comments among its numbers")


def _is_slow(kind: int, largest: int) -> bool:
    """Return whether Pillow reads a raster in Python: as text, or to bring its numbers to another range."""
    if kind in _PLAIN:
        return True
    return kind not in _BITMAPS and largest != 255 and (kind, largest) != (5, 65535)
