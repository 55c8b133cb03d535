"""Filled areas: labels whose text OCR lost, rings around words, bars, images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.signals.marks.colours import colour_name
from headroom_nb.signals.marks.found import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.signals.marks.lines import Line, View

HALF = 0.5
"""Scale at which areas are looked at."""

GROUND = 16
"""Levels that an area differs by from the page's ground."""

PICTURE = 0.02
"""Share of the view above which an area outside the text is an image."""

ROOM = 1.6
"""Height of a ring over that of the letters in it, at least: a large O is no ring."""

BESIDE, SPECK = 3, 0.3
"""Letters beside a ring that say how high those of its line are, and their least height over the line's."""

MOST_OUTLINES = 2000
"""With more outlines than this, at full scale, the image is a photograph or a drawing."""

SECTORS, AROUND = 24, 0.9
"""Sectors around the middle of a ring, and the share of them in which its outline is inked."""

MOST = 60
"""With more areas than this the image is a photograph."""


def find_areas(view: View) -> Iterator[Mark]:
    """Yield ``plate`` (a filled label without a line in it), ``bar`` and ``picture`` marks."""
    import cv2

    if not view.lines:
        return
    small = np.asarray(cv2.resize(view.pixels, None, fx=HALF, fy=HALF, interpolation=cv2.INTER_AREA))
    near = cv2.inRange(small, *(np.clip(view.ground + reach, 0, 255) for reach in (-GROUND, GROUND)))
    far = np.asarray(near) == 0
    # Opened: letters and lines are thinner than areas.
    thick = cv2.morphologyEx(far.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(thick, connectivity=8)
    em = view.em * HALF
    areas = [tuple(int(value) for value in row) for row in stats[1:] if row[3] >= 0.5 * em and row[2] >= 1.2 * em]
    if len(areas) > MOST:
        return
    centres = np.array([((line.left + line.right) / 2, line.middle) for line in view.lines]) * HALF
    for left, top, width, height, area in areas:
        inside = (centres > (left, top)).all(axis=1) & (centres < (left + width, top + height)).all(axis=1)
        box = view.box(left / HALF, top / HALF, (left + width) / HALF, (top + height) / HALF)
        crop = small[top : top + height, left : left + width]
        if inside.any() or area < 0.6 * width * height:
            if not inside.any() and area > PICTURE * thick.size:
                yield Mark("picture", box, "", strong=False)
            continue
        fill = np.median(crop.reshape(-1, 3), axis=0)
        inked = (np.abs(crop.astype(np.int16) - fill).max(axis=2) > 60).mean()
        if 0.8 * em <= height <= 3.2 * em and width >= 1.4 * height and 0.04 < inked < 0.5:
            yield Mark("plate", box, colour_name(fill))
        elif area > PICTURE * thick.size:
            yield Mark("picture", box, "", strong=False)
        elif height <= 1.6 * em and width > 2 * height:
            yield Mark("bar", box, colour_name(fill), strong=False)


def find_rings(view: View) -> Iterator[Mark]:
    """Yield ``ring`` marks: closed round outlines around words; the value is the words."""
    import cv2

    if not view.lines:
        return
    # By colour, not by brightness: a blue ring on a dark ground is hardly brighter than it.
    far = np.asarray(cv2.absdiff(view.pixels, np.broadcast_to(view.ground.astype(np.uint8), view.pixels.shape)))
    far = far.max(axis=2)
    found: list[Mark] = []
    for scale in (HALF, 1.0):  # rings around small text are too thin for the one, breaks close in the other
        for ring in _rings(view, far, scale):
            x, y = (ring.box[0] + ring.box[2]) / 2, (ring.box[1] + ring.box[3]) / 2
            if not any(one.box[0] < x < one.box[2] and one.box[1] < y < one.box[3] for one in found):
                found.append(ring)
    yield from found


def _rings(view: View, far: np.ndarray, scale: float) -> Iterator[Mark]:
    """Yield the rings that are seen at a scale, in how far pixels (h, w) are from the page's ground."""
    import cv2

    edges = np.asarray(cv2.Canny(cv2.resize(far, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), 40, 120))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(edges, connectivity=8)
    cap = float(np.percentile([line.cap for line in view.lines], 25)) * scale
    em = cap / 0.746
    if count > MOST_OUTLINES / scale:
        return
    for label, (left, top, width, height, _) in enumerate(stats[1:], 1):
        if not (em <= height <= 7 * em and 1.2 * em <= width <= 30 * em and width >= 0.8 * height):
            continue
        if not _is_ring(labels[top : top + height, left : left + width] == label):
            continue
        words: list[str] = []
        for line in view.lines:
            if top < line.middle * scale < top + height:
                low = min(cap, line.cap * scale)  # what a ring touches is taken for a high letter
                if height >= ROOM * max(low, scale * _cap_beside(line, left / scale, (left + width) / scale)):
                    words += _words_within(line, left / scale, (left + width) / scale)
        if words:
            box = view.box(*(value / scale for value in (left, top, left + width, top + height)))
            yield Mark("ring", box, " ".join(words))


def _words_within(line: Line, left: float, right: float) -> list[str]:
    """Return the words of a line whose middle lies between two columns of the view; single characters are none."""
    middles = [(word.text, line.left + (word.left + word.right) / 2) for word in line.words if len(word.text) > 1]
    return [text for text, middle in middles if left < middle < right]


def _cap_beside(line: Line, left: float, right: float) -> float:
    """Return how high the letters of a line are beside two columns of the view; 0 with fewer than :data:`BESIDE`."""
    middles = line.left + line.parts[:, 0] + line.parts[:, 2] / 2
    beside = line.parts[(middles < left) | (middles > right)]
    letters = beside[beside[:, 3] >= SPECK * line.cap] if len(beside) else beside
    return line.base - float(letters[:, 1].min()) if len(letters) >= BESIDE else 0.0


def _is_ring(crop: np.ndarray) -> bool:
    """Return whether an outline follows an ellipse: inked all around, and not in the corners of its rectangle.

    Letters inside may touch it.
    """
    height, width = crop.shape
    y, x = np.nonzero(crop)
    out = np.hypot((x + 0.5 - width / 2) / (width / 2), (y + 0.5 - height / 2) / (height / 2))
    outline = (out > 0.75) & (out < 1.2)
    angle = np.arctan2((y + 0.5 - height / 2) / height, (x + 0.5 - width / 2) / width)[outline]
    sectors = np.unique(((angle + np.pi) / (2 * np.pi) * SECTORS).astype(int) % SECTORS)
    return bool(len(sectors) >= AROUND * SECTORS and (out > 1.2).mean() < 0.08 and (out < 0.6).mean() < 0.35)
