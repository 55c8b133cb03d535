"""The font sizes of the text in an image."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from headroom_nb.ocr import OcrLine, OcrPage
from headroom_nb.pictures import open_picture
from headroom_nb.signals import text_size
from headroom_nb.signals.text_boxes import CELL, FEWEST_EDGES, FINE_EDGE, MOST_EDGES, text_cells
from headroom_nb.signals.text_size import Line, measure_text_size, summarise, text_size_of_page, with_stems
from tests.support import gradient, png, text_image
from tests.techniques.technique_jobs import page_of_text

SENTENCES = [
    "The quick brown fox jumps over the lazy dog",
    "Delivery of 48 boxes by Friday, 12 May",
    "Please keep this slip and call us back",
]


def of(image, **options):
    return open_picture(png(image, **options))


@pytest.mark.parametrize("px", [10, 12, 14, 18, 24, 32, 48])
def test_the_size_of_printed_lines_is_measured(px):
    found = measure_text_size(of(page_of_text((900, 700), px)[0]))
    assert found.smallest == pytest.approx(px, rel=0.15)
    assert found.median == pytest.approx(px, rel=0.15)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_is_turned_or_upside_down_has_the_same_size(turn):
    page = text_image(SENTENCES * 4, size=20).rotate(turn, expand=True)
    assert measure_text_size(of(page)).smallest == pytest.approx(20, rel=0.15)


def test_white_text_on_a_dark_ground_is_measured_too():
    page = text_image(SENTENCES * 4, size=18).point(lambda level: 255 - level)
    assert measure_text_size(of(page)).smallest == pytest.approx(18, rel=0.12)


def test_small_labels_on_a_large_desktop_are_text():
    desktop = gradient(1600, 900)
    label = text_image(["Recycle bin 12", "Quarterly report"], size=13, width=130, margin=4)
    for x, y in ((40, 40), (40, 160), (40, 280), (1400, 840)):
        desktop.paste(label, (x, y))
    assert measure_text_size(of(desktop)).smallest == pytest.approx(13, rel=0.2)


def test_the_small_print_of_a_page_is_its_smallest_size_and_the_body_its_median():
    page = Image.new("RGB", (900, 700), "white")
    page.paste(text_image(SENTENCES * 3, size=28, width=880), (0, 0))
    page.paste(text_image(SENTENCES * 2, size=14, width=880), (0, 450))
    found = measure_text_size(of(page))
    assert found.smallest == pytest.approx(14, rel=0.2)
    assert found.median == pytest.approx(28, rel=0.15)


@pytest.mark.parametrize("size", [(3, 900), (900, 2), (640, 480)])
def test_an_image_without_edges_holds_no_text(size):
    assert measure_text_size(of(gradient(*size))) == text_size.TextSize(None, None, sure=True, lines=0)


def test_what_was_measured_once_is_not_measured_again(monkeypatch):
    data = png(text_image(SENTENCES, size=19))
    first = measure_text_size(open_picture(data))
    monkeypatch.setattr(text_size, "_measure", None)
    assert measure_text_size(open_picture(data)) is first


def test_without_the_ocr_package_a_size_is_never_sure(monkeypatch):
    monkeypatch.setattr(text_size, "model_detector", lambda: "no detector")
    text_size._cache.clear()
    found = measure_text_size(of(page_of_text((900, 700), 18)[0]))
    text_size._cache.clear()
    assert found.smallest == pytest.approx(18, rel=0.3)
    assert not found.sure


def line(text, left, top, right, bottom):
    return OcrLine(text, ((left, top), (right, top), (right, bottom), (left, bottom)), 0.99)


def test_a_page_that_was_read_is_measured_in_its_boxes():
    size = 22
    image = text_image(SENTENCES * 3, size=size)
    rows = [20 + row * int(size * 1.6) for row in range(9)]
    widths = [np.flatnonzero((np.asarray(image.convert("L"))[y : y + size] < 128).any(axis=0))[-1] for y in rows]
    lines = [
        line(text, 18, y - 3, width + 3, y + 1.3 * size)
        for text, y, width in zip(SENTENCES * 3, rows, widths, strict=True)
    ]
    found = text_size_of_page(OcrPage(tuple(lines), len(lines), image.size), of(image))
    assert found.smallest == pytest.approx(size, rel=0.12)
    assert found.sure
    assert found.lines == 9


def test_a_page_on_which_nothing_was_found_has_no_text():
    blank = of(Image.new("RGB", (60, 40), "white"))
    assert text_size_of_page(OcrPage((), 0, (60, 40)), blank) == text_size.TextSize(None, None, sure=True, lines=0)


def test_words_whose_ink_cannot_be_measured_are_measured_by_their_width():
    blank = of(Image.new("RGB", (600, 40), "white"))
    found = text_size_of_page(OcrPage((line("x" * 50, 0, 5, 520, 30),), 1, (600, 40)), blank)
    assert found.smallest == pytest.approx(20)
    assert not found.sure


def test_a_short_word_without_stems_takes_the_size_of_the_lines_beside_it():
    body = Line(20.0, 36.0, 40.0, 0.9, 30, even=False)
    word, heading = Line(15.0, 33.0, 3.0, 0.9, 3, even=True), Line(15.0, 60.0, 3.0, 0.9, 3, even=True)
    assert with_stems([body, word, heading]) == [20.0, 20.0, 15.0]


@given(st.lists(st.tuples(st.floats(4, 100), st.floats(1, 200)), min_size=1, max_size=30))
def test_the_smallest_size_is_one_that_was_measured_and_at_most_the_median(lines):
    ems, counts = zip(*lines, strict=True)
    found = summarise(ems, counts)
    assert found.smallest in ems
    assert found.smallest <= found.median


@pytest.mark.parametrize("size", [(8, 9), (10, 40), (33, 200), (517, 1031), (1100, 600)])
def test_cells_of_text_are_those_with_as_many_edges(size):
    height, width = size
    luma = np.random.default_rng(5).choice([0, 20, 60], size, p=[0.85, 0.05, 0.1]).astype(np.uint8)
    cells = text_cells(luma)
    edges = np.abs(np.diff(luma.astype(int), axis=1)) > FINE_EDGE
    for row, column in np.ndindex(cells.shape):
        cell = edges[CELL * row : CELL * (row + 1), CELL * column : CELL * (column + 1)]
        share = round(255 * cell.mean()) / 255  # of 255, as in an image of the shares
        assert cells[row, column] == (FEWEST_EDGES <= share <= MOST_EDGES)
    assert cells.shape == (max(1, height // CELL), max(1, (width - 1) // CELL))
