"""What an image shows that its text does not say."""

from __future__ import annotations

import pytest

from headroom_nb.ocr import OcrLine, OcrPage
from headroom_nb.signals import marks
from headroom_nb.signals.marks import Marks, find_marks
from tests.signals.marked_pages import (
    BLUE,
    GREEN,
    HELD_BACK,
    ITEMS,
    KNOWN,
    NAMES,
    RED,
    UNMARKED,
    Drawing,
    chat,
    drawn,
    plain,
)

SEEDS = (11, 12)


def values(found, kind):
    return [mark.value for mark in found.found if mark.kind == kind]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KNOWN)
def test_a_mark_of_a_known_kind_is_found(kind, seed):
    found = find_marks(*drawn(KNOWN[kind], seed))
    assert kind in (found.weak if kind == "bold" else found.strong)
    assert found.sentences


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", UNMARKED)
def test_plain_pages_bullets_and_stripes_hold_no_marks(kind, seed):
    assert find_marks(*drawn(UNMARKED[kind], seed)) == Marks()


def test_of_the_kinds_no_detector_was_made_for_more_than_half_are_noticed():
    noticed = [
        bool(found.strong + found.weak) for draw in HELD_BACK.values() for found in [find_marks(*drawn(draw, 5))]
    ]
    assert sum(noticed) > len(noticed) / 2


def test_struck_words_are_named_with_their_place():
    page, picture = drawn(KNOWN["strike"], 3)
    found = [mark for mark in find_marks(page, picture).found if mark.kind == "strike"]
    assert [mark.value for mark in found] == [ITEMS[1], ITEMS[3]]
    for mark, line in zip(found, (page.lines[1], page.lines[3]), strict=True):
        assert mark.box[1] <= sum(line.bounds[1::2]) / 2 <= mark.box[3]


def test_boxes_and_circles_say_which_are_chosen():
    assert sorted(values(find_marks(*drawn(KNOWN["box"], 3)), "box")) == ["checked"] * 2 + ["unchecked"] * 3
    assert sorted(values(find_marks(*drawn(KNOWN["circle"], 3)), "circle")) == ["empty"] * 4 + ["filled"]


def test_colours_arrows_and_ratings_have_names():
    assert sorted(values(find_marks(*drawn(KNOWN["dot"], 3)), "dot")) == ["green"] * 3 + ["red"] * 2
    assert values(find_marks(*drawn(KNOWN["colour"], 3)), "colour") == ["red"]
    assert values(find_marks(*drawn(KNOWN["arrow"], 3)), "arrow") == ["down", "up", "down", "up", "down"]
    assert values(find_marks(*drawn(HELD_BACK["rating"], 3)), "rating") == ["1 of 5", "2 of 5", "3 of 5", "4 of 5"]


def test_raised_and_lowered_digits_are_given_as_read():
    found = find_marks(*drawn(KNOWN["raised"], 3, em=24, dark=False))
    assert values(found, "raised") == ["23", "2"]
    assert values(found, "lowered") == ["2"]


def test_the_sides_of_a_chat_take_turns():
    assert values(find_marks(*drawn(chat, 3)), "side") == ["right", "left"] * 3


def test_the_smallest_mark_is_as_high_as_what_was_drawn():
    found = find_marks(*drawn(KNOWN["dot"], 3, em=20))
    assert found.smallest == pytest.approx(0.6 * 20, abs=2)


def test_unread_text_and_lines_with_missed_letters_are_strong_signs():
    quad = ((20.0, 300.0), (90.0, 300.0), (90.0, 320.0), (20.0, 320.0))
    page, picture = drawn(plain, 3)
    read = OcrPage(page.lines, page.detected + 1, page.size, (quad,))
    assert "unread" in find_marks(read, picture).strong
    missed = OcrLine("Total", quad, 0.9, missed=0.3)
    assert "unread" in find_marks(OcrPage((*page.lines, missed), 9, page.size), picture).strong


def test_a_line_along_the_margin_is_turned():
    page, picture = drawn(plain, 3)
    margin = OcrLine("arXiv:2103.15348", ((8.0, 300.0), (8.0, 80.0), (24.0, 80.0), (24.0, 300.0)), 0.97)
    found = find_marks(OcrPage((*page.lines, margin), 9, page.size), picture)
    assert values(found, "turned") == ["arXiv:2103.15348"]


def test_marks_that_were_read_as_characters_count():
    drawing = Drawing()
    drawing.write(20, 40, "Tent  ★★★", read="Tent ★★★")
    assert values(find_marks(*drawing.page()), "star") == ["filled"] * 3


def test_a_page_without_text_has_no_marks():
    page, picture = Drawing().page()
    assert find_marks(page, picture) == Marks()


def test_without_opencv_the_marks_are_not_taken_for_absent(monkeypatch):
    monkeypatch.setattr(marks, "find_spec", lambda name: None)
    found = find_marks(*drawn(plain, 3))
    assert found.strong
    assert "OpenCV" in found.sentences[0]


def test_finding_marks_twice_gives_the_same():
    assert find_marks(*drawn(chat, 4)) == find_marks(*drawn(chat, 4))


def test_filled_squares_of_two_colours_are_dots_and_no_ticked_boxes():
    drawing = Drawing()
    for number in range(5):
        y = drawing.row(number)
        drawing.draw.rectangle((20, y - 7, 34, y + 7), fill=RED if number == 2 else GREEN)
        drawing.write(60, y, ITEMS[number])
    found = find_marks(*drawing.page())
    assert values(found, "box") == []
    assert sorted(values(found, "dot")) == ["green"] * 4 + ["red"]


def test_a_ring_that_touches_its_word_is_a_ring():
    drawing = Drawing(dark=True)
    for number in range(5):
        start, y, end = drawing.write(60, drawing.row(number), ITEMS[number])
        if number == 3:
            drawing.draw.ellipse((start - 3, y - 15, end + 3, y + 15), outline=BLUE, width=2)
    assert "ring" in find_marks(*drawing.page()).strong


@pytest.mark.parametrize(("em", "ringed"), [(40, False), (20, True)])
def test_on_a_page_of_small_print_a_ring_is_one_and_the_letters_of_a_heading_are_none(em, ringed):
    drawing = Drawing(em=14)
    for number in range(5):
        drawing.write(60, 150 + 30 * number, ITEMS[number])
    drawing.em = em
    drawing.write(30, 60, "Two stations in the morning")
    if ringed:
        start, end = (30 + drawing.font().getlength(part) for part in ("Two ", "Two stations"))
        drawing.draw.ellipse((start - 26, 60 - 1.15 * em, end + 26, 60 + 1.15 * em), outline=BLUE, width=3)
    assert ("ring" in find_marks(*drawing.page()).strong) == ringed


@pytest.mark.parametrize("first", [0, 2])
def test_a_selected_row_is_one_wherever_it_stands_in_its_list(first):
    drawing = Drawing()
    for number in range(5):
        y = drawing.row(number)
        if number == first:
            drawing.draw.rectangle((10, y - 22, 630, y + 22), fill=(208, 226, 255))
        drawing.write(20, y, ITEMS[number])
    assert len(values(find_marks(*drawing.page()), "ground")) == 1


def test_the_head_of_a_table_is_no_selected_row():
    drawing = Drawing()
    for number in range(5):
        y = drawing.row(number)
        if number == 0:
            drawing.draw.rectangle((10, y - 22, 630, y + 22), fill=(208, 226, 255))
        drawing.write(20, y, ITEMS[number])
        drawing.write(420, y, NAMES[number])
    assert values(find_marks(*drawing.page()), "ground") == []


def test_bold_rows_are_found_where_they_are_most():
    drawing = Drawing(em=26)
    for number in range(5):
        drawing.write(20, drawing.row(number), ITEMS[number], bold=number != 3)
    assert len(values(find_marks(*drawing.page()), "bold")) == 4


def test_signs_that_touch_each_other_forbid_a_text_without_them():
    drawing = Drawing()
    for number in range(4):
        y = drawing.row(number)
        drawing.write(20, y, ITEMS[number])
        for star in range(5):
            x = 400 + 24 * star
            drawing.draw.polygon([(x, y), (x + 12, y - 12), (x + 24, y), (x + 12, y + 12)], outline=RED, width=2)
    assert find_marks(*drawing.page()).strong
