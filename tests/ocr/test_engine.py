from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from headroom_nb.errors import OcrError
from headroom_nb.ocr import Ocr
from headroom_nb.ocr.detect import Detector
from tests.techniques.ocr_pages import engine, font, page, text_page, words

PANGRAM = ["The quick brown fox jumps", "over the lazy dog 0123456789", "and pays 45.90 for it"]


@pytest.mark.parametrize("size", [11, 14, 20, 40])
def test_english_is_read_letter_by_letter_at_usual_sizes(size):
    read = engine().read(text_page(PANGRAM, size=size, width=40 * size))
    assert words(read) == " ".join(PANGRAM)
    assert read.detected == len(read.lines) == len(PANGRAM)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_turned_page_is_read_and_its_boxes_stand_where_the_reader_starts(turned):
    upright = text_page(PANGRAM, size=24)
    read = engine().read(upright.rotate(-turned, expand=True))
    assert read.turned == turned
    assert sorted(line.text for line in read.lines) == sorted(PANGRAM)
    first = next(line for line in read.lines if line.text == PANGRAM[0]).box
    across, along = first[1][0] - first[0][0], first[1][1] - first[0][1]
    assert {0: across > 0, 90: along > 0, 180: across < 0, 270: along < 0}[turned]


def test_boxes_that_cover_an_image_again_and_again_are_not_read(monkeypatch):
    ring = np.array([[0, 0], [599, 0], [599, 199], [0, 199]], np.float32)
    monkeypatch.setattr(
        Detector, "find", lambda *given: np.stack([ring - (ring - [300, 100]) * n / 90 for n in range(60)])
    )
    with pytest.raises(OcrError, match="times over"):
        engine().read(page(size=(600, 200)))


def test_accents_of_european_languages_survive():
    lines = ["Zażółć gęślą jaźń, proszę", "Größe, Straße, Übung, Äpfel", "L'été, ça, Noël, façade, hôtel"]
    assert words(engine().read(text_page(lines))) == " ".join(lines)


def test_narrow_digits_are_not_turned_on_their_side():
    cells = [(60 + 120 * column, 40 + 40 * row, "1", font(22)) for row in range(5) for column in range(5)]
    read = engine().read(page(*cells, size=(700, 260)))
    assert [line.text for line in read.lines].count("1") >= 0.9 * len(cells)


def test_boxes_fit_the_ink_of_their_line():
    face = font(30)
    read = engine().read(page((100, 80, "Invoice number", face), size=(600, 200)))
    left, top, right, bottom = read.lines[0].bounds
    assert left == pytest.approx(102, abs=4)
    assert right == pytest.approx(100 + face.getlength("Invoice number"), abs=5)
    assert top < 95 < 105 < bottom


def test_characters_stand_in_order_along_the_box():
    line = engine().read(text_page(["measure every character"])).lines[0]
    assert len(line.centres) == len(line.text)
    assert list(line.centres) == sorted(line.centres)
    assert line.centres[0] < 0.06
    assert line.centres[-1] > 0.94


def test_a_long_screenshot_is_read_to_its_end():
    lines = [f"Message number {number} of a long talk" for number in range(0, 130, 10)]
    placed = [(40, 100 + 600 * row, line, font(30)) for row, line in enumerate(lines)]
    assert words(engine().read(page(*placed, size=(1000, 8000)))) == " ".join(lines)


def test_an_empty_image_has_no_text():
    read = engine().read(Image.new("RGB", (300, 200), "black"))
    assert (read.lines, read.detected, read.unread) == ((), 0, ())


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (700, 3)])
def test_tiny_and_thin_images_do_no_harm(size):
    assert engine().read(Image.new("RGB", size, "white")).size == size


def test_letters_of_an_unknown_script_leave_missed_ink():
    read = engine().read(text_page(["Это обычный русский текст", "который нельзя прочитать"], size=24))
    assert all(line.missed > 0.5 for line in read.lines)


def test_one_engine_serves_many_threads():
    pictures = [text_page([f"Page number {number}", "of the same report"]) for number in range(6)]
    with ThreadPoolExecutor(4) as pool:
        texts = [words(read) for read in pool.map(engine().read, pictures)]
    assert texts == [f"Page number {number} of the same report" for number in range(6)]


def test_progress_counts_every_box():
    steps = []
    engine().read(text_page(PANGRAM), progress=lambda done, total: steps.append((done, total)))
    assert [total for _, total in steps] == [3] * len(steps)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert steps[-1] == (3, 3)


def test_an_interrupt_leaves_the_engine_usable():
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine().read(text_page(PANGRAM), progress=stop)
    assert words(engine().read(text_page(PANGRAM))) == " ".join(PANGRAM)


def test_the_engine_keeps_the_protocol():
    assert isinstance(engine(), Ocr)
