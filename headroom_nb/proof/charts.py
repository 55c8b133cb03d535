"""An eye test for models: sheets of numbered rows at a ladder of sizes, and what stands in each.

Strings and numbers that no language corrects, sentences, marks, dots to be counted and rings with a gap; two faces,
light and dark, dense and sparse. The same seed gives the same sheets.
"""

from __future__ import annotations

import io
import random
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from PIL import Image, ImageDraw, ImageFont

    from headroom_nb.records import Size

    Painter = Callable[["_Sheet", random.Random, int, float], str]
    """Paints one row at a height of the sheet, in pixels, and returns what stands there."""

WIDTH = 768
"""Of every sheet, in pixels: no provider shrinks it."""

MARGIN, LABEL = 24, 20
"""Left margin and font size of the row numbers, in pixels."""

TEXT_SIZES = tuple(range(6, 21))
MARK_SIZES = (2, 3, 4, 5, 6, 7, 8, 10, 12, 14)
SHAPE_SIZES = (3, 4, 5, 6, 7, 8, 10, 12, 14, 18)

INKS = {False: ("white", "black"), True: ("#1e1e1e", "#e8e8e8")}
"""Ground and ink, light and dark."""

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789abcdefghijkmnpqrstuvwxyz"
WORDS = re.findall(
    r"\w+",
    "amber bridge candle desert engine forest garden harbor island jacket kettle ladder market needle orange pepper "
    "quarry river silver timber valley window yellow anchor basket copper dragon falcon guitar hammer",
)
COLOURS = {"red": "#d11", "green": "#191", "blue": "#22d"}
SIDES = {"right": 0, "down": 90, "left": 180, "up": 270}
"""Where the gap of a ring is, in degrees clockwise from the right."""

ASK_TEXT = (
    "This sheet has numbered rows. Write one line for each row: its number, a colon, and exactly what stands in the "
    "row. Write ? for a row that you cannot read."
)
ASK_MARKS = (
    "This sheet has numbered rows. In each, one of the three places a, b and c is marked: its box has a tick, its word "
    "is struck through, or its dot is red. Write one line for each row: its number, a colon, and the letter. Write ? "
    "where you cannot see it."
)
ASK_COUNT = (
    "This sheet has numbered rows of dots. Write one line for each row: its number, a colon, and how many dots it has. "
    "Write ? where you cannot see it."
)
ASK_SHAPES = (
    "This sheet has numbered rows, each with a ring that has a gap. Write one line for each row: its number, a colon, "
    "and the side of the gap: left, right, up or down. Write ? where you cannot see it."
)


@dataclass(frozen=True)
class Row:
    """One row: its number, the need it tests, the size in pixels of what stands there, and what that is."""

    number: int
    need: str
    px: float
    truth: str


@dataclass(frozen=True)
class Sheet:
    """One image of the test, what is asked of it, and its rows."""

    name: str
    question: str
    data: bytes
    size: Size
    rows: tuple[Row, ...]


def sheets(seed: int) -> list[Sheet]:
    """Return the sheets of the test: 8 of text, 2 of marks, one of dots and one of rings."""
    chance = random.Random(seed)  # noqa: S311 - what is drawn is no secret
    made = []
    for face in (0, 1):
        for dark in (False, True):
            for dense in (False, True):
                name = f"text, face {face + 1}, {'dark' if dark else 'light'}, {'dense' if dense else 'sparse'}"
                sizes = [size for size in TEXT_SIZES for _ in range(2)]
                plan = [("exact" if place % 2 else "prose", size, _text) for place, size in enumerate(sizes)]
                made.append(_drawn(name, ASK_TEXT, plan, chance, face=face, dark=dark, dense=dense))
    for dark in (False, True):
        plan = [("marks", size, paint) for size in MARK_SIZES for paint in (_tick, _strike, _dot)]
        made.append(_drawn(f"marks, {'dark' if dark else 'light'}", ASK_MARKS, plan, chance, dark=dark))
    made.append(_drawn("dots", ASK_COUNT, [("count", size, _dots) for size in SHAPE_SIZES for _ in (1, 2)], chance))
    made.append(_drawn("rings", ASK_SHAPES, [("detail", size, _ring) for size in SHAPE_SIZES for _ in (1, 2)], chance))
    return made


@dataclass
class _Sheet:
    """A sheet that is being drawn."""

    draw: ImageDraw.ImageDraw
    face: int
    ink: str
    ground: str
    need: str


def _drawn(
    name: str,
    question: str,
    plan: Sequence[tuple[str, int, Painter]],
    chance: random.Random,
    *,
    face: int = 0,
    dark: bool = False,
    dense: bool = True,
) -> Sheet:
    from PIL import Image, ImageDraw

    heights = [max(LABEL + 2.0, px * 1.3) if dense else max(LABEL + 10.0, px * 2.2) for _, px, _ in plan]
    size = (WIDTH, round(sum(heights) + 2 * MARGIN))
    ground, ink = INKS[dark]
    image = Image.new("RGB", size, ground)
    sheet = _Sheet(ImageDraw.Draw(image), face, ink, ground, "")
    rows, top = [], float(MARGIN)
    for number, ((need, px, paint), height) in enumerate(zip(plan, heights, strict=True), 1):
        middle = top + height / 2
        sheet.draw.text((MARGIN, middle), f"{number}", ink, font_of(0, LABEL), anchor="lm")
        sheet.need = need
        rows.append(Row(number, need, px, paint(sheet, chance, px, middle)))
        top += height
    return Sheet(name, question, _png(image), size, tuple(rows))


def font_of(face: int, px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return a face at a size: Pillow's own, and Matplotlib's monospaced one where that is installed."""
    from PIL import ImageFont

    spec = find_spec("matplotlib") if face else None
    if spec is not None and spec.origin is not None:
        path = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSansMono.ttf"
        if path.is_file():
            return ImageFont.truetype(str(path), px)
    return ImageFont.load_default(px)


LEFT = 80
"""Where the rows begin, in pixels."""


def _text(sheet: _Sheet, chance: random.Random, px: int, middle: float) -> str:
    if sheet.need == "prose":
        truth = f"The {' and the '.join(chance.sample(WORDS, 3))} met near the {chance.choice(WORDS)}"
    elif chance.random() < 0.5:
        truth = "".join(chance.choices(LETTERS, k=8))
    else:
        truth = f"{chance.randrange(10**6, 10**7)}.{chance.randrange(10, 100)}"
    sheet.draw.text((LEFT, middle), truth, sheet.ink, font_of(sheet.face, px), anchor="lm")
    return truth


def _places(sheet: _Sheet, middle: float) -> Iterator[tuple[str, float]]:
    """Yield each letter and where what it names begins."""
    for place, letter in enumerate("abc"):
        left = LEFT + 220 * place
        sheet.draw.text((left, middle), letter, sheet.ink, font_of(0, LABEL), anchor="lm")
        yield letter, left + 28.0


def _tick(sheet: _Sheet, chance: random.Random, px: int, middle: float) -> str:
    chosen = chance.choice("abc")
    for letter, left in _places(sheet, middle):
        edge = px * 1.5
        top = middle - edge / 2
        sheet.draw.rectangle((left, top, left + edge, top + edge), outline=sheet.ink)
        if letter == chosen:
            corners = [
                (left + px * 0.25, middle),
                (left + px * 0.6, middle + px * 0.4),
                (left + px * 1.25, middle - px / 2),
            ]
            sheet.draw.line(corners, sheet.ink, max(1, px // 5))
    return chosen


def _strike(sheet: _Sheet, chance: random.Random, px: int, middle: float) -> str:
    chosen = chance.choice("abc")
    font = font_of(0, max(6, round(px * 1.4)))
    for letter, left in _places(sheet, middle):
        word = chance.choice(WORDS)
        sheet.draw.text((left, middle), word, sheet.ink, font, anchor="lm")
        if letter == chosen:
            sheet.draw.line((left, middle, left + font.getlength(word), middle), sheet.ink, max(1, px // 8))
    return chosen


def _dot(sheet: _Sheet, chance: random.Random, px: int, middle: float) -> str:
    chosen = chance.choice("abc")
    for letter, left in _places(sheet, middle):
        colour = COLOURS["red"] if letter == chosen else chance.choice((COLOURS["green"], COLOURS["blue"]))
        sheet.draw.ellipse((left, middle - px / 2, left + px, middle + px / 2), fill=colour)
    return chosen


def _dots(sheet: _Sheet, chance: random.Random, px: int, middle: float) -> str:
    count = chance.randint(3, 12)
    for place in range(count):
        left = LEFT + place * px * 2.5
        sheet.draw.ellipse((left, middle - px / 2, left + px, middle + px / 2), fill=sheet.ink)
    return str(count)


def _ring(sheet: _Sheet, chance: random.Random, px: int, middle: float) -> str:
    side = chance.choice(sorted(SIDES))
    box = (LEFT, middle - px / 2, LEFT + px, middle + px / 2)
    start = SIDES[side]
    sheet.draw.arc(box, start + 35, start + 325, sheet.ink, max(1, px // 5))
    return side


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
