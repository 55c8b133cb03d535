"""How far a picture may shrink before what it shows can no longer be read.

The unit is the height of the smallest text in the provider's view: the picture as the model receives it. Pictures
without text keep a share of their detail instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headroom_nb.results import ImageSignals, Size

# Height of a text line (pixels in the provider's view) that must survive; `python benchmarks/fidelity.py --calibrate`.
SMALLEST_TEXT = {"safe": 16.0, "balanced": 13.0, "max": 11.0}

# Long side (pixels) under which a picture without text is not shrunk, and the share of its detail that may go.
SMALLEST_SIDE = {"safe": 1024, "balanced": 640, "max": 448}
DETAIL_LOSS = {"safe": 0.05, "balanced": 0.15, "max": 0.3}

# Fewer lines than this in a picture with hardly any text are noise of the detector.
_TEXT_SCORE = 0.35


def has_text(signals: ImageSignals) -> bool:
    """Return whether the smallest text, rather than the detail, decides how far a picture may shrink."""
    return signals.min_text_height is not None and (signals.text_lines > 1 or signals.has_text >= _TEXT_SCORE)


def text_height(signals: ImageSignals, view: Size) -> float | None:
    """Return the height of the smallest text in `view`, in pixels; None without text.

    Parameters
    ----------
    signals
        Measured on the full picture.
    view
        Size of the picture as the model receives it.
    """
    if signals.min_text_height is None:
        return None
    return signals.min_text_height * min(view[0] / signals.size[0], view[1] / signals.size[1])


def smallest_scale(signals: ImageSignals | None, view: Size, quality: str) -> float:
    """Return the smallest linear share of `view` that keeps the picture legible, over 0 to 1.

    Parameters
    ----------
    signals
        What was measured in the full picture; None, when nothing is known, gives 1.
    view
        Size of the picture as the model receives it now, in pixels.
    quality
        ``"safe"``, ``"balanced"`` or ``"max"``.

    Notes
    -----
    Text that is under the limit already gives 1: such a picture is not shrunk at all.
    """
    if signals is None:
        return 1.0
    if has_text(signals):
        height = text_height(signals, view)
        return 1.0 if not height else min(1.0, SMALLEST_TEXT[quality] / height)
    return _photo_scale(signals, view, quality)


def _photo_scale(signals: ImageSignals, view: Size, quality: str) -> float:
    """Return the share that leaves the long side, and through it the fine detail, above the floor."""
    side = float(SMALLEST_SIDE[quality])
    if signals.detail_loss > DETAIL_LOSS[quality]:
        # detail_loss is what a 512-pixel view loses; a picture richer in detail than allowed keeps more than that.
        side = max(side, 512.0 * (signals.detail_loss / DETAIL_LOSS[quality]) ** 0.5)
    return min(1.0, side / max(view))
