from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from headroom_nb.ocr import FakeOcr, OcrLine, OcrPage
from headroom_nb.techniques.transcript import columns as columns_module
from headroom_nb.techniques.transcript.layout import to_text
from headroom_nb.techniques.transcript.pieces import plain
from tests.techniques.ocr_pages import engine, font, page, text_page
from tests.techniques.transcript.page_of_lines import line, page_of

LEFT = [
    "The first column starts here and",
    "goes on for several lines, each of",
    "them full of common words, until",
    "the column has come to its end at",
    "the bottom of the printed page.",
]
RIGHT = [
    "A second column stands beside it",
    "and must not be mixed with what",
    "is written on the left, whatever",
    "the order in which the boxes of",
    "both are found by the engine.",
]


def columns(*, heading=None):
    face = font(18)
    placed = [(40, 100 + 30 * row, line, face) for row, line in enumerate(LEFT)]
    placed += [(440, 100 + 30 * row, line, face) for row, line in enumerate(RIGHT)]
    if heading:
        placed.append((40, 20, heading, font(36)))
    return page(*placed, size=(820, 300))


def test_columns_are_read_one_after_the_other():
    text = to_text(engine().read(columns()))
    assert text.split() == " ".join([*LEFT, *RIGHT]).split()


def test_a_heading_over_columns_comes_first_and_is_marked():
    text = to_text(engine().read(columns(heading="Both columns in one heading")))
    assert text.splitlines()[0] == "# Both columns in one heading"
    assert text.split()[6:] == " ".join([*LEFT, *RIGHT]).split()


def test_code_keeps_its_indentation_and_its_spaces():
    code = [
        "def total(items):",
        "    amount = 0",
        "    for item in items:",
        "        if item.paid:",
        "            amount += item.price",
        "    return amount",
    ]
    assert to_text(engine().read(text_page(code, name="DejaVuSansMono"))).splitlines() == code


def test_a_table_becomes_markdown_and_keeps_its_empty_cells():
    rows = [
        ("Item", "Qty", "Price"),
        ("Paper", "12", "3.50"),
        ("Pencils", "", "7.20"),
        ("Ink", "2", ""),
        ("Stapler", "1", "9.99"),
    ]
    placed = [
        (40 + 220 * column, 40 + 40 * row, cell, font(20))
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
    ]
    assert to_text(engine().read(page(*placed, size=(640, 260)))).splitlines() == [
        "| Item | Qty | Price |",
        "| --- | --- | --- |",
        "| Paper | 12 | 3.50 |",
        "| Pencils |  | 7.20 |",
        "| Ink | 2 |  |",
        "| Stapler | 1 | 9.99 |",
    ]


def test_wider_gaps_become_empty_lines():
    first = [(30, 30 + 32 * row, f"line {row} of the first part", font(20)) for row in range(3)]
    second = [(30, 200 + 32 * row, f"line {row} of the second part", font(20)) for row in range(3)]
    parts = to_text(engine().read(page(*first, *second, size=(500, 340)))).split("\n\n")
    assert [part.count("\n") for part in parts] == [2, 2]


def test_words_broken_at_the_end_of_a_line_are_joined():
    lines = ["this is a remark about infor-", "mation that is printed on", "paper, with e-mail at the end"]
    assert "information" in to_text(engine().read(text_page(lines)))
    assert "e-mail" in to_text(engine().read(text_page(lines)))


def test_words_broken_in_the_cells_of_a_table_are_joined():
    first, second = (
        [("1914", 0), ("1918", 3), ("1920", 4)],
        ["The begin-", "ning of the first expe-", "dition.", "Its end", "A new one"],
    )
    lines = [line(year, 40, 40 + 26 * row) for year, row in first]
    lines += [line(text, 140, 40 + 26 * row) for row, text in enumerate(second)]
    text = to_text(page_of(*lines))
    assert "| 1914 | The beginning |" in text
    assert "|  | of the first expedition. |" in text


def test_an_accent_in_a_date_goes_where_the_page_has_the_date_without_it():
    def dated(text, y, rival):
        plain = line(text, 40, y, placed=True)
        doubts = tuple(0.8 if not char.isascii() else 1.0 for char in text)
        rivals = "".join(rival if not char.isascii() else char for char in text)
        return replace(plain, chances=doubts, rivals=rivals, rival_chances=tuple(1 - chance for chance in doubts))

    lines = [dated(f"01Au{char}2018 Balance", 40 + 26 * row, "g") for row, char in enumerate("gğğg")]
    assert to_text(page_of(*lines, dated("le 2ème jour", 160, "e"))).count("01Aug2018") == 4
    assert "2ème" in to_text(page_of(*lines, dated("le 2ème jour", 160, "e")))


@pytest.mark.parametrize("token", ["https://ab.example/kskRaw-", "kskR4aw-", "my_name-"])
def test_an_address_or_a_name_that_ends_in_a_hyphen_stays_as_it_is(token):
    lines = [line(text, 40, 40 + 26 * at) for at, text in enumerate(["One of them", token, "home is another"])]
    assert token in to_text(page_of(*lines)).split("\n")


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_page_gives_the_text_of_the_upright_one(turned):
    upright = columns()
    expected = to_text(engine().read(upright)).split()
    assert to_text(engine().read(upright.rotate(-turned, expand=True))).split() == expected


@pytest.mark.parametrize("angle", [-3, 3])
def test_a_skewed_page_keeps_its_rows(angle):
    rows = [("Apples", "1.20"), ("Pears", "2.40"), ("Cherries", "8.00"), ("Plums", "3.10")]
    placed = [(60, 60 + 44 * row, name, font(20)) for row, (name, _) in enumerate(rows)]
    placed += [(560, 60 + 44 * row, price, font(20)) for row, (_, price) in enumerate(rows)]
    skewed = page(*placed, size=(720, 300)).rotate(angle, fillcolor="white", resample=Image.Resampling.BICUBIC)
    lines = to_text(engine().read(skewed)).splitlines()
    assert [line for line in lines if "---" not in line] == [f"| {name} | {price} |" for name, price in rows]


def test_cells_cannot_break_the_table():
    cells = [["a|b", "c"], ["d", "e"], ["f", "g"]]
    lines = [
        OcrLine(text, ((x, y), (x + 40, y), (x + 40, y + 20), (x, y + 20)), 0.9)
        for row, texts in enumerate(cells)
        for column, text in enumerate(texts)
        for x, y in [(200 * column, 40 * row)]
    ]
    assert to_text(OcrPage(tuple(lines), 6, (400, 200))).splitlines()[0] == "| a\\|b | c |"


def test_wide_punctuation_is_made_plain_only_between_latin_letters():
    assert plain("if a > b\uff1a print\uff08a\uff09") == "if a > b: print(a)"
    assert plain("\u4e2d\u6587\uff1a") == "\u4e2d\u6587\uff1a"


def test_nothing_read_is_nothing():
    assert to_text(OcrPage((), 0, (10, 10))) == ""


box = st.tuples(st.floats(0, 900), st.floats(0, 900), st.floats(1, 400), st.floats(1, 60))


placed_texts = st.lists(st.tuples(st.text("abc1 |#`", min_size=1, max_size=12), box), max_size=30)


@given(placed_texts, st.sampled_from([0, 90, 180, 270]))
def test_no_character_is_lost_or_invented_whatever_the_boxes(placed, turned):
    lines = tuple(OcrLine(text, ((x, y), (x + w, y), (x + w, y + h), (x, y + h)), 0.9) for text, (x, y, w, h) in placed)
    text = to_text(OcrPage(lines, len(lines), (1000, 1000), turned=turned))
    for char in "abc1":
        assert text.count(char) == sum(line.text.count(char) for line in lines)


def test_the_fakes_lines_come_out_in_order():
    assert to_text(FakeOcr(["one", "two", "three"]).read(Image.new("RGB", (200, 200)))) == "one\ntwo\nthree"


def grid_page(rows, columns, text="cell 12"):
    lines = [
        OcrLine(text, ((x, y), (x + 120, y), (x + 120, y + 18), (x, y + 18)), 0.9)
        for y in range(5, 24 * rows, 24)
        for x in range(10, 150 * columns, 150)
    ]
    return OcrPage(tuple(lines), len(lines), (150 * columns, 24 * rows + 50))


def test_narrow_columns_of_a_newspaper_are_no_table():
    words = [
        "which",
        "was",
        "the",
        "case",
        "in",
        "many",
        "of",
        "the",
        "towns",
        "along",
        "the",
        "coast",
        "and",
        "further",
        "inland",
        "too",
    ]
    columns_ = [[" ".join(words[(3 * row + column) % 9 :][:6]) for row in range(8)] for column in range(3)]
    lines = [
        OcrLine(text, ((x, y), (x + 236, y), (x + 236, y + 20), (x, y + 20)), 0.99)
        for column, texts in enumerate(columns_)
        for row, text in enumerate(texts)
        for x, y in [(20 + 246 * column, 20 + 26 * row)]
    ]
    text = to_text(OcrPage(tuple(lines), len(lines), (780, 260)))
    assert text.split() == " ".join(line for column in columns_ for line in column).split()


def test_a_last_row_with_one_cell_stays_in_its_table():
    cells = [
        (0, 0, "To do"),
        (1, 0, "Doing"),
        (2, 0, "Done"),
        (0, 1, "Paint"),
        (1, 1, "Glue"),
        (2, 1, "Saw"),
        (1, 2, "Nail"),
    ]
    lines = [
        OcrLine(text, ((x, y), (x + 60, y), (x + 60, y + 20), (x, y + 20)), 0.99)
        for column, row, text in cells
        for x, y in [(20 + 200 * column, 20 + 60 * row)]
    ]
    assert "|  | Nail |  |" in to_text(OcrPage(tuple(lines), len(lines), (640, 220)))


def test_a_page_of_thousands_of_boxes_keeps_every_cell():
    assert to_text(grid_page(500, 8)).count("cell 12") == 4000


def test_a_long_table_of_long_cells_is_not_gone_through_once_for_each_row(monkeypatch):
    looked, judge = [], columns_module._is_running_text
    monkeypatch.setattr(columns_module, "_is_running_text", lambda side: looked.append(len(side)) or judge(side))
    text = to_text(grid_page(300, 6, "of the number 123456"))
    assert text.count("of the number") == 1800
    assert sum(looked) < 2 * 300 * 1800
