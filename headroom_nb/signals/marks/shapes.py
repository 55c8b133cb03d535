"""Ink that stands in no character: boxes, circles, dots, ticks, arrows, stars, rings drawn by pen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.signals.marks.colours import colour_name
from headroom_nb.signals.marks.text_signs import MEANING

if TYPE_CHECKING:
    import numpy.typing as npt

    from headroom_nb.signals.marks.lines import Line, View

    Levels = npt.NDArray[np.uint8]

EDGE = 20
"""Levels between neighbours that make an edge."""

SMALLEST, LARGEST = 0.3, 2.6
"""Height and width of a shape over the median font size."""

WIDEST, STRIP = 5.0, 14.0
"""Width of a toggle or a label over the median font size, at most, and that of signs that touch each other."""

MOST = 250
"""With more shapes than this the image is a photograph or a drawing, and none is looked at."""

INKED = 36
"""Levels that a pixel differs by from the shape's ground when it is part of it."""

FULL, DRAWN = 0.9, 0.02
"""Share of a square that ink covers when it is filled, and the share of another colour in it that is a sign."""

DOUBTFUL = set("OQ0oVvXxDCUJLIl口日曰回中十目ロ〇Dd©®@●•·○□√✓✔✗+-_|.,'")
"""Single characters at the end of a line that OCR may have made of a mark."""


@dataclass(frozen=True)
class Shape:
    """One shape, in pixels of the view.

    Attributes
    ----------
    left, top, right, bottom
        Where it stands.
    kind
        ``box``, ``circle``, ``dot``, ``tick``, ``cross``, ``arrow``, ``star``, ``toggle``, ``icon`` or ``strip``:
        signs that touch each other.
    value
        ``checked``/``unchecked``, ``filled``/``empty``, ``up``/``down``, ``on``/``off``.
    colour
        Name of its colour, empty for greys.
    """

    left: int
    top: int
    right: int
    bottom: int
    kind: str
    value: str
    colour: str

    @property
    def middle(self) -> tuple[float, float]:
        """Column and row of its middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def size(self) -> int:
        """Its longer side."""
        return max(self.right - self.left, self.bottom - self.top)


def find_shapes(view: View) -> list[Shape]:
    """Return the shapes about as large as letters that stand outside the characters; none in photographs."""
    import cv2

    if not view.lines:
        return []
    edges = _edges(view.pixels)
    for line in view.lines:
        _clear_characters(edges, line)
    scale = view.scale
    for read in view.turned:
        left, top, right, bottom = (round(value * scale) for value in read.bounds)
        edges[top : bottom + 1, left : right + 1] = 0
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(edges, np.ones((2, 2), np.uint8)), connectivity=8)
    wide, high = stats[1:, 2] / view.em, stats[1:, 3] / view.em
    fits = (high >= SMALLEST) & (high <= LARGEST) & (wide >= SMALLEST) & (wide <= WIDEST)
    boxes = stats[1:][fits]
    if len(boxes) > MOST:
        return []
    found = [classify(view.pixels, *(int(value) for value in box[:4])) for box in boxes]
    strips = stats[1:][(high >= 2 * SMALLEST) & (high <= LARGEST) & (wide > WIDEST) & (wide <= STRIP)]
    for left, top, width, height in strips[:, :4].tolist():
        found.append(Shape(left, top, left + width, top + height, "strip", "", ""))
    return [shape for shape in found if shape is not None and not _holds_text(view, shape)]


def _edges(pixels: Levels) -> Levels:
    """Return 1 at the edges of any channel, (height, width)."""
    import cv2

    edges = np.zeros(pixels.shape[:2], dtype=np.uint8)
    across = cv2.absdiff(pixels[:, 1:], pixels[:, :-1])
    down = cv2.absdiff(pixels[1:], pixels[:-1])
    # inRange is ten times as fast as a maximum over the channels.
    alike = (0, 0, 0), (EDGE, EDGE, EDGE)
    edges[:, 1:] = np.asarray(cv2.inRange(across, *alike)) == 0
    edges[1:] |= np.asarray(cv2.inRange(down, *alike)) == 0
    return edges


def _clear_characters(edges: Levels, line: Line) -> None:
    """Take away the edges of a line's characters, but not of what stands at its ends and may be a mark."""
    words = list(line.words)
    if len(words) > 1 and _doubtful(words[0].text):
        words = words[1:]
    if len(words) > 1 and _doubtful(words[-1].text):
        words = words[:-1]
    margin = max(1, round(0.12 * line.em))
    for word in words:
        if any(char in MEANING for char in word.text):
            continue
        left, right = max(0, line.left + word.left - margin), line.left + word.right + margin
        top = max(0, round(line.top + line.base - 1.25 * line.cap))
        edges[min(top, line.top + 1) : max(line.bottom, top) + 1, left : right + 1] = 0


def _doubtful(text: str) -> bool:
    return len(text) == 1 and (text in DOUBTFUL or not text.isalnum())


def _holds_text(view: View, shape: Shape) -> bool:
    """Return whether the middle of a line lies in the shape: a button or a frame, not a mark."""
    return any(
        shape.left < line.left + 0.5 * line.em < shape.right and shape.top < line.middle < shape.bottom
        for line in view.lines
        if len(line.read.text.strip()) > 1
    )


def classify(pixels: Levels, left: int, top: int, width: int, height: int) -> Shape | None:
    """Return what stands in a box of the view's pixels (h, w, 3)."""
    rows, columns = pixels.shape[:2]
    frame = pixels[max(0, top - 2) : min(rows, top + height + 2), max(0, left - 2) : min(columns, left + width + 2)]
    ring = np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]])
    ground = np.median(ring, axis=0)
    crop = pixels[top : top + height, left : left + width].astype(np.int16)
    far = np.abs(crop - ground).max(axis=2)
    mask = far > INKED
    inked_rows, inked_columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(inked_rows) < 3 or len(inked_columns) < 3:
        return None
    box = inked_rows[0], inked_rows[-1] + 1, inked_columns[0], inked_columns[-1] + 1
    mask, crop, far = (plane[box[0] : box[1], box[2] : box[3]] for plane in (mask, crop, far))
    strong = crop[far >= np.percentile(far[mask], 60)]
    colours = crop[mask]
    vivid = colours[np.ptp(colours, axis=1) >= 0.7 * np.ptp(colours, axis=1).max()]
    colour = colour_name(np.median(vivid, axis=0)) or colour_name(np.median(strong, axis=0))
    kind, value = _kind(np.asarray(mask, dtype=np.bool_), crop)
    x, y = left + int(box[2]), top + int(box[0])
    return Shape(x, y, x + mask.shape[1], y + mask.shape[0], kind, value, colour)


def _kind(mask: npt.NDArray[np.bool_], crop: npt.NDArray[np.int16]) -> tuple[str, str]:
    height, width = mask.shape
    aspect = width / height
    corner = max(1, round(0.15 * min(height, width)))
    corners = np.mean([mask[:corner, :corner].mean(), mask[:corner, -corner:].mean(), mask[-corner:, :corner].mean(),
                       mask[-corner:, -corner:].mean()])  # fmt: skip
    edge = max(1, round(0.12 * min(height, width)))
    sides = [mask[:edge].any(axis=0), mask[-edge:].any(axis=0), mask[:, :edge].any(axis=1), mask[:, -edge:].any(axis=1)]
    straight = float(np.mean([side.mean() for side in sides]))
    inner = mask[height // 4 : height - height // 4, width // 4 : width - width // 4]
    filled, coverage = float(inner.mean()), float(mask.mean())
    if 1.5 <= aspect <= 2.7 and coverage > 0.55:
        return "toggle", _switch(crop)
    if 0.8 <= aspect <= 1.25:
        if straight > 0.8 and corners > 0.3:
            if coverage > FULL and _is_plain(crop):
                return "dot", ""
            return "box", "checked" if filled > 0.1 else "unchecked"
        round_ = straight > 0.25 and corners < 0.35 and _is_round(mask)
        if round_:
            return ("dot", "") if coverage > 0.68 else ("circle", "filled" if filled > 0.3 else "empty")
    return _sign(mask, coverage, aspect)


def _is_plain(crop: npt.NDArray[np.int16]) -> bool:
    """Return whether a filled shape has one colour inside: nothing is drawn in it, as a tick would be."""
    height, width = crop.shape[:2]
    inner = crop[height // 5 : height - height // 5, width // 5 : width - width // 5]
    far = np.abs(inner - np.median(inner, axis=(0, 1))).max(axis=2)
    return bool((far > INKED).mean() < DRAWN)


def _is_round(mask: npt.NDArray[np.bool_]) -> bool:
    """Return whether the outline follows a circle: each row's ink reaches as far as it should."""
    height, width = mask.shape
    rows = np.flatnonzero(mask.any(axis=1))
    first, last = mask[rows].argmax(axis=1), width - mask[rows][:, ::-1].argmax(axis=1)
    offset = (rows + 0.5 - height / 2) / (height / 2)
    half = np.sqrt(np.maximum(0, 1 - offset**2)) * width / 2
    return bool(
        np.abs((last - first) / 2 - half).mean() < 0.12 * width
        and np.abs((first + last) / 2 - width / 2).mean() < 0.08 * width
    )


def _switch(crop: npt.NDArray[np.int16]) -> str:
    """Return the side of a toggle's knob, which is the half with the lighter middle: ``on`` for the right one."""
    height, width = crop.shape[:2]
    middle = crop[height // 3 : height - height // 3].mean(axis=(0, 2))
    return "on" if middle[width // 2 :].mean() > middle[: width // 2].mean() else "off"


def _sign(mask: npt.NDArray[np.bool_], coverage: float, aspect: float) -> tuple[str, str]:
    height, width = mask.shape
    counts = mask.sum(axis=1) / width
    first, second = counts[: height // 2].mean(), counts[height // 2 :].mean()
    even = float((mask == mask[:, ::-1]).mean())
    if 0.35 <= coverage <= 0.68 and 0.7 <= aspect <= 2.2 and even > 0.85:
        steps = np.diff(counts)
        if counts[-max(1, height // 5) :].mean() > 0.75 and first < 0.6 * second and (steps >= -0.12).mean() > 0.85:
            return "arrow", "up"
        if counts[: max(1, height // 5)].mean() > 0.75 and second < 0.6 * first and (steps <= 0.12).mean() > 0.85:
            return "arrow", "down"
        if (
            0.85 <= aspect <= 1.2
            and counts.argmax() in range(int(0.25 * height), int(0.55 * height))
            and counts[0] < 0.35
        ):
            return "star", "filled"
    if 0.12 <= coverage <= 0.55 and 0.7 <= aspect <= 1.6:
        low = mask[-max(1, height // 4) :]
        third = max(1, width // 3)
        right_top, left_top = mask[: height // 3, -third:].any(), mask[: height // 4, : width // 2].any()
        foot = float(np.flatnonzero(low.any(axis=0)).mean()) / width
        if right_top and not left_top and 0.15 < foot < 0.6:
            return "tick", ""
        if _is_cross(mask):
            return "cross", ""
    return "icon", ""


def _is_cross(mask: npt.NDArray[np.bool_]) -> bool:
    """Return whether a 5 × 5 grid over the mask is inked in the corners and the middle, and not between the corners."""
    rows, columns = (np.array_split(np.arange(length), 5) for length in mask.shape)
    inked = np.array([[mask[np.ix_(row, column)].any() for column in columns] for row in rows])
    corners = inked[0, 0] and inked[0, 4] and inked[4, 0] and inked[4, 4]
    return bool(corners and inked[2, 2] and not (inked[0, 2] or inked[4, 2] or inked[2, 0] or inked[2, 4]))
