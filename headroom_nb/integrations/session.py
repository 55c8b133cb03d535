"""What was saved since this process began: by wrapped clients' requests, conversations and batches of them in cells."""

from __future__ import annotations

import hashlib
import threading
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.records import format_path
from headroom_nb.runtime.forks import fork_safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.batch.summary import BatchSummary
    from headroom_nb.records import CompressionResult


@dataclass(frozen=True)
class SessionTotals:
    """Sums of a session.

    Attributes
    ----------
    conversations
        Requests that were sent, and conversations compressed in cells, one by one or in batches.
    images
        Images in them.
    original_tokens, compressed_tokens
        Image tokens before and after.
    usd
        Dollars saved at list prices, as far as prices are known.
    exact
        Whether the token figures are exact.
    """

    conversations: int = 0
    images: int = 0
    original_tokens: int = 0
    compressed_tokens: int = 0
    usd: float = 0.0
    exact: bool = True

    def __add__(self, other: SessionTotals) -> SessionTotals:
        return SessionTotals(
            self.conversations + other.conversations,
            self.images + other.images,
            self.original_tokens + other.original_tokens,
            self.compressed_tokens + other.compressed_tokens,
            self.usd + other.usd,
            self.exact and other.exact,
        )


class Session:
    """Counts what was saved, and tells listeners; safe from any thread."""

    def __init__(self) -> None:
        self._lock = fork_safe(threading.Lock())
        self._sent = SessionTotals()
        self._compressed: dict[str, SessionTotals] = {}
        self._listeners: list[Callable[[], None]] = []

    @property
    def totals(self) -> SessionTotals:
        """The sums so far."""
        with self._lock:
            return sum(self._compressed.values(), self._sent)

    def add_sent(self, result: CompressionResult) -> None:
        """Count a request that went out; each counts, the same conversation too."""
        with self._lock:
            self._sent += _totals(result)
        self.tell()

    def add_compressed(self, result: CompressionResult) -> None:
        """Count a conversation compressed in a cell; compressing it again replaces what was counted."""
        with self._lock:
            self._compressed[_fingerprint(result)] = _totals(result)
        self.tell()

    def add_batch(self, summary: BatchSummary) -> None:
        """Count what was compressed into a file or folder; what is written there again replaces what was counted."""
        with self._lock:
            self._compressed[f"batch {summary.sink}"] = SessionTotals(
                conversations=summary.items - summary.error_count,
                images=summary.images,
                original_tokens=summary.original_tokens,
                compressed_tokens=summary.compressed_tokens,
                usd=summary.savings_usd or 0.0,
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


def _totals(result: CompressionResult) -> SessionTotals:
    return SessionTotals(
        conversations=1,
        images=len(result.images),
        original_tokens=result.original_tokens,
        compressed_tokens=result.compressed_tokens,
        usd=result.savings_usd or 0.0,
        exact=result.exact,
    )


def _fingerprint(result: CompressionResult) -> str:
    """Return what stays the same when a conversation is compressed again: its images and where they stand."""
    digest = hashlib.sha256()
    for image in result.images:
        digest.update(f"{format_path(image.path)}\0{len(image.original)}\0".encode())
        digest.update(image.original)
    return digest.hexdigest()
