"""TIFF directories, walked before Pillow opens a file: it reads the bytes of every tag, and every page to count."""

from __future__ import annotations

import struct

from headroom_nb.pictures.stored import BrokenFileError

MAX_TAGS = 2_000
"""Tags of a directory; raw camera files have about a hundred."""

MAX_PAGES = 1_000
"""Pages that are counted; where there are more, the count is this."""

MAX_VALUES = 65_536
"""Numbers of one tag, which become as many objects: an image of the largest size in tiles of 32×32 has 62,500."""

_SPARE = 2**16
"""Bytes that tags may claim beyond the file's length: small values are shared by some writers."""

_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of one value, by the type's number (TIFF 6.0, section 2)."""


def count_pages(data: bytes) -> int:
    """Return how many pages a file has, at most ``MAX_PAGES``.

    Raises
    ------
    BrokenFileError
        A directory lies outside the file, a tag has more numbers than any needs, or the tags claim more bytes than the
        file has: each may point at the same megabytes, and they would be read once for every tag.
    """
    order = "<" if data[:2] == b"II" else ">"
    seen: set[int] = set()
    try:
        (start,) = struct.unpack_from(order + "I", data, 4)
        while start and start not in seen and len(seen) < MAX_PAGES:
            (tags,) = struct.unpack_from(order + "H", data, start)
            if not seen:
                _check(data, start, tags, order)
            seen.add(start)
            (start,) = struct.unpack_from(order + "I", data, start + 2 + 12 * tags)
    except struct.error as error:
        if not seen:
            raise BrokenFileError("its first directory lies outside the file (truncated?)") from error
    return len(seen)


def _check(data: bytes, start: int, tags: int, order: str) -> None:
    if tags > MAX_TAGS:
        raise BrokenFileError(f"it has more than {MAX_TAGS:,} tags")
    claimed = 0
    for index in range(tags):
        tag, kind, count = struct.unpack_from(order + "HHI", data, start + 2 + 12 * index)
        if count > MAX_VALUES and _BYTES.get(kind, 1) > 1:
            raise BrokenFileError(f"its tag {tag} has {count:,} numbers")
        claimed += _BYTES.get(kind, 1) * count
    if claimed > len(data) + _SPARE:
        raise BrokenFileError(f"its tags claim {claimed:,} bytes, and the file has {len(data):,}")
