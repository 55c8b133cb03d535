import re

import numpy as np
import pytest
from PIL import Image, ImageDraw

from headroom_nb.ocr import OcrLine, OcrPage
from headroom_nb.techniques.transcript.align import lay
from headroom_nb.techniques.transcript.grid import Cell, Grid
from headroom_nb.techniques.transcript.layout import to_text
from headroom_nb.techniques.transcript.parsing import language_of, problem_of
from headroom_nb.techniques.transcript.pieces import Glyph
from tests.techniques.ocr_pages import font
from tests.techniques.transcript.page_of_lines import line as placed_line
from tests.techniques.transcript.page_of_lines import page_of
from tests.techniques.transcript.transcripts import read_text, transcript

CODE = """\
import os
from math import tau


class Wheel:
    def __init__(self, radius: float) -> None:
        self._radius = radius
        self.turns = 0

    def roll(self, way):
        if way == 0:
            return None
        for step in range(way):
            if step != 3:
                self.turns += 1 / tau
        return {"turns": self.turns, "ok": [1, 0]}


if __name__ == "__main__":
    print(os.name)"""

CONFIG = """\
name: shop
services:
  - web
  - "store:1.9"
ports:
  - 8080:80
  - 9090:90
env:
  LEVEL: warn"""


def code_image(code, *, size=20, numbers=False, dark=False):
    face = font(size, "DejaVuSansMono")
    lines = code.split("\n")
    step = round(1.5 * size)
    ink, ground, pale = ("#d6d6d6", "#1d1f24", "#7a7f87") if dark else ("#161616", "#ffffff", "#8d949c")
    image = Image.new("RGB", (60 * size, step * len(lines) + 40), ground)
    draw = ImageDraw.Draw(image)
    left = 24 + 4 * size * numbers
    for row, line in enumerate(lines):
        y = 20 + step * row
        if numbers:
            draw.text((left - 1.4 * size, y), str(row + 1), fill=pale, font=face, anchor="ra")
        draw.text((left, y), line, fill=ink, font=face)
    return image


@pytest.mark.parametrize("numbers", [False, True])
@pytest.mark.parametrize(("size", "dark"), [(14, False), (26, True)])
def test_every_line_of_code_keeps_its_indentation_and_its_underscores(size, numbers, dark):
    text = read_text(code_image(CODE, size=size, numbers=numbers, dark=dark))
    assert text.split("\n") == CODE.split("\n")


def test_the_dashes_of_a_list_stay():
    assert read_text(code_image(CONFIG, size=18)).split("\n") == CONFIG.split("\n")


def test_coloured_words_are_read_as_the_others():
    image = code_image("", size=20)
    image = Image.new("RGB", (700, 200), "white")
    draw = ImageDraw.Draw(image)
    for row, (colour, line) in enumerate([("#0000ff", "from here import there"), ("#a626f9", "@decorated_once_more")]):
        draw.text((20, 30 + 40 * row), line, fill=colour, font=font(20, "DejaVuSansMono"))
    assert read_text(image).split() == ["from", "here", "import", "there", "@decorated_once_more"]


def misread(code, *, size=34, words=False, **wrong):
    """Return the transcript of drawn code of which an engine read other characters, and a second look the right ones.

    ``wrong`` says what was read for each line, by ``line_N``; ``words`` parts each line at its spaces.
    """
    image = code_image(code, size=size)
    width, step = font(size, "DejaVuSansMono").getlength("x"), round(1.5 * size)
    lines = []
    for row, drawn in enumerate(code.split("\n")):
        read, y = wrong.get(f"line_{row}", drawn), 20 + step * row
        for found in re.finditer(r"\S+" if words else r"\S.*", read):
            left, right = 24 + width * found.start(), 24 + width * found.end()
            same = [one == other for one, other in zip(read, drawn, strict=True)][found.start() : found.end()]
            lines.append(
                OcrLine(
                    found[0],
                    ((left, y), (right, y), (right, y + 1.2 * size), (left, y + 1.2 * size)),
                    0.99,
                    centres=tuple((at + 0.5) / len(found[0]) for at in range(len(found[0]))),
                    chances=tuple(
                        1.0 if right_one or char == "X" else 0.6 for right_one, char in zip(same, found[0], strict=True)
                    ),
                    rivals=drawn[found.start() : found.end()],
                    rival_chances=tuple(0.0 if right_one else 0.8 for right_one in same),
                )
            )
    return to_text(OcrPage(tuple(lines), len(lines), image.size), np.asarray(image)).split("\n")


def test_words_of_a_large_font_that_were_read_one_by_one_are_code_all_the_same():
    assert misread(CODE, words=True) == CODE.split("\n")


def test_the_indentation_of_code_parts_no_columns():
    lines = ["import os", "", "class Wheel:", "    def __init__(self, radius: float) -> None:"]
    lines += [f"        self.value_{at} = compute(radius, {at}, {at})" for at in range(10)]
    lines += ["", "", "@solo", "def other(radius: float, way: int) -> None:", "    return radius * way + 1"]
    pieces = []
    for row, text in enumerate(lines):
        words = re.finditer(r"def(?= __)|(?<=def )__.*|\S(?!ef __).*", text)
        pieces += [placed_line(found[0], 40 + 9 * found.start(), 40 + 26 * row, placed=True) for found in words]
    assert to_text(page_of(*pieces)).split("\n") == lines


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        ("    way = lambda x: x + 1", "    way = lambda X: X + 1"),
        ("    turns = radius // way", "    turns = radius 11 way"),
        ("    # %Y-%m-%d of a day", "    # %Y−%m−%d of a day"),
    ],
)
def test_a_sign_or_letter_that_was_misread_is_set_right_by_its_ink_and_the_second_look(drawn, read):
    code = CODE.split("\n")
    code[10] = drawn
    assert misread("\n".join(code), line_10=read)[10] == drawn


def test_a_sign_over_two_cells_is_a_ligature():
    grid = Grid(0.0, 10.0)
    cells = [Cell(0, False, False, None), Cell(2, False, True, None), Cell(3, False, False, None)]
    laid, left_over = lay([Glyph("a", 5.0), Glyph("=", 30.0)], cells, grid)
    assert [text for _, _, text in laid] == ["a", "=="]
    assert left_over == 0


def test_a_cell_nobody_read_stays_without_a_text():
    cells = [Cell(column, False, False, None) for column in range(4)]
    laid, _ = lay([Glyph("a", 5.0), Glyph("c", 25.0), Glyph("d", 35.0)], cells, Grid(0.0, 10.0))
    assert [text for _, _, text in laid] == ["a", "", "c", "d"]


@pytest.mark.parametrize(
    ("code", "language", "parses"),
    [
        ("def f(x):\n    return x", "Python", True),
        ("def f(x)\n    return x\n\nprint(1)\nprint(2)", "Python", False),
        ("class A:\n    def b(self):", "Python", True),
        ('{"a": [1, 2]}', "JSON", True),
        ('{"a": [1, 2}', "JSON", False),
        ("a: 1\nb:\n  - c\n  - d", "YAML", True),
        ("Dear Ann,\nthank you.", "", True),
        ('Traceback (most recent call last):\n  File "a.py", line 1', "", True),
    ],
)
def test_code_that_does_not_parse_is_told(code, language, parses):
    assert language_of(code) == language
    assert (problem_of(code) == "") == parses


def test_code_that_does_not_parse_is_not_exact():
    broken = CODE.replace("def roll(self, way):", "def roll(self, way:")
    result = transcript(code_image(broken))
    assert result.exact < 0.5
    assert any("parse" in note for note in result.notes)
    assert transcript(code_image(CODE)).exact > 0.9


def test_a_numbered_list_of_names_is_no_code():
    names = ["Anna Berg", "Bo Lind", "Carl Holm", "Dora Ek", "Eva Dahl", "Finn Ask"]
    text = read_text(code_image("\n".join(names), numbers=True))
    assert all(f"{number}" in text for number in range(1, 7))


@pytest.mark.parametrize(
    "code",
    [
        "import os\ndef f(x):\n    return " + "-" * 5000 + "1\n",
        "import os\ndef f(x):\n    return x" + ".x" * 9000 + "\n",
        "a: 1\nb: 2\nc: " + "[" * 3000,
        '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
    ids=["signs", "dots", "YAML", "JSON"],
)
def test_code_that_is_nested_deeper_than_a_parser_follows_does_not_parse(code):
    assert "does not parse" in problem_of(code)
