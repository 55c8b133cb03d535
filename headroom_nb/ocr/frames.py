"""Messages between this process and the one that reads text: JSON, and bytes behind it. Nothing is ever unpickled."""

from __future__ import annotations

import contextlib
import json
import struct
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD = struct.Struct(">IQ")

LONGEST_MESSAGE = 64 * 1024
LONGEST_PICTURE, LONGEST_PAGE = 2**31, 2**26
"""Bytes far beyond an image within the limits, and a page of text: what says it is longer did not come from us."""


def widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold a megabyte, on Linux: images are megabytes, and each filling costs a switch of processes."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 2**20)


def write_frame(stream: IO[bytes], message: Mapping[str, Any], data: bytes = b"") -> None:
    """Write a message and its bytes; raises OSError when nobody reads them any more."""
    text = json.dumps(message).encode("ascii")
    stream.write(_HEAD.pack(len(text), len(data)) + text)
    if data:
        stream.write(data)
    stream.flush()


def read_frame(stream: IO[bytes], longest: int) -> tuple[dict[str, Any], bytes]:
    """Return the next message and its bytes, of which there are at most ``longest``.

    Raises
    ------
    EOFError
        There is none any more, or it breaks off.
    ValueError
        It is no message of ours.
    """
    head = _read(stream, _HEAD.size)
    text_length, data_length = _HEAD.unpack(head)
    if text_length > LONGEST_MESSAGE or data_length > longest:
        raise ValueError("a message is longer than any of ours")
    message = json.loads(_read(stream, text_length))
    if not isinstance(message, dict):
        raise ValueError("a message is not a mapping")  # noqa: TRY004 - it is the data that is wrong
    return message, _read(stream, data_length)


def _read(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError("the other process ended")
    return data
