"""How far a batch is: a line in a notebook or a terminal, or a callback."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.batch.records import BatchTotals
from headroom_nb.errors import OptionError
from headroom_nb.rendering.figures import many
from headroom_nb.runtime.progress_line import EVERY, NotebookLine, TerminalLine, duration, find_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.batch.records import PartRecord


@dataclass(frozen=True)
class BatchProgress:
    """How far a batch is.

    Attributes
    ----------
    items, errors, saved_tokens
        Of everything done so far, that of earlier calls included.
    done
        Share of the source's bytes, 0 to 1.
    items_per_second
        In this call.
    seconds, seconds_left
        Of this call; None for what is left as long as nothing is done.
    """

    items: int
    errors: int
    saved_tokens: int
    done: float
    items_per_second: float
    seconds: float
    seconds_left: float | None

    def __str__(self) -> str:
        left = "" if self.seconds_left is None or self.done >= 1 else f", {duration(self.seconds_left)} left"
        errors = f", {many(self.errors, 'error')}" if self.errors else ""
        return (
            f"{100 * self.done:.0f} % · {many(self.items, 'item')} · {self.saved_tokens:,} tokens saved · "
            f"{self.items_per_second:,.1f} items/s{left}{errors}"
        )


class Meter:
    """Counts the parts that are done, and shows it every half second.

    Parameters
    ----------
    show
        Gets each :class:`BatchProgress`; the last one with ``done`` at 1 if all was done.
    size
        Bytes of all parts.
    sizes
        Bytes of each part, by number.
    """

    def __init__(self, show: Callable[[BatchProgress], None] | None, sizes: dict[int, int]) -> None:
        self._show = show
        self._sizes = sizes
        self._total = sum(sizes.values())
        self._begun = time.perf_counter()
        self._shown = float("-inf")
        self._totals = BatchTotals()
        self._before = self._bytes = self._bytes_before = 0

    def resume(self, record: PartRecord) -> None:
        """Count a part that an earlier call had done."""
        self._count(record)
        self._before += record.totals.conversations
        self._bytes_before += self._sizes[record.number]

    def take(self, record: PartRecord) -> None:
        """Count a part."""
        self._count(record)
        self.tick()

    def _count(self, record: PartRecord) -> None:
        self._totals += record.totals
        self._bytes += self._sizes[record.number]

    def tick(self, *, last: bool = False) -> None:
        """Show where things stand, unless that was done just now."""
        now = time.perf_counter()
        if self._show is None or not (last or now - self._shown >= EVERY):
            return
        self._shown = now
        self._show(self.state())

    def end(self) -> None:
        """End the line, so that what follows in a terminal begins on its own."""
        if isinstance(self._show, (NotebookLine, TerminalLine)):
            self._show.end()

    def state(self) -> BatchProgress:
        """Return how far the batch is."""
        seconds = time.perf_counter() - self._begun
        fresh = self._bytes - self._bytes_before
        return BatchProgress(
            items=self._totals.conversations,
            errors=self._totals.errors,
            saved_tokens=self._totals.saved_tokens,
            done=self._bytes / self._total if self._total else 1.0,
            items_per_second=(self._totals.conversations - self._before) / seconds if seconds else 0.0,
            seconds=seconds,
            seconds_left=seconds * (self._total - self._bytes) / fresh if fresh else None,
        )


def reporter(progress: Any) -> Callable[[BatchProgress], None] | None:
    """Return what shows progress: the caller's own, a line in the notebook or terminal, or nothing.

    Raises
    ------
    OptionError
        For what is neither None, a truth value nor callable.
    """
    if callable(progress):
        show: Callable[[BatchProgress], None] = progress
        return show
    if progress is False:
        return None
    if progress is not None and progress is not True:
        raise OptionError(f"progress={progress!r} is not a function; True, False and None are the other choices")
    return find_line()
