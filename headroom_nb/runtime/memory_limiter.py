"""Lets images in while they fit into memory together, decoded; the others wait their turn."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from headroom_nb.errors import PictureTooLargeError
from headroom_nb.resource_limits import how_to_raise
from headroom_nb.runtime.forks import after_fork, fork_safe
from headroom_nb.runtime.stopping import LOOK_EVERY, checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

BYTES_PER_PIXEL = 16
"""What each pixel of an image takes: the decoded image (4), a copy in RGB (4), arrays to read from (6), the rest."""

WORKING_BYTES = 320 * 2**20
"""What finding and reading text takes beside that, whatever the size, the loaded models included: the detector looks at
.7 megapixels at a time (170 MB), the recogniser at two batches of lines (100 MB), and the models are 90 MB for all.
"""


class MemoryLimiter:
    """Counts the bytes that images being worked on take; shared by the threads of a process.

    Parameters
    ----------
    max_bytes
        Bound on their sum.
    """

    def __init__(self, max_bytes: int) -> None:
        self._most = max_bytes
        self._used = 0
        # the lock itself is taken, not the condition: an interrupt may come inside the latter's Python
        self._lock = fork_safe(threading.Lock())
        self._changed = threading.Condition(self._lock)
        after_fork(self)

    def reset_after_fork(self) -> None:
        """Begin with all the room: the threads that took some stayed in the other process."""
        self._used = 0
        self._changed = threading.Condition(self._lock)

    @contextmanager
    def hold(self, pixels: int) -> Iterator[None]:
        """Take room for an image, waiting until there is some, and give it back at the end.

        Raises
        ------
        PictureTooLargeError
            It would not fit even alone.
        WorkStoppedError
            The work must end while it still waits.
        """
        needed = WORKING_BYTES + pixels * BYTES_PER_PIXEL
        if needed > self._most:
            raise PictureTooLargeError(
                f"Working on this image of {pixels:,} pixels takes about {needed:,} bytes of memory; the limit is "
                f"{self._most:,}. Nothing was decoded; {how_to_raise('max_memory_bytes')}."
            )
        taken = 0
        try:
            with self._lock:
                while self._used + needed > self._most:
                    self._changed.wait(LOOK_EVERY)
                    checkpoint()
                self._used += needed
                taken = needed
            # inside the try: an interrupt may come as soon as the room is taken
            yield
        finally:
            with self._lock:
                self._used -= taken
                self._changed.notify_all()
