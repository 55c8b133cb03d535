"""Place words and the part of the image they mean."""

from __future__ import annotations

import pytest

from headroom_nb.techniques.regions import find_place


def area(question):
    place = find_place(question)
    assert place is not None, question
    left, top, right, bottom = place.box
    return (right - left) * (bottom - top)


def holds(question, x, y):
    left, top, right, bottom = find_place(question).box
    return left <= x <= right and top <= y <= bottom


@pytest.mark.parametrize(
    ("question", "x", "y"),
    [
        ("What does the button in the top right corner say?", 0.95, 0.05),
        ("What is the distance on the bottom left?", 0.1, 0.9),
        ("select the share icon which is in the left bottom of the page", 0.05, 0.95),
        ("Read the upper-left label", 0.1, 0.1),
        ("What is the printed date at the bottom right hand side of the document?", 0.9, 0.9),
        ("What does the footer say?", 0.5, 0.95),
        ("Which company is named in the header?", 0.3, 0.05),
        ("the cans on the far left are full of what", 0.1, 0.5),
        ("What is in the bin in the middle?", 0.5, 0.5),
        ("What word is on the left middle button?", 0.2, 0.5),
        ("Was steht oben rechts?", 0.9, 0.1),
        ("Was steht unten links auf der Rechnung?", 0.1, 0.9),
        ("Que dit le texte en haut à gauche ?", 0.1, 0.1),
        ("¿Qué pone abajo a la derecha?", 0.9, 0.9),
        ("What is in the right third of the picture?", 0.9, 0.5),
        ("Describe the bottom half", 0.5, 0.8),
        ("What is the url at the bottom of the picture?", 0.5, 0.95),
        ("What is on the right?", 0.9, 0.5),
        ("Is the sign on the right?", 0.9, 0.5),
        ("Get the right side panel", 0.9, 0.5),
        ("Décris la moitié gauche", 0.4, 0.5),
        ("Lee la mitad superior", 0.5, 0.47),
        ("Que montre le tiers supérieur ?", 0.5, 0.3),
    ],
)
def test_a_place_holds_the_point_it_names_and_is_at_most_half_of_the_image(question, x, y):
    assert holds(question, x, y)
    assert area(question) <= 0.5


@pytest.mark.parametrize(
    "question",
    [
        "Read the settings from left to right",
        "Tell me the crockpot settings from left-to-right",
        "Is it right side up?",
        "what is this right here that i just took a picture of?",
        "How many seats are left?",
        "What are the top 10 results?",
        "Is the value lower than five?",
        "What is in his right hand?",
        "What is her middle name?",
        "Where is the shopping center?",
        "Around which left-right hemisphere correlation coefficient is the maximum?",
        "What is the white paper on top of the blue paper?",
        "How much time is left?",
        "Which HTTP header is missing?",
        "You can read this, right?",
        "Right?",
        "Is this right?",
        "Is the answer right?",
        "Does that look right or wrong?",
        "Do I have the right bus?",
        "Did I get this right?",
        "What is written on the sign?",
        "",
    ],
)
def test_words_that_only_look_like_a_place_name_none(question):
    assert find_place(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "Is the napkin to the right of a bottle?",
        "What is at the top of the sign?",
        "What is on the left side of the car?",
        "What is on the left and what is at the bottom right?",
    ],
)
def test_a_place_relative_to_a_thing_or_two_places_at_once_name_none(question):
    assert find_place(question) is None


@pytest.mark.parametrize(
    ("question", "row", "column"),
    [
        ("click on the icon in the second row", 2, None),
        ("What is in the 3rd row?", 3, None),
        ("What stands in row 12?", 12, None),
        ("Read the last line", -1, None),
        ("What does the bottom line say?", -1, None),
        ("the second to last row", -2, None),
        ("What is in the left column?", None, 1),
        ("Was steht in der linken Spalte?", None, 1),
        ("Was steht in der rechten Spalte?", None, -1),
        ("Sum the third column", None, 3),
        ("the value in the second row, third column", 2, 3),
        ("Was steht in der zweiten Zeile?", 2, None),
        ("¿Qué hay en la segunda fila?", 2, None),
        ("Que dit la dernière ligne ?", -1, None),
    ],
)
def test_rows_and_columns_are_numbered_from_either_end(question, row, column):
    place = find_place(question)
    assert (place.row, place.column) == (row, column)
