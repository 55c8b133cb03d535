"""The whole image cut into tiles, each sent at the low level, on models whose bill knows tiles.

At the high level such a bill takes a base, which pays for a small view of the whole, and twice as much for each tile of
512 pixels (OpenAI, "Images and vision", September 2026). Sent as an image of its own at the low level, a tile costs the
base alone: the same pixels for half of the tokens. Neighbours overlap, so that what one's edge cuts stands in the next.
What models read in such tiles has not been published: ``prove`` shows it on a model of one's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from headroom_nb.costs import count_text
from headroom_nb.costs.pricing import terms
from headroom_nb.pictures import encode
from headroom_nb.pictures.pixels import fit
from headroom_nb.records import ImagePart, Technique, TextPart
from headroom_nb.techniques.forms import Facts, Form
from headroom_nb.techniques.whole import (
    View,
    approximate_bytes,
    current_view,
    facts_at,
    facts_of,
    linear_share,
    open_levels,
    view_parts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.ocr import OcrLine
    from headroom_nb.records import Box, Part, Size
    from headroom_nb.techniques.base import Job

LEVEL = "low"

MOST = 8
"""Tiles at most."""

OVERLAP = 128
"""Pixels of the view that neighbours share at least: a few words side by side, or the lines of an address."""

WHOLE_IN_ONE = 0.99
"""Probability that what an answer depends on stands whole in one tile, where no line of text is known to be cut."""

CUT_LINES = 0.1
"""Share of the lines taken to be cut by tiles side by side, until the text is read."""


@dataclass(frozen=True)
class Grid:
    """One way to cut an image.

    Attributes
    ----------
    columns, rows
        How many tiles stand side by side, and one below the other.
    scale
        Pixels of the view per pixel of the image.
    side
        Of the square that a tile must fit into, pixels of the view.
    """

    columns: int
    rows: int
    scale: float
    side: int

    def boxes(self, size: Size) -> list[Box]:
        """Return the tiles of an image of this size, row by row, in its pixels."""
        across = _spans(size[0], self.columns, self.side / self.scale)
        down = _spans(size[1], self.rows, self.side / self.scale)
        return [(left, top, right, bottom) for top, bottom in down for left, right in across]

    def sent(self, box: Box) -> Size:
        """Return the size in which the tile with this box is sent, pixels."""
        width, height = (min(self.side, round(self.scale * length)) for length in (box[2] - box[0], box[3] - box[1]))
        return max(1, width), max(1, height)


def _spans(length: int, count: int, part: float) -> list[tuple[int, int]]:
    """Return start and end of so many parts of a length, evenly spread and as long as they may be."""
    part = min(float(length), part)
    step = (length - part) / max(1, count - 1)
    return [(round(index * step), min(length, round(index * step + part))) for index in range(count)]


def tile_forms(job: Job, lines: Sequence[OcrLine] | None = None) -> list[Form]:
    """Return the forms that send the whole image in tiles, with and without a small view of it, the largest first.

    Parameters
    ----------
    job
        The image.
    lines
        Its text, None where it was not read.
    """
    if LEVEL not in open_levels(job) or terms(job.model, job.detail)[0] != "openai-tile":
        return []
    rule, constants, _ = terms(job.model, LEVEL)
    if rule != "flat" or "view" not in constants:
        return []
    tokens, side, now = constants["tokens"], constants["view"], current_view(job)
    size = fit(job.picture.size, side)
    overview = View(size, LEVEL, tokens, size)
    return [
        form
        for grid in grids(job.picture.size, side, linear_share(now.seen, job.picture.size))
        for form in (_form(job, grid, tokens, lines, view) for view in (None, overview))
        if form.tokens < now.tokens
    ]


def grids(size: Size, side: int, most: float) -> list[Grid]:
    """Return the ways to cut an image into tiles, from large to small views.

    Of those with as many tiles the one that shows most, and none that shows less than one with fewer tiles.

    Parameters
    ----------
    size, side
        Of the image, and of the square that a tile must fit into, pixels.
    most
        Pixels of the view per pixel of the image at most: what the model sees of it now.
    """
    found: list[Grid] = []
    for columns, rows in product(range(1, MOST + 1), repeat=2):
        if 1 < columns * rows <= MOST:
            room = (side * count - OVERLAP * (count - 1) for count in (columns, rows))
            scale = min(1.0, most, *(space / length for space, length in zip(room, size, strict=True)))
            if scale * max(size) > side:  # else a single image at the level shows as much
                found.append(Grid(columns, rows, scale, side))
    best: list[Grid] = []
    for grid in sorted(found, key=lambda grid: (-grid.scale, grid.columns * grid.rows)):
        if not best or grid.columns * grid.rows < best[-1].columns * best[-1].rows:
            best.append(grid)
    return best


def whole_lines(job: Job, grid: Grid, lines: Sequence[OcrLine] | None) -> float:
    """Return the share of the characters in lines that stand whole in a tile; an estimate where none were read."""
    if lines is None:
        return 1.0 if job.text.smallest is None or grid.columns == 1 else 1 - CUT_LINES
    boxes = grid.boxes(job.picture.size)
    whole = all_characters = 0
    for line in lines:
        left, top, right, bottom = line.bounds
        inside = any(box[0] <= left and box[1] <= top and right <= box[2] and bottom <= box[3] for box in boxes)
        all_characters += len(line.text)
        whole += len(line.text) if inside else 0
    return whole / all_characters if all_characters else 1.0


def _form(job: Job, grid: Grid, tokens: int, lines: Sequence[OcrLine] | None, overview: View | None) -> Form:
    boxes = grid.boxes(job.picture.size)
    beside = tiles_caption(boxes, job.picture.size, whole=overview is not None)
    sent = [View(grid.sent(box), LEVEL, tokens, grid.sent(box)) for box in boxes]
    seen = round(job.picture.size[0] * grid.scale), round(job.picture.size[1] * grid.scale)
    piece = facts_at(job, grid.scale)
    whole = Facts() if overview is None else facts_of(job, overview)
    named = f"{grid.columns}×{grid.rows} tiles of {seen[0]}×{seen[1]} in {LEVEL} detail"
    return Form(
        Technique.FULL_LOW,
        named + (f" + {overview.size[0]}×{overview.size[1]}" if overview else ""),
        len(boxes) * tokens + count_text(beside, job.model).tokens + (overview.tokens if overview else 0),
        approximate_bytes(job, seen) + (approximate_bytes(job, overview.size) if overview else 0),
        replace(whole, cut=(WHOLE_IN_ONE * whole_lines(job, grid, lines), piece), tiled=True),
        partial(_parts, job, boxes, sent, overview, beside),
        sizes=(*(view.size for view in sent), *((overview.size,) if overview else ())),
        kept_pixels=min(1.0, grid.scale / linear_share(current_view(job).seen, job.picture.size)) ** 2,
        note=f"cut into {len(boxes)} tiles at {LEVEL} detail" + (", with an overview" if overview else ""),
    )


def _parts(
    job: Job, boxes: Sequence[Box], sent: Sequence[View], overview: View | None, beside: str
) -> tuple[Part, ...]:
    webp = job.model.limits.takes("image/webp")
    parts: list[Part] = [TextPart(beside)]
    for box, view in zip(boxes, sent, strict=True):
        piece = job.picture.piece(box, view.size)
        encoded = encode(piece, mark="crop", webp=webp, like=job.picture.header)
        parts.append(ImagePart(encoded.data, encoded.media_type, encoded.size, LEVEL, box=box, role="crop"))
    if overview is not None:
        parts += view_parts(job, overview, mark="overview", role="overview")
    return tuple(parts)


def tiles_caption(boxes: Sequence[Box], size: Size, *, whole: bool) -> str:
    """Return the label that says to the model which part of the whole image each tile shows."""
    listed = ", ".join(f"({left}, {top}) to ({right}, {bottom})" for left, top, right, bottom in boxes)
    parts = f"{len(boxes)} overlapping parts of one image of {size[0]}×{size[1]} px: {listed}"
    return f"[First {parts}; then the whole image, reduced.]" if whole else f"[These are {parts}.]"
