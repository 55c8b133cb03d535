"""What ``calibrate`` gives: what a model reads and sees, by size, beside the shipped profile."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from headroom_nb.records.frames import Tabular
from headroom_nb.rendering_hook import render

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

READS = 0.5
"""Share of the rows at a size from which it counts as read: between what fails and what holds."""


@dataclass(frozen=True)
class MeasuredPoint:
    """One need at one size.

    Attributes
    ----------
    need
        What was tested.
    px
        Size in pixels of the view that reaches the model: of the font, the mark or the shape.
    hits, n
        Rows that were right, and all.
    low, high
        The 95 % interval of the share (Wilson).
    fitted
        The share by all sizes together, which never falls as the size grows.
    shipped
        The share that the shipped profile says; of counts and detail, in a view of 32 times the size.
    """

    need: str
    px: float
    hits: int
    n: int
    low: float
    high: float
    fitted: float
    shipped: float


@dataclass(frozen=True)
class Calibration(Tabular):
    """What a model reads and sees.

    Attributes
    ----------
    model, date
        Who was tested, and when.
    points
        Every need at every size.
    shipped
        Name of the profile that it replaces.
    row
        The profile, as it is stored and shared.
    stored
        Where it was stored; empty where it was not.
    spent_usd
        What was billed, by the table's prices; None where no price is known.
    notes
        What was not answered.
    """

    model: str
    date: str
    points: tuple[MeasuredPoint, ...]
    shipped: str
    row: Mapping[str, Any] = field(repr=False)
    stored: str = ""
    spent_usd: float | None = None
    notes: tuple[str, ...] = ()

    def reads_from(self, need: str) -> float | None:
        """Return the smallest size in pixels at which most rows are right, for a need; None where none is."""
        return next((point.px for point in self.points if point.need == need and point.fitted >= READS), None)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat record per need and size."""
        return [asdict(point) for point in self.points]

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Write the profile as JSON, to share it, and return where.

        Raises
        ------
        OptionError
            The file exists and is not to be replaced, or cannot be written.
        """
        written: Path = render(self, "save", path, force=force)
        return written
