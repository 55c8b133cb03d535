from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from headroom_nb.signals.marks import Mark
from headroom_nb.techniques.transcript.marking import merged, with_marks
from headroom_nb.techniques.transcript.pieces import Glyph, Piece, pieces_of
from headroom_nb.techniques.transcript.siblings import unread_ticks
from headroom_nb.techniques.transcript.strings import with_first_capitals
from tests.techniques.ocr_pages import engine, font, page
from tests.techniques.transcript.transcripts import transcript


def options():
    face = font(22)
    return page(
        *((120, 40 + 50 * row, text, face) for row, text in enumerate(("Window seat", "Quiet coach", "Bicycle")))
    )


def box_of(image, text):
    return next(line.bounds for line in engine().read(image).lines if text in line.text)


def piece(text, row):
    return Piece(text, 40, 50 * row, 60, 50 * row + 24, upright=True)


def square(row):
    return (60.0, 44.0 + 50 * row, 84.0, 68.0 + 50 * row)


def test_ticked_boxes_stand_before_their_lines():
    marks = [Mark("box", square(row), value) for row, value in enumerate(("checked", "unchecked", "checked"))]
    text = transcript(options(), *marks).text
    assert [line for line in text.split("\n") if "☑" in line or "☐" in line] != []
    assert text.index("☑") < text.index("Window") < text.index("☐") < text.index("Quiet")


def test_struck_words_are_struck_in_the_text():
    image = options()
    assert "~~Quiet coach~~" in transcript(image, Mark("strike", box_of(image, "Quiet"), "Quiet coach")).text


def test_colours_stand_before_the_words():
    image = options()
    assert "[red] Bicycle" in transcript(image, Mark("colour", box_of(image, "Bicycle"), "red")).text


def test_speakers_stand_before_what_they_say():
    image = options()
    sides = {"Window": "left", "Quiet": "right", "Bicycle": "left"}
    text = transcript(image, *(Mark("side", box_of(image, word), side) for word, side in sides.items())).text
    assert text.split("\n") == ["left: Window seat", "right: Quiet coach", "left: Bicycle"]


def test_where_one_speaker_is_not_known_none_is_written():
    image = options()
    result = transcript(image, Mark("side", box_of(image, "Quiet"), "right"))
    assert "right:" not in result.text
    assert "who speaks" in result.refusal


def test_where_one_power_is_not_known_to_be_raised_none_is_written():
    image = page((40, 40, "about 1012 parts of it", font(30)), (40, 100, "and then 1023 others", font(30)))
    left, top, right, bottom = box_of(image, "1012")
    result = transcript(
        image, Mark("raised", (left + 0.4 * (right - left), top, left + 0.5 * (right - left), bottom), "12")
    )
    assert "1023" in result.text
    assert "raised" in result.refusal
    assert result.exact == 0, "a power that stands like a number is another number"


def test_raised_digits_are_raised_in_the_text():
    image = page(
        (40, 40, "about 6.022 × 10", font(30)),
        (306, 36, "23", font(18)),
        (40, 100, "And some more words here", font(30)),
    )
    read = next(line for line in engine().read(image).lines if "022" in line.text)
    left, top, right, bottom = read.bounds
    mark = Mark("raised", (left + 0.86 * (right - left), top, right, bottom - 8), "23")
    result = transcript(image, mark)
    assert "²³" in result.text or "raised" in result.refusal


def test_a_kind_that_cannot_be_written_makes_the_text_not_enough():
    result = transcript(options(), Mark("star", (300.0, 40.0, 320.0, 60.0), "filled"))
    assert "stars" in result.refusal


def test_marks_without_a_place_make_the_text_not_enough():
    assert transcript(options(), strong=("side",)).refusal


def test_weak_marks_change_nothing():
    image = options()
    assert transcript(image, Mark("bold", box_of(image, "Bicycle"), strong=False)).refusal == ""


def test_words_of_one_colour_that_follow_each_other_are_one_mark():
    words = [Mark("colour", (10.0 + 60 * at, 10.0, 60.0 + 60 * at, 30.0), "red") for at in range(3)]
    assert len(merged(words)) == 1


def test_a_line_through_words_read_as_a_hyphen_is_a_space_again():
    image = page((40, 40, "Quiet-coach", font(30)))
    assert "~~Quiet coach~~" in transcript(image, Mark("strike", box_of(image, "Quiet"), "")).text


def test_where_a_row_of_a_column_of_marks_was_missed_none_is_written():
    image = options()
    for row in range(3):
        ImageDraw.Draw(image).rectangle(square(row), outline="black", width=2)
    result = transcript(image, *(Mark("box", square(row), "checked") for row in (0, 2)))
    assert "☑" not in result.text
    assert "check boxes" in result.refusal


def test_a_column_of_letters_that_are_ticks_and_crosses_makes_the_text_not_enough():
    assert set(unread_ticks([piece("X", 0), piece("V", 1), piece("X", 2)])) == {"tick"}
    assert not set(unread_ticks([piece("X", 0), piece("Y", 1), piece("Z", 2)]))


def test_a_colour_without_a_name_makes_the_text_not_enough():
    image = options()
    assert "coloured text" in transcript(image, Mark("colour", box_of(image, "Bicycle"), "")).refusal


def test_raised_digits_whose_place_is_off_make_the_text_not_enough():
    image = page((40, 40, "about 1020 parts of it", font(30)))
    left, top, right, bottom = box_of(image, "1020")
    step = (right - left) / len("about 1020 parts of it")
    result = transcript(image, Mark("raised", (left + 7 * step, top, left + 9 * step, bottom), "02"))
    assert "1020" in result.text
    assert "raised" in result.refusal


def test_more_than_one_filled_circle_is_not_written():
    marks = [Mark("circle", square(row), "filled") for row in range(3)]
    assert "radio buttons" in transcript(options(), *marks).refusal


def test_a_letter_under_a_line_that_may_be_another_one_makes_the_strike_unsure():
    image = options()
    read = engine().read(image)
    line = next(line for line in read.lines if "Quiet" in line.text)
    doubtful = replace(line, chances=(0.8, *line.chances[1:]))
    lines = tuple(doubtful if each is line else each for each in read.lines)
    pieces, _ = pieces_of(replace(read, lines=lines))
    marked = with_marks(pieces, [Mark("strike", line.bounds, "Quiet coach")])
    assert marked.left_out == ("strike",)


def test_no_more_digits_are_raised_than_the_mark_says():
    text = "10 1027"
    glyphs = tuple(Glyph(char, 10.0 + 10 * at) for at, char in enumerate(text))
    row = Piece(text, 5, 0, 75, 20, glyphs=glyphs, upright=True)
    marked = with_marks([row], [Mark("raised", (47, 0, 74, 9), "27")])
    assert marked.pieces[0].text == "10 10²⁷"


def test_a_capital_on_a_ground_of_its_own_is_seen_as_one():
    image = Image.new("RGB", (420, 120), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((30, 40, 260, 76), fill="#ffe34d")
    draw.text((36, 40), "Offline use", font=font(28), fill="black")
    text = "offline use"
    (line,) = (line for line in engine().read(image).lines if "ffline" in line.text)
    pieces, _ = pieces_of(replace(engine().read(image), lines=(replace(line, text=text),)))
    (piece_,) = with_first_capitals(pieces, np.asarray(image))
    assert piece_.text == "Offline use"
