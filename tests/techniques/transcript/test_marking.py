from headroom_nb.signals.marks import Mark
from headroom_nb.techniques.transcript.marking import merged
from tests.techniques.ocr_pages import engine, font, page
from tests.techniques.transcript.transcripts import transcript


def options():
    face = font(22)
    return page(
        *((120, 40 + 50 * row, text, face) for row, text in enumerate(("Window seat", "Quiet coach", "Bicycle")))
    )


def box_of(image, text):
    return next(line.bounds for line in engine().read(image).lines if text in line.text)


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
