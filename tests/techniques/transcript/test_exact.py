import numpy as np
import pytest
from PIL import Image, ImageDraw

from headroom_nb.ocr import OcrLine, OcrPage
from headroom_nb.ocr.shapes import exact_strings, is_exact
from headroom_nb.techniques.transcript.cutting import Line, with_underscores
from headroom_nb.techniques.transcript.exact import settle
from headroom_nb.techniques.transcript.layout import to_text
from headroom_nb.techniques.transcript.pieces import Piece
from headroom_nb.techniques.transcript.shapes import Metrics, Seen, verdict
from tests.techniques.ocr_pages import font, text_page
from tests.techniques.transcript.transcripts import read_text, transcript


@pytest.mark.parametrize(
    "token",
    [
        "9c1185a5c5e9fc54612808977ee8f548b2258d31",
        "7Hq2PzXb4LmK9TfW",
        "KX0O0-88B8B-S5S5S",
        "dGhpcyBpcyBub3Qgc29tZXRoaW5n",
        "scan_20261104_x7Qb.tar.gz",
        "t0p$3cret!Zq=8",
        "https://abcd.example/hCqllT-09XLi",
        "https://efgh.example/ZBUdEvIYiDOQGIwc",
        "8f14e45f-ceea-467f-9575-9f1d4ba7c9d1",
    ],
)
def test_strings_that_no_language_corrects_are_known_by_their_shape(token):
    assert is_exact(token)


@pytest.mark.parametrize(
    "token",
    [
        "transcription",
        "12.05.2026",
        "1,204.50",
        "COVID-19",
        "getUserName",
        "getUserNameById",
        "PostgreSQL",
        "Section4",
        "https://www.example.org/about",
        "500GB",
        "TEL:07-386",
        "90*188+20CM",
    ],
)
def test_words_dates_and_amounts_are_none(token):
    assert not is_exact(token)


def test_their_places_in_a_line_are_told():
    line = "key 7Hq2PzXb4LmK, valid until May"
    assert [line[start:end] for start, end in exact_strings(line)] == ["7Hq2PzXb4LmK"]


def glyph(char, name, size=40):
    image = Image.new("L", (2 * size, 2 * size), 0)
    ImageDraw.Draw(image).text((size // 2, size // 4), char, fill=255, font=font(size, name))
    columns = np.flatnonzero(np.asarray(image).max(axis=0))
    return (np.asarray(image)[:, columns[0] : columns[-1] + 1] / 255).astype(np.float32)


@pytest.mark.parametrize("read", ["0", "O"])
@pytest.mark.parametrize("char", ["0", "O"])
def test_a_zero_with_something_in_it_is_told_from_an_o(char, read):
    metrics = Metrics(0.0, 0.0, 29.0, 20.0, filled=True)
    assert verdict(Seen(read, ink=glyph(char, "DejaVuSansMono")), metrics) == char


@pytest.mark.parametrize("char", ["0", "O"])
def test_a_hollow_o_is_wider_than_the_digits(char):
    digits = glyph("8", "DejaVuSans")
    metrics = Metrics(0.0, 0.0, 29.0, float(digits.max(axis=0).sum()), filled=False)
    assert verdict(Seen("0", ink=glyph(char, "DejaVuSans")), metrics) == char


def test_ink_that_is_two_characters_wide_settles_nothing():
    both = np.concatenate([glyph("0", "DejaVuSans"), glyph("8", "DejaVuSans")], axis=1)
    metrics = Metrics(0.0, 0.0, 29.0, float(glyph("8", "DejaVuSans").max(axis=0).sum()), filled=True)
    assert verdict(Seen("0", ink=both), metrics) == "0O"


def test_a_neighbours_tail_is_no_part_of_a_one():
    one = glyph("1", "DejaVuSans").copy()
    one[-6:-4, -1] = 1.0
    metrics = Metrics(0.0, 0.0, 29.0, 20.0, filled=False)
    assert verdict(Seen("1", ink=one), metrics) == "1"


def test_capitals_of_a_proportional_font_are_no_grid_of_cells():
    keys = ["M4GU2B7MLWCZHJKKMWXL", "2NKGLRTVMRNKTHGH4U73", "WMS67JM54D4P8X9YMUEY"]
    for line, key in zip(read_text(text_page(keys, size=28)).split("\n"), keys, strict=True):
        assert line == key or "‹" in line


def test_a_high_first_letter_is_a_capital():
    assert read_text(text_page(["Send it now", "Offline use"], size=28)) == "Send it now\nOffline use"


def test_a_bar_may_be_either_of_two_letters():
    metrics = Metrics(0.0, 0.0, 29.0, 20.0, filled=False)
    assert set(verdict(Seen("1", ink=glyph("l", "DejaVuSans")), metrics)) == {"l", "I"}


def test_keys_in_a_programmers_font_come_out_letter_by_letter():
    keys = ["QO0D1-8BB8O-O00Q7", "B0OBO-5S5S2-ZZ2Z0", "X7OO0-1I1LL-77T7I"]
    assert read_text(text_page(keys, size=26, name="DejaVuSansMono")).split("\n") == keys


def test_what_stays_doubtful_is_marked_and_not_exact():
    result = transcript(text_page(["Key: xlI7lIq2PlIb4LmKIl", "Send it to nobody at all."], size=24))
    assert "‹" in result.text
    assert result.exact < 0.5
    assert result.prose > 0.9
    assert any("‹a|b›" in note for note in result.notes)


def test_names_keep_their_underscores_in_any_font():
    names = ["__call__.__iter__", "_x_.__slots__", "a__b_.run_", "__exit__._y"]
    assert read_text(text_page(names, size=24)).split() == names


@pytest.mark.parametrize(
    ("drawn", "read"), [("__call__._y0", "_call__y0"), ("a__b_.__exit__", "a__b__exit_"), ("_x_.go_", "_x_.go_")]
)
def test_underscores_and_dots_that_nobody_read_are_found_in_their_ink(drawn, read):
    size, face = 14, font(14, "LiberationSans-Regular")
    image = Image.new("RGB", (300, 60), "white")
    ImageDraw.Draw(image).text((20, 18), drawn, fill="#111", font=face)
    left, right, top, bottom = 19, 21 + face.getlength(drawn), 15, 15 + 1.46 * size
    places, at = [], 0
    for char in read:
        at = drawn.index(char, at) + 1
        places.append((20 + face.getlength(drawn[: at - 1]) + face.getlength(char) / 2 - left) / (right - left))
    box = ((left, top), (right, top), (right, bottom), (left, bottom))
    line = OcrLine(read, box, 0.95, centres=tuple(places), chances=(0.99,) * len(read))
    text = to_text(OcrPage((line,), 1, image.size), np.asarray(image))
    assert text == drawn or "‹" in text


@pytest.mark.parametrize(("length", "is_doubtful"), [(39, True), (40, False), (41, True), (64, False), (36, False)])
def test_a_digest_that_lost_or_won_a_character_is_doubtful(length, is_doubtful):
    seen = [Seen(char) for char in ("5b8e785642d8ca3e8879ffb54a65579192b2d" * 2)[:length]]
    assert any("‹" in text for text in settle(seen, Metrics(0, 0, 0, 0, filled=False))) == is_doubtful


def test_the_beginning_of_an_address_is_never_doubtful():
    seen = [Seen(char, 0.5, "h", 0.4) for char in "https://ab1c.example/0O7q4xYz"]
    settled = settle(seen, Metrics(0, 0, 0, 0, filled=False))
    assert settled[:8] == list("https://")
    assert any("‹" in text for text in settled[8:])


def test_a_line_without_ink_does_not_end_a_transcript():
    faint = Line(Piece("hl", 0, 0, 40, 20), np.zeros((27, 40)), 0, (), ())
    assert with_underscores([faint]) == [faint.piece]
