import itertools

import pytest

from headroom_nb.techniques.transcript.layout import to_text
from tests.techniques.transcript.page_of_lines import STEP, column, line, page_of

PROSE = [
    "The harbour was built of wood and",
    "stone, and for many years it was",
    "the only one along this coast in",
    "which large ships could stay when",
    "the winter storms came down from it",
    "the north and nobody went out to",
    "sea before the first days of May,",
    "when the ice had left all rivers.",
]
OTHER = [
    "Further inland the people lived by",
    "what the forests gave them, by the",
    "honey of wild bees, and by trading",
    "furs for salt and iron in the town",
    "that stood where both rivers meet,",
    "half a day from the nearest coast,",
    "on a hill above the ancient bridge",
    "with its seven arches of red brick.",
]
LINKS = ["Overview", "Opening hours", "Exhibitions", "Guided tours", "Library"]


def in_order(text, *parts):
    words = " ".join(itertools.chain.from_iterable(parts)).split()
    return text.replace("#", "").split() == words


def test_a_column_of_short_lines_beside_prose_is_read_by_itself():
    text = to_text(page_of(*column(LINKS, 20, 30, step=41), *column(PROSE, 300, 20)))
    assert in_order(text, LINKS, PROSE)


def test_columns_whose_lines_do_not_stand_level_are_read_one_after_the_other():
    text = to_text(page_of(*column(PROSE, 20, 20, step=26), *column(OTHER, 420, 33, step=29)))
    assert in_order(text, PROSE, OTHER)


def test_names_beside_the_lines_that_explain_them_stay_in_their_rows():
    rows = [
        part
        for index, (name, text) in enumerate(zip(LINKS, PROSE, strict=False))
        for part in (line(name, 20, 20 + 26 * index), line(text, 300, 20 + 26 * index))
    ]
    assert "| Opening hours | stone, and for many years it was |" in to_text(page_of(*rows))


def test_names_in_the_middle_of_what_explains_them_stay_beside_it():
    explained = [PROSE[0:2], PROSE[2:4], PROSE[4:6], PROSE[6:8]]
    lines = []
    for index, (name, texts) in enumerate(zip(LINKS, explained, strict=False)):
        lines += [line(name, 20, 33 + 90 * index), *column(texts, 300, 20 + 90 * index)]
    words = to_text(page_of(*lines)).split()
    assert words.index("many") < words.index("Opening") < words.index("winter")
    assert words.index("May,") < words.index("Guided")


def test_amounts_are_not_parted_from_their_rows():
    amounts = ["12.90", "7.45", "130.00", "8.20", "19.99", "3.10", "2.05", "41.00"]
    lines = [*column(PROSE, 20, 20), *(line(text, 420, 23 + 26 * index) for index, text in enumerate(amounts))]
    assert "| the only one along this coast in | 130.00 |" in to_text(page_of(*lines))


def test_captions_side_by_side_are_read_one_after_the_other():
    captions = [
        ["The old bridge before the flood", "of the year in which it fell."],
        ["A drawing of the market square", "made by an unknown traveller."],
        ["The mill, which was taken down", "when the railway was built."],
    ]
    lines = [part for at, texts in enumerate(captions) for part in column(texts, 20 + 380 * at, 300)]
    assert in_order(to_text(page_of(*lines)), *captions)


def test_a_heading_far_above_the_columns_comes_first():
    lines = [line("Annual report", 900, 10), *column(LINKS, 20, 300, step=41), *column(PROSE, 420, 190)]
    assert to_text(page_of(*lines)).splitlines()[0] == "Annual report"


@pytest.mark.parametrize("x", [20, 420])
def test_a_drop_capital_belongs_to_its_word(x):
    first = ["nce there was a house of wood and", "stone, in which for many years it"]
    lines = [
        line("O", x, 20, height=48, right=x + 40),
        *column(first, x + 46, 20),
        *column(PROSE[2:], x, 72),
        *column(OTHER, 440 - x, 20),
    ]
    assert "Once there was a house" in to_text(page_of(*lines))


def test_a_letter_beside_two_lines_of_its_own_size_stays_as_it_is():
    text = to_text(page_of(line("A", 20, 32), *column(PROSE[:2], 40, 20)))
    assert "AThe" not in text


def test_lines_that_were_read_across_two_columns_are_cut():
    right = 20 + STEP * 36
    lines = []
    for index, (one, other) in enumerate(zip(PROSE, OTHER, strict=True)):
        y = 20 + 26 * index
        across = [line(f"{one} {other}", 20, y, placed=True)] if len(one) == 35 else []
        lines += across or [line(one, 20, y), line(other, right, y)]
    text = to_text(page_of(*lines))
    assert in_order(text, PROSE, OTHER)


def test_a_line_over_both_columns_is_not_cut():
    spanning = "Both rivers and all of the towns that stand along them since the days of old"
    lines = [*column(PROSE, 20, 80), *column(OTHER, 420, 80), line(spanning, 20, 20)]
    assert spanning in to_text(page_of(*lines))


def test_items_with_bullets_are_a_list():
    lines = [
        part
        for index, text in enumerate(PROSE[:4])
        for part in (line("•", 20, 20 + 26 * index), line(text, 60, 20 + 26 * index))
    ]
    assert to_text(page_of(*lines)).splitlines()[1] == "• stone, and for many years it was"


def test_a_line_whose_box_reaches_into_the_next_column_gives_its_letter_back():
    right = 20 + STEP * 36
    lines = [*column(PROSE, 20, 20), *column(OTHER, right, 20)]
    lines[3] = line(f"{PROSE[3]:<36}{OTHER[3][0]}", 20, 98, right=right + STEP, placed=True)
    words = to_text(page_of(*lines)).split()
    assert words.index("Further") > words.index("rivers.")
