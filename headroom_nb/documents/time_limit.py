"""The time that one document may take: a share of it to read its pages, a share to look at them, the rest to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.errors import DocumentError
from headroom_nb.resource_limits import how_to_raise
from headroom_nb.runtime.stopping import LONGEST, Stop

if TYPE_CHECKING:
    from headroom_nb.resource_limits import Limits

READING, LOOKING = 0.5, 0.75
"""Shares of a document's time by which its pages have been read, and looked at as images."""


class DocumentTime:
    """The clock of one document; time in which it waits for others is not counted.

    Attributes
    ----------
    stop
        Ends the work on the document once all of its time is over.
    reading, looking
        The same once the shares for these are over.
    why
        That the time is over, as a phrase, with what to do about it.
    """

    def __init__(self, limits: Limits) -> None:
        seconds = min(limits.max_document_seconds, LONGEST)
        self.why = (
            f"the document took longer than {limits.max_document_seconds:g} seconds; "
            f"{how_to_raise('max_document_seconds')}"
        )
        self.stop, self.reading, self.looking = (
            Stop(share * seconds, self._late, counts_waiting=False) for share in (1.0, READING, LOOKING)
        )

    def _late(self) -> DocumentError:
        return DocumentError(self.why)


def is_over(stop: Stop) -> bool:
    """Return whether the time of a stop is over."""
    left = stop.left()
    return left is not None and left <= 0
