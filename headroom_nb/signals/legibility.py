"""How far a picture may shrink before what it shows can no longer be read.

The unit is the font size of the smallest text in the provider's view: the picture as the model receives it. Pictures
without text keep a share of their detail instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headroom_nb.pictures import Picture
    from headroom_nb.records import ImageSignals, Size

SMALLEST_FONT = {"safe": 12.0, "balanced": 10.0, "max": 8.5}
"""Font size that must survive, in pixels of the provider's view.

From ``python benchmarks/fidelity.py --calibrate``: random words keep 99.4 %, 98.1 % and 92.5 % of what is read at full
size.
"""

# Chosen, not calibrated: long side (pixels) under which a picture without text is not shrunk (the providers' own low
# views are 512 and 768), and the share of its detail that may go.
SMALLEST_SIDE = {"safe": 768, "balanced": 512, "max": 384}
DETAIL_LOSS = {"safe": 0.05, "balanced": 0.15, "max": 0.3}

_TEXT_SCORE = 0.35
"""A single line counts as text from this probability on; below it is noise of the detector."""


def smallest_scale(picture: Picture, signals: ImageSignals | None, view: Size, quality: str) -> float:
    """Return the smallest linear share of `view` that keeps the picture legible, over 0 to 1.

    Parameters
    ----------
    picture, signals
        The picture, and what was measured in it; when that is None nothing is known and the share is 1.
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
    if not text_decides(signals):
        return _photo_scale(signals, view, quality)
    from headroom_nb.signals.text_size import smallest_font  # needs NumPy, which takes longer to load than all else

    font = smallest_font(picture, signals)
    return 1.0 if not font else share_for_font(font, picture.size, view, quality)


def text_decides(signals: ImageSignals) -> bool:
    """Return whether the smallest text, rather than the detail, decides how far a picture may shrink."""
    return signals.min_text_height is not None and (signals.text_lines > 1 or signals.has_text >= _TEXT_SCORE)


def share_for_font(font: float, size: Size, view: Size, quality: str) -> float:
    """Return the linear share of `view` that leaves text of `font` pixels in a picture of `size` legible, at most 1."""
    in_view = font * min(view[0] / size[0], view[1] / size[1])
    return min(1.0, SMALLEST_FONT[quality] / in_view)


def _photo_scale(signals: ImageSignals, view: Size, quality: str) -> float:
    """Return the share that leaves the long side, and through it the fine detail, above the floor."""
    side = float(SMALLEST_SIDE[quality])
    if signals.detail_loss > DETAIL_LOSS[quality]:
        # detail_loss is what a 512-pixel view loses; a picture richer in detail than allowed keeps more than that.
        side = max(side, 512.0 * (signals.detail_loss / DETAIL_LOSS[quality]) ** 0.5)
    return min(1.0, side / max(view))
