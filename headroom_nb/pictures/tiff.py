"""TIFF directories, walked before Pillow opens a file: it reads the bytes of every tag, and every page to count."""

from __future__ import annotations

import struct

from headroom_nb.pictures.stored import BrokenFileError

MAX_TAGS = 2_000
"""Tags of a directory; raw camera files have about a hundred."""

MAX_PAGES = 10_000
"""Pages that are counted; where there are more, the count is this."""

MAX_VALUES = 65_536
"""Numbers of one tag, which become as many objects: an image of the largest size in tiles of 32×32 has 62,500."""

_FIRST = 4
"""Where in a file the place of its first directory stands."""

_SPARE = 2**16
"""Bytes that tags may claim beyond the file's length: small values are shared by some writers."""

_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of one value, by the type's number (TIFF 6.0, section 2)."""


def count_pages(data: bytes) -> int:
    """Return how many pages a file has, at most ``MAX_PAGES``.

    Raises
    ------
    BrokenFileError
        The first directory lies outside the file, or is refused as by :func:`with_first`.
    """
    starts = page_starts(data)
    _check(data, starts[0])
    return len(starts)


def page_starts(data: bytes) -> list[int]:
    """Return where the directory of each page stands, at most ``MAX_PAGES``; a chain that loops ends there.

    Raises
    ------
    BrokenFileError
        The first directory lies outside the file.
    """
    order = _order(data)
    starts: dict[int, None] = {}
    try:
        (start,) = struct.unpack_from(order + "I", data, _FIRST)
        while start and start not in starts and len(starts) < MAX_PAGES:
            (tags,) = struct.unpack_from(order + "H", data, start)
            starts[start] = None
            (start,) = struct.unpack_from(order + "I", data, start + 2 + 12 * tags)
    except struct.error as error:
        if not starts:
            raise BrokenFileError("its first directory lies outside the file (truncated?)") from error
    if not starts:
        raise BrokenFileError("it has no directory")
    return list(starts)


def with_first(data: bytes, start: int) -> bytes:
    """Return the file with the page of the directory at ``start`` as its first one.

    Raises
    ------
    BrokenFileError
        A tag has more numbers than any needs, or the tags claim more bytes than the file has: each may point at the
        same megabytes, and they would be read once for every tag.
    """
    _check(data, start)
    return data[:_FIRST] + struct.pack(_order(data) + "I", start) + data[_FIRST + 4 :]


def _order(data: bytes) -> str:
    return "<" if data[:2] == b"II" else ">"


def _check(data: bytes, start: int) -> None:
    order = _order(data)
    try:
        _check_tags(data, start, order)
    except struct.error as error:
        raise BrokenFileError("one of its directories is cut off (truncated?)") from error


def _check_tags(data: bytes, start: int, order: str) -> None:
    (tags,) = struct.unpack_from(order + "H", data, start)
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
