"""What a page shows: its text, whether that can be relied on, and where figures, tables, fields and formulas are."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headroom_nb.documents.contents import Placed
from headroom_nb.documents.text_layer import not_sound, readable
from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headroom_nb.documents.contents import RawPage

THIN = 3.0
"""Points up to which a path is a rule, not a shape."""

NEAR = 12.0
"""Points between two drawn things that belong together."""

SMALL = 0.002
"""Share of a page below which a drawn thing is a logo, a bullet or an ornament."""

MOST_REGIONS = 6
"""Regions of a page that are shown one by one; more are shown in one piece."""

CELL = 24.0
"""Points of the squares in which what is drawn is gathered first, where there is much of it."""

MOST_SQUARES = 1000
"""Squares at most: on a page that is larger, or full, they are made larger."""

MUCH = 120
"""Things drawn on a page from which they are gathered first."""

PAGE_WIDE = 0.85
"""Share of a page from which a picture is the page itself: a scan, or a background."""

BORDER = 3.0
"""Points that a region is made larger by, so that its edge is in the picture of it."""

KINDS = ("form", "figure", "table")
"""Kinds of regions; of two that overlap the first counts."""

_FORMULA_FONTS = re.compile(
    r"CMEX|MSBM|MathematicalPi|Cambria ?Math|STIX\w*Math|XITS|LatinModernMath|Euclid|MTEX|Asana"
)
_FORMULA_SIGNS = re.compile("[\u2200-\u22ff\u27c0-\u27ef\u2980-\u2aff\u0370-\u03ff\U0001d400-\U0001d7ff]")
_MATH_FONTS = re.compile(r"CMMI|CMSY|LMMath|(?:TX|tx|MT)(?:MI|SY|mi|sy)|MathTime")
"""Fonts of variables and signs; with a line of its own that relates two terms, they mean a formula set apart."""

_RELATION = re.compile("[=<>≈≤≥∝]")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
LONGEST_FORMULA = 60
"""Characters of a line that is a formula set apart."""

_MOST_SIGNS = 0.012
"""Share of signs of formulas, and of Greek letters in other text, from which a page has formulas."""


@dataclass(frozen=True)
class Region:
    """A part of a page that text does not show. ``kind`` is ``"figure"``, ``"table"`` or ``"form"``."""

    kind: str
    box: Placed

    @property
    def area(self) -> float:
        """Square points."""
        return self.box.width * self.box.height


@dataclass(frozen=True)
class PageFacts:
    """One page.

    Attributes
    ----------
    number
        From 1.
    size
        Points as a person sees the page.
    text
        Its text layer, readable; empty where it has none.
    flaw
        Why that text cannot be relied on; empty where it can.
    regions
        What its text does not show, from the top.
    formulas
        Whether it has formulas, which text layers do not keep.
    scanned
        Whether a picture covers the page and what text it has is not painted.
    label
        What the file calls the page, such as ``"xii"``; empty where it says nothing.
    unread
        Whether the time of the document was over before it was read.
    """

    number: int
    size: tuple[float, float]
    text: str
    flaw: str = ""
    regions: tuple[Region, ...] = ()
    formulas: bool = False
    scanned: bool = False
    label: str = ""
    unread: bool = False

    @property
    def area(self) -> float:
        """Square points."""
        return self.size[0] * self.size[1]

    @property
    def empty(self) -> bool:
        """Whether nothing stands on it."""
        return not (self.text.strip() or self.regions or self.scanned)

    @property
    def sound(self) -> bool:
        """Whether its text layer says what its text says."""
        return bool(self.text.strip()) and not self.flaw


def page_facts(raw: RawPage) -> PageFacts:
    """Return what a page shows."""
    text = readable(raw.text)
    area = raw.size[0] * raw.size[1]
    pictures = [_within(each, raw.size) for each in raw.drawn if each.kind == "image"]
    wide = any(each.width * each.height >= PAGE_WIDE * area for each in pictures)
    formulas = (
        any(_FORMULA_FONTS.search(name) for name in raw.fonts)
        or (len(_FORMULA_SIGNS.findall(text)) > max(4, _MOST_SIGNS * len(text)) and not _is_greek(text))
        or (any(_MATH_FONTS.search(name) for name in raw.fonts) and _sets_formulas_apart(text))
    )
    return PageFacts(
        number=raw.number,
        size=raw.size,
        text=text,
        flaw=not_sound(raw, text),
        regions=tuple(_regions(raw)),
        formulas=formulas,
        scanned=wide and (not text.strip() or raw.invisible > 0.5),
        label=raw.label,
    )


def _sets_formulas_apart(text: str) -> bool:
    """Return whether a short line relates two terms: its exponents and fractions are lost in a text layer."""
    return any(
        len(line) <= LONGEST_FORMULA and _RELATION.search(line) and len(_LONG_WORD.findall(line)) < 2
        for line in text.split("\n")
    )


def _is_greek(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return sum("\u0370" <= char <= "\u03ff" for char in letters) > 0.3 * len(letters)


def _regions(raw: RawPage) -> list[Region]:
    area = raw.size[0] * raw.size[1]
    drawn = [_within(each, raw.size) for each in raw.drawn]
    rules = [each for each in drawn if each.kind in {"path", "drawing"} and min(each.width, each.height) <= THIN]
    thin = set(map(id, rules))
    solid = [each for each in drawn if id(each) not in thin and each.kind != "field" and each.width * each.height > 4]
    plain = [
        each for each in solid if each.kind in {"path", "drawing"} and each.width * each.height >= PAGE_WIDE * area
    ]
    wide = set(map(id, plain))
    found = [_figure(group, raw.lines) for group in _clusters(each for each in solid if id(each) not in wide)]
    found += [Region("form", _around(fields)) for fields in _clusters(each for each in drawn if each.kind == "field")]
    found += [Region("table", box) for box in (*_ruled(rules), *_columns(raw.lines, raw.size))]
    large = [region for region in found if region is not None and region.area >= SMALL * area]
    merged = _merged(large) if len(large) <= MUCH else large
    if len(merged) <= MOST_REGIONS:
        return merged
    kind = min((region.kind for region in merged), key=KINDS.index)
    return [Region(kind, _around([region.box for region in merged]))]


def _figure(group: Sequence[Placed], lines: Sequence[Placed]) -> Region | None:
    """Return the region of things drawn together; None for boxes that only stand behind text."""
    checkpoint()
    box = _around(group)
    inside = [line for line in lines if _overlap(line, box) > 0.6 * max(1e-6, line.width * line.height)]
    painted = any(each.kind in {"image", "shading", "drawing"} for each in group)
    ruled = all(each.kind in {"path", "drawing"} for each in group)
    if not painted and len(group) <= 3 and inside:
        return None  # a coloured box behind text
    if ruled and len(inside) >= 6 and (painted or len(group) >= 6):
        return Region("table", box)  # its cells are drawn as boxes, or its rules in one path
    return Region("figure", _around([*group, *(line for line in inside)]))


def _ruled(rules: Sequence[Placed]) -> list[Placed]:
    """Return the boxes of tables: three rules across of like width, or a grid."""
    across = [each for each in rules if each.width >= 40 and each.width > each.height]
    down = [each for each in rules if each.height >= 8 and each.height > each.width]
    found: list[Placed] = []
    groups: list[list[Placed]] = []
    for rule in sorted(across[:MOST_SQUARES], key=lambda each: each.top):
        for group in groups:
            if abs(group[-1].left - rule.left) < NEAR and abs(group[-1].right - rule.right) < NEAR:
                group.append(rule)
                break
        else:
            groups.append([rule])
    found += [_around(group) for group in groups if len({round(each.top) for each in group}) >= 3]
    grid = _clusters([*across, *down])
    found += [
        _around(group)
        for group in grid
        if sum(each.width > each.height for each in group) >= 2 and sum(each.height > each.width for each in group) >= 2
    ]
    return found


def _columns(lines: Sequence[Placed], size: tuple[float, float]) -> list[Placed]:
    """Return the boxes of tables without rules: four rows or more below each other, of three short cells or more."""
    rows: list[list[Placed]] = []
    for line in sorted(lines, key=lambda each: (each.top + each.bottom) / 2):
        middle = (line.top + line.bottom) / 2
        if rows and rows[-1][0].top <= middle <= rows[-1][0].bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    found: list[list[Placed]] = []
    run: list[Placed] = []
    for row in [*rows, []]:
        cells = _cells(row, size[0])
        if len(cells) >= 3 and all(cell.width < 0.3 * size[0] for cell in cells):
            if run and row[0].top - run[-1].bottom > 4 * NEAR:
                found.append(run)
                run = []
            run = [*run, _around(cells)]
        elif run and row and row[0].top - run[-1].bottom < NEAR and len(cells) == 2:
            run = [*run, _around(cells)]  # a row with an empty cell
        else:
            found.append(run)
            run = []
    return [_around(run) for run in found if len(run) >= 4]


def _cells(row: Sequence[Placed], width: float) -> list[Placed]:
    """Return the runs of a row, those without a gap between them in one."""
    cells: list[Placed] = []
    for each in sorted(row, key=lambda each: each.left):
        if cells and each.left - cells[-1].right < max(0.012 * width, 0.8 * each.height):
            cells[-1] = _around([cells[-1], each])
        else:
            cells.append(each)
    return cells


def _merged(regions: Sequence[Region]) -> list[Region]:
    """Return regions from the top, those that overlap in one; a form stays a form, a figure a figure."""
    left = sorted(regions, key=lambda region: region.box.top)
    found: list[Region] = []
    for region in left:
        for index, other in enumerate(found):
            if _overlap(region.box, other.box) > 0:
                kind = min(region.kind, other.kind, key=KINDS.index)
                found[index] = Region(kind, _around([region.box, other.box]))
                break
        else:
            found.append(region)
    return found if len(found) == len(left) else _merged(found)


def _clusters(boxes: Iterable[Placed]) -> list[list[Placed]]:
    """Return boxes in groups, near ones together."""
    boxes = list(boxes)
    if len(boxes) > MUCH:
        boxes = _gathered(boxes)
    groups: list[tuple[Placed, list[Placed]]] = []
    for box in boxes:
        near = [group for group in groups if _overlap(_grown(group[0], NEAR), box, touching=True)]
        inside = [box, *(each for _, members in near for each in members)]
        groups = [group for group in groups if group not in near]
        groups.append((_around(inside), inside))
    return [members for _, members in groups]


def _gathered(boxes: Sequence[Placed]) -> list[Placed]:
    """Return the boxes around what lies in the same square: a drawing of thousands of strokes becomes a few dozen."""
    cell = CELL
    while True:
        squares: dict[tuple[str, int, int], list[Placed]] = {}
        for box in boxes:
            across, down = (box.left + box.right) / 2, (box.top + box.bottom) / 2
            squares.setdefault((box.kind, int(across // cell), int(down // cell)), []).append(box)
        if len(squares) <= MOST_SQUARES:
            return [_around(inside) for inside in squares.values()]
        cell *= 2


def _around(boxes: Sequence[Placed]) -> Placed:
    return Placed(
        boxes[0].kind,
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def _grown(box: Placed, by: float) -> Placed:
    return replace(box, left=box.left - by, top=box.top - by, right=box.right + by, bottom=box.bottom + by)


def _overlap(one: Placed, other: Placed, *, touching: bool = False) -> float:
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    if touching:
        return float(width >= 0 and height >= 0)
    return max(0.0, width) * max(0.0, height)


def _within(box: Placed, size: tuple[float, float]) -> Placed:
    """Return the part of a box that is on the page."""
    left, top = min(max(box.left, 0.0), size[0]), min(max(box.top, 0.0), size[1])
    return replace(
        box, left=left, top=top, right=max(left, min(box.right, size[0])), bottom=max(top, min(box.bottom, size[1]))
    )


def bordered(box: Placed, size: tuple[float, float]) -> Placed:
    """Return a box a little larger, within its page."""
    return _within(_grown(box, BORDER), size)
