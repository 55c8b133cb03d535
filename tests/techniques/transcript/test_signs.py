"""Signs told by where their ink stands, and look-alikes told by a page's own drawings."""

from __future__ import annotations

import numpy as np
import pytest

from headroom_nb.techniques.transcript.drawings import likeness, most_like, told_by_drawings
from headroom_nb.techniques.transcript.shapes import Metrics, Seen
from headroom_nb.techniques.transcript.signs import sign_of

METRICS = Metrics(small=7.0, capital=4.0, height=10.0, width=6.0, filled=True)

DRAWN = {
    '"': ["", "", "", "", " ## ## ", " ## ## ", " ## ## ", " ## ## "],
    "'": ["", "", "", "", "   ##  ", "   ##  ", "   ##  ", "   ##  "],
    "*": ["", "", "", "", "   #   ", " # # # ", "  ###  ", "  ###  ", " # # # ", "   #   "],
    "=": ["", "", "", "", "", "", "", " ##### ", "", "", " ##### "],
    ".": [*[""] * 12, "  ##   ", "  ##   "],
    ",": [*[""] * 12, "  ##   ", "  ##   ", "  #    ", " #     "],
    "!": [*[""] * 4, *["   #   "] * 7, "", "   #   ", "   #   "],
    "/": [
        "",
        "",
        "",
        "     # ",
        "     # ",
        "    #  ",
        "    #  ",
        "   #   ",
        "   #   ",
        "  #    ",
        "  #    ",
        " #     ",
    ],
    "italic !": [*[""] * 4, *["    #  "] * 3, *["   ##  "] * 3, "   #   ", "", "  ##   ", "  ##   "],
    "|": [*[""] * 3, *["   #   "] * 14],
    "[": [*[""] * 3, "  #### ", *["  #    "] * 12, "  #### "],
    "]": [*[""] * 3, " ####  ", *["    #  "] * 12, " ####  "],
    ">": [*[""] * 5, " #     ", "  ##   ", "    ## ", "     ##", "    ## ", "  ##   ", " #     "],
}
"""Cells seven pixels wide, the base line under the fourteenth row."""


def ink(rows: list[str]) -> np.ndarray:
    """Return drawn rows as ink, 20 high and 7 wide."""
    cell = np.zeros((20, 7), dtype=np.float32)
    for at, row in enumerate(rows):
        cell[at, : len(row)] = [char == "#" for char in row]
    return cell


@pytest.mark.parametrize(
    ("sign", "read"), [('"', "I"), ("'", "l"), ("=", "I"), (".", "o"), (",", "i"), ("!", "l"), ("|", "l")]
)
def test_a_sign_read_as_a_letter_is_told_by_where_its_ink_stands(sign: str, read: str) -> None:
    assert sign_of(read, ink(DRAWN[sign]), METRICS) == sign


@pytest.mark.parametrize("sign", ["*", "=", ">", '"'])
def test_a_sign_that_nobody_read_is_told_by_its_shape(sign: str) -> None:
    assert sign_of("", ink(DRAWN[sign]), METRICS) == sign


@pytest.mark.parametrize("sign", ["[", "]", "|"])
def test_a_bar_under_the_base_line_is_no_letter_unless_it_stands_in_a_word(sign: str) -> None:
    assert sign_of("l", ink(DRAWN[sign]), METRICS) == sign
    assert not sign_of("l", ink(DRAWN[sign]), METRICS, in_word=True)


def test_an_exclamation_mark_in_italics_is_no_slash() -> None:
    assert sign_of("/", ink(DRAWN["italic !"]), METRICS) == "!"
    assert not sign_of("/", ink(DRAWN["/"]), METRICS)


def test_a_letter_on_the_base_line_stays_a_letter() -> None:
    assert not sign_of("l", ink([*[""] * 4, *["   #   "] * 9, "  ###  "]), METRICS)


ONE = ink([*[""] * 4, "   #   ", "  ##   ", " # #   ", *["   #   "] * 6, " ##### "])
ELL = ink([*[""] * 4, " ###   ", *["   #   "] * 8, " ##### "])


def line(text: str, drawn: str) -> list[Seen]:
    """Return characters as read, each with the drawing that ``drawn`` names: 1, l, or something else."""
    return [
        Seen(char, ink={"1": ONE, "l": ELL}.get(shape, ink([*[""] * 7, *[" ##### "] * 7])) if char != " " else None)
        for char, shape in zip(text, drawn, strict=True)
    ]


def test_a_one_in_a_name_is_told_from_an_l_by_the_drawings_of_other_lines() -> None:
    lines = [line("self call", "self call"), line("n = 11 ", "n = 11 "), line("run_01", "run_0l"), line("l1x", "11x")]
    told = told_by_drawings(lines)
    assert told[2] == {5: "l"}
    assert told[3] == {0: "1", 1: "1"}


def test_words_and_numbers_are_left_as_they_were_read() -> None:
    assert told_by_drawings([line("call 11", "ca11 ll")]) == [{}]


def test_a_cell_nobody_read_is_what_its_twin_is() -> None:
    assert most_like(Seen("", ink=ELL), {"l": [ELL], "1": [ONE]}) == "l"
    assert not most_like(Seen(""), {"l": [ELL]})


def test_a_drawing_one_pixel_beside_is_the_same() -> None:
    assert likeness(ELL, np.roll(ELL, 1, axis=1)) > 0.95


def test_the_last_letter_of_a_name_may_be_a_number() -> None:
    told = told_by_drawings([line("self call", "self call"), line("n = 11 ", "n = 11 "), line("ratiol", "ratio1")])
    assert told[2] == {5: "1"}
