"""Give back the memory that reading a page took.

The runtime's arenas keep the room made for the largest view, and the C library keeps freed pages: 500 MB after a few
images, of which the weights are 83.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def give_back(*release: Callable[[], None]) -> None:
    """Call what empties the arenas, then hand free pages back to the system where the C library can do that."""
    for each in release:
        each()
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@cache
def _malloc_trim() -> Any | None:
    """Return the C library's ``malloc_trim``; None where there is none, as only glibc has it."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
