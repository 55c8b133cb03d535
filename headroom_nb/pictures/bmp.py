"""BMP headers, looked at before Pillow opens a file: it unpacks run lengths in Python."""

from __future__ import annotations

import struct

from headroom_nb.pictures.stored import SLOW_SAMPLES, BrokenFileError

_RUN_LENGTHS = (1, 2)
_LONGEST_ROW = 2**16
"""Pixels; one code of three bytes may skip 255 rows."""

_SPARE = 2**16
"""Bytes beside the pixels: headers, a palette, the ends of rows."""


def check(data: bytes) -> None:
    """Raise BrokenFileError for run lengths that would take far longer to unpack than their pixels."""
    if len(data) < 34:
        return
    header, width, height = struct.unpack_from("<Iii", data, 14)
    (compression,) = struct.unpack_from("<I", data, 30)
    if header < 40 or compression not in _RUN_LENGTHS:
        return
    pixels = abs(width * height)
    if pixels > SLOW_SAMPLES or abs(width) > _LONGEST_ROW or len(data) > 4 * pixels + _SPARE:
        raise BrokenFileError(
            f"its run lengths, {len(data):,} bytes for {abs(width)}×{abs(height)} pixels, are unpacked one by one, and "
            f"the limit is {SLOW_SAMPLES:,} pixels of a few bytes; save it as PNG"
        )
