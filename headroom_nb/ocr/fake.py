"""An OCR engine without weights, for tests of code that uses one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.ocr.base import OcrLine, OcrPage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PIL import Image


def line(text: str, x: float, y: float, *, height: float = 20.0, confidence: float = 0.99) -> OcrLine:
    """Return an upright line at ``(x, y)`` whose characters are half as wide as they are high."""
    right, bottom = x + max(1, len(text)) * height / 2, y + height
    return OcrLine(text, ((x, y), (right, y), (right, bottom), (x, bottom)), confidence, confidence)


class FakeOcr:
    """Answers every image with the same lines.

    Parameters
    ----------
    lines
        Lines, or plain strings that are stacked from the top left.
    unread
        How many boxes to report as found but not read.
    """

    name = "fake"

    def __init__(self, lines: Sequence[OcrLine | str] = (), *, unread: int = 0) -> None:
        self._lines = tuple(
            item if isinstance(item, OcrLine) else line(item, 10, 10 + 28 * row) for row, item in enumerate(lines)
        )
        self._unread = unread
        self.calls = 0

    def read(self, image: Image.Image, *, progress: Callable[[int, int], None] | None = None) -> OcrPage:
        """Return the lines given at the start, with the size of ``image``."""
        self.calls += 1
        if progress is not None:
            progress(len(self._lines), len(self._lines))
        box = ((0.0, 0.0), (60.0, 0.0), (60.0, 20.0), (0.0, 20.0))
        return OcrPage(self._lines, len(self._lines) + self._unread, image.size, (box,) * self._unread)
