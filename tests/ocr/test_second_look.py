import numpy as np

from headroom_nb.ocr.crops import without_blank_ends
from headroom_nb.ocr.recognise import Reading
from headroom_nb.ocr.second_look import merge
from tests.techniques.ocr_pages import engine, text_page


def reading(text, chances):
    return Reading(
        text, sum(chances) / len(chances), min(chances), (), 0.0, tuple(chances), "x" * len(text), (0.01,) * len(text)
    )


def test_where_two_looks_differ_the_other_is_the_rival_and_the_character_is_doubtful():
    merged = merge(reading("A0B", [0.99, 0.9, 0.99]), reading("AOB", [0.99, 0.8, 0.99]))
    assert merged.text == "A0B"
    assert merged.rivals == "xOx"
    assert merged.chances[1] <= 0.6
    assert merged.weakest == min(merged.chances)


def test_the_first_look_counts_unless_the_second_is_surer_as_a_whole():
    first = reading("Col3", [0.99, 0.99, 0.99, 0.4])
    assert merge(first, reading("ColB", [0.99, 0.9, 0.9, 0.5])).text == "Col3"
    assert merge(first, reading("ColE", [0.99, 0.99, 0.99, 0.9])).text == "ColE"


def test_of_two_lengths_the_first_reading_is_kept():
    assert merge(reading("rn", [0.4, 0.5]), reading("m", [0.9])).text == "rn"
    assert merge(reading("m", [0.9]), Reading("")).text == "m"


def test_every_character_comes_with_its_probability_and_its_rival():
    line = engine().read(text_page(["Key 7Hq2PzXb4LmK"])).lines[0]
    assert len(line.text) == len(line.chances) == len(line.rivals) == len(line.rival_chances)
    assert min(line.chances) == line.weakest


def test_ink_is_found_in_any_channel():
    strip = np.full((30, 100, 3), 255, dtype=np.uint8)
    strip[8:22, 20:80] = (255, 0, 160)
    found = without_blank_ends(strip)
    assert found.ink.sum() == 60
