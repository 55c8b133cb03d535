"""The table or figure that a question names, by its caption."""

from __future__ import annotations

import pytest

from headroom_nb.techniques.captions import Named, named_part, part_span
from headroom_nb.techniques.locate import place_region, text_region
from tests.techniques.technique_jobs import job, photo, read_boxes

SIZE = (1000, 1400)
PROSE = [(f"Line {number} of the text, as Table 2 and Figure 1 show.", (60, 40 + 30 * number)) for number in range(6)]
CELLS = [(f"{row}.{column}", (60 + 250 * column, 300 + 30 * row)) for row in range(6) for column in range(4)]
LINES = [
    *PROSE,
    ("Table 2 shows that all of it holds, which", (60, 220)),
    ("Table 2: Share of readers", (60, 260)),
    *CELLS,
    ("Table 3. Share of writers", (60, 520)),
    *[(text, (x, y + 260)) for text, (x, y) in CELLS],
    ("Axis", (400, 1000)),
    ("Fig. 1 What was measured", (60, 1250)),
    *[(text, (x, y + 1250)) for text, (x, y) in PROSE[:3]],
]
BOXES = [(text, (x, y, x + 9 * len(text), y + 20)) for text, (x, y) in LINES]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What is the second value in Table 3?", Named(table=True, number="3")),
        ("Was zeigt Abbildung 2a?", Named(table=False, number="2a")),
        ("Summarise fig. 12", Named(table=False, number="12")),
        ("What does table IV say?", Named(table=True, number="iv")),
        ("Compare Table 1 with Table 2", None),
        ("Is there a table for 4 people?", None),
        ("What is on the table?", None),
    ],
)
def test_a_question_names_one_table_or_figure_by_its_number(question, named):
    assert named_part(question) == named


@pytest.mark.parametrize(
    ("named", "holds", "leaves"),
    [
        (Named(table=True, number="2"), (250, 470), (200, 520)),
        (Named(table=True, number="3"), (510, 740), (460, None)),
        (Named(table=False, number="1"), (800, 1270), (540, 1340)),
    ],
)
def test_a_part_reaches_from_its_caption_to_the_next(named, holds, leaves):
    top, bottom = part_span(read_boxes(SIZE, BOXES), named, SIZE[1])
    assert leaves[0] <= top <= holds[0]
    assert bottom >= holds[1]
    assert leaves[1] is None or bottom <= leaves[1] + 40


def test_a_sentence_that_mentions_a_table_is_not_cut_out():
    sentences = [box for box in BOXES if not box[0].startswith(("Table 2:", "Table 3.", "Fig. 1"))]
    assert text_region(job(photo(SIZE), "What does Table 2 say of the text?"), read_boxes(SIZE, sentences)) is None


def test_a_row_of_a_named_table_is_no_row_of_the_page():
    work = job(photo(SIZE), "What stands in the second row of Table 3?", boxes=BOXES)
    assert place_region(work) is None
    region = text_region(work, work.read().page)
    assert region.words == "table 3"
    assert region.box[1] > 460
