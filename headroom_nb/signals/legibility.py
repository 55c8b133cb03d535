"""From which font size text is read, for tables and marks that tell a person so; the choice reads its own curves.

The unit is the font size of the smallest text in the provider's view: the image as the model receives it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headroom_nb.records import ImageSignals

SMALLEST_FONT = {"safe": 12.0, "balanced": 10.0, "max": 8.5}
"""Font size that must survive, in pixels of the provider's view.

From ``python -m benchmarks.fidelity --calibrate``: random words keep 99.4 %, 98.1 % and 92.5 % of what is read at full
size.
"""

_TEXT_SCORE = 0.35
"""A single line counts as text from this probability on; below it is noise of the detector."""


def text_decides(signals: ImageSignals) -> bool:
    """Return whether the smallest text, rather than the detail, decides how far an image may shrink."""
    return signals.min_text_height is not None and (signals.text_lines > 1 or signals.has_text >= _TEXT_SCORE)
