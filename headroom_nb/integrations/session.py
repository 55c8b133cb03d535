"""What was saved since this process began: by wrapped clients' requests, conversations and batches of them in cells."""

from __future__ import annotations

import hashlib
import threading
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

from headroom_nb.records import Totals, format_path
from headroom_nb.runtime.forks import fork_safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.batch.summary import BatchSummary
    from headroom_nb.records import CompressionResult


class Session:
    """Counts what was saved, and tells listeners; safe from any thread."""

    def __init__(self) -> None:
        self._lock = fork_safe(threading.Lock())
        self._sent = Totals()
        self._compressed: dict[str, Totals] = {}
        self._listeners: list[Callable[[], None]] = []

    @property
    def totals(self) -> Totals:
        """The sums so far."""
        with self._lock:
            return sum(self._compressed.values(), self._sent)

    def add_sent(self, result: CompressionResult) -> None:
        """Count a request that went out; each counts, the same conversation too."""
        with self._lock:
            self._sent += result.totals
        self.tell()

    def add_compressed(self, result: CompressionResult) -> None:
        """Count a conversation compressed in a cell; compressing it again replaces what was counted."""
        with self._lock:
            self._compressed[_fingerprint(result)] = result.totals
        self.tell()

    def add_batch(self, summary: BatchSummary) -> None:
        """Count what was compressed into a file or folder; what is written there again replaces what was counted."""
        with self._lock:
            self._compressed[f"batch {summary.sink}"] = Totals(
                conversations=summary.items - summary.error_count,
                images=summary.images,
                original_tokens=summary.original_tokens,
                compressed_tokens=summary.compressed_tokens,
                original_bytes=summary.original_bytes,
                compressed_bytes=summary.compressed_bytes,
                usd=summary.savings_usd or 0.0,
                unpriced=summary.unpriced,
                exact=summary.exact,
            )
        self.tell()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call a listener after each change, on the thread that made it; return what ends that."""
        with self._lock:
            self._listeners.append(listener)

        def forget() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return forget

    def tell(self) -> None:
        """Call the listeners: after a change of the sums, or of something that is shown beside them.

        One that raises is not called again, and is warned of: what was counted stands, and the request goes on.
        """
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener()
            except Exception as error:  # noqa: BLE001 - whatever somebody's own display raises, a request must not fail
                with self._lock, suppress(ValueError):
                    self._listeners.remove(listener)
                warnings.warn(f"a listener to the session's totals failed ({error!r}) and is dropped", stacklevel=2)


SESSION = Session()
"""The session of this process."""


def _fingerprint(result: CompressionResult) -> str:
    """Return what stays the same when a conversation is compressed again: its images and where they stand."""
    digest = hashlib.sha256()
    for image in result.images:
        digest.update(f"{format_path(image.path)}\0{image.original_bytes}\0".encode())
        digest.update(image.original)
    return digest.hexdigest()
