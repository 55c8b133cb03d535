"""Records as bytes and back: JSON for plain values, binary data behind it.

Nothing is ever executed on the way back, as unpickling would; what does not fit raises ValueError.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LENGTH = 4
_MOST_TEXT = 16 * 2**20
"""Bytes of text a record may inflate to; a full page's is a hundredth of it."""


def pack(record: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """Return a record of plain values, and bytes that go with it, as one string of bytes."""
    text = json.dumps({"record": record, "blobs": [len(blob) for blob in blobs]}, separators=(",", ":"))
    head = zlib.compress(text.encode("ascii"), 1)
    return b"".join((len(head).to_bytes(_LENGTH, "big"), head, *blobs))


def unpack(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return what was packed; raises ValueError for anything else."""
    end = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
    try:
        head = json.loads(zlib.decompressobj().decompress(data[_LENGTH:end], _MOST_TEXT))
        record, lengths = dict(head["record"]), list(head["blobs"])
    except (zlib.error, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"these bytes are no record: {error}") from error
    blobs = []
    for length in lengths:
        blobs.append(data[end : end + length])
        end += length
    if end != len(data):
        raise ValueError("a record was cut short")
    return record, blobs
