"""The forms that send the text of an image, and what must not stand for an image."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from headroom_nb.costs.pricing import price_parts
from headroom_nb.ocr import FakeOcr, OcrLine
from headroom_nb.pictures import open_picture
from headroom_nb.records import ImagePart, TextPart
from headroom_nb.signals.marks import Marks
from headroom_nb.techniques.forms import Facts
from headroom_nb.techniques.transcode import could_win, exact_strings, is_literal, text_forms
from headroom_nb.techniques.transcript import Transcript, transcribe
from tests.techniques.ocr_pages import engine, font, page, text_page
from tests.techniques.technique_jobs import job, png

RECEIPT = ["Corner Shop", "Bread 2.40", "Milk 1.15", "Coffee 6.80", "Total 10.35", "Thank you for your visit"]


def scene(seed=7, size=(800, 600)):
    """An image with texture everywhere, like a photograph of a street."""
    noise = np.random.default_rng(seed).integers(0, 255, (size[1] // 10, size[0] // 10, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


def read(image, ocr=None):
    return transcribe((ocr or engine()).read(image), open_picture(png(image)), Marks())


def refusal(image, ocr=None):
    found = read(image, ocr).refusal
    assert found
    return found


def test_a_receipt_becomes_one_labelled_text_or_stands_beside_a_view():
    image = text_page(RECEIPT)
    bare, *beside = text_forms(job(image, font=20.0), read(image), Marks(), "known", page=True)
    (part,) = bare.build()
    assert isinstance(part, TextPart)
    head, fence, *lines, end = part.text.splitlines()
    assert "OCR" in head
    assert "messages[0].content[1]" in head
    assert "800×" in head
    assert (fence, end) == ("```text", "```")
    assert [line for line in lines if line] == RECEIPT
    assert bare.all_pixels_given_up
    assert bare.kept_pixels == 0.0
    view, text = beside[-1].build()
    assert isinstance(view, ImagePart)
    assert (view.role, text) == ("overview", part)


def test_forms_with_text_cost_what_they_say():
    image = text_page([f"{line} {number}" for number, line in enumerate(RECEIPT * 4)])
    work = job(image, font=20.0)
    for form in text_forms(work, read(image), Marks(), "known", page=True):
        assert price_parts(form.build(), work.model, "auto").tokens == form.tokens


def test_strong_marks_forbid_the_text_alone_and_say_what_was_seen():
    marks = Marks(strong=("strike",), smallest=8.0, sentences=("2 lines are struck out",))
    image = text_page(RECEIPT)
    work = replace(job(image, font=20.0), mark=8.0)
    bare, *beside = text_forms(work, read(image), marks, "known", page=True)
    assert "2 lines are struck out" in bare.refused
    assert not any(form.refused for form in beside)
    assert all(form.facts.mark == pytest.approx(8.0 * form.facts.view / max(image.size), rel=0.02) for form in beside)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("TOTAL 14.75 EUR\nThank you for your visit on 2024-03-01", False),
        ("aB3xq9Zt77\nQ0O1lI5S8B\nx9y8z7w6v5", True),
        ("def run(self, items):\n    self._items = items\n    return {x: y for x, y in items}", True),
        ("import os\nfor name in os.listdir(folder):\n    if name.startswith(start):\n        print(name)", True),
        ("A page of prose that mentions snake_case once and goes on about other things for a while.", False),
    ],
)
def test_code_and_keys_are_told_from_text_that_language_corrects(text, literal):
    assert is_literal(text) is literal


def test_the_view_beside_small_text_is_larger():
    small, large = (
        text_forms(
            job(Image.new("RGB", (2000, 1500)), font=size), Transcript("a", 1, 1, 1, 1), Marks(), "known", page=True
        )
        for size in (12.0, 40.0)
    )
    assert min(form.facts.view for form in small[1:]) > 1.5 * min(form.facts.view for form in large[1:])


@pytest.mark.parametrize(
    ("text", "strings"),
    [
        ("Total 14.75 EUR on 2024-03-01", ["14.75", "EUR", "2024-03-01"]),
        ("the key is aB3x_q and the rest is prose", ["aB3x_q"]),
        ("write to me@example.org or see src/main.py", ["me@example.org", "src/main.py"]),
        ("nothing here, at all", []),
    ],
)
def test_strings_that_no_language_corrects_are_found(text, strings):
    assert exact_strings(text) == strings


def test_dense_prose_with_a_few_figures_may_send_these_beside_a_view():
    words = "\n".join(f"a line of prose that goes on for a while, number {number}" for number in range(60))
    forms = text_forms(
        job(Image.new("RGB", (1600, 2000)), font=20.0), Transcript(words, 60, 1, 1, 1), Marks(), "known", page=True
    )
    strings = [form for form in forms if form.label.startswith("strings")]
    assert strings
    assert all(form.facts.prose == 0 < form.facts.exact for form in strings)


def test_text_is_only_read_where_it_could_win():
    work = job(text_page(RECEIPT), font=20.0)
    assert could_win(work, 10_000, lambda facts: True)
    assert not could_win(work, 10, lambda facts: True)
    assert not could_win(work, 10_000, lambda facts: facts == Facts())
    assert not could_win(job(Image.new("RGB", (900, 900))), 10_000, lambda facts: True)


@pytest.mark.parametrize(
    "lines",
    [
        ["Привет, это русский текст", "который нельзя прочитать", "Сумма к оплате 1250"],
        ["Καλημέρα κόσμε, αυτό είναι", "ένα κείμενο στα ελληνικά"],
        ["שלום עולם זה טקסט בעברית", "סכום לתשלום"],
        ["مرحبا بالعالم هذا نص عربي", "المجموع الكلي"],
        ["Բարեւ աշխարհ սա հայերեն", "տեքստ է"],
        ["გამარჯობა მსოფლიო ეს", "ქართული ტექსტია"],
        ["Tổng số tiền phải trả là", "một trăm nghìn đồng"],
        ["Tiếng Việt có nhiều dấu và thanh", "Nhà hàng này rất ngon, đồ ăn tươi"],
    ],
    ids=["russian", "greek", "hebrew", "arabic", "armenian", "georgian", "vietnamese", "more vietnamese"],
)
def test_scripts_that_are_not_read_are_refused(lines):
    refusal(text_page(lines, size=24))


def test_languages_that_are_read_are_accepted():
    lines = ["Zażółć gęślą jaźń, proszę", "Größe, Straße und Äpfel", "L'été à l'hôtel, garçon", "Příliš kůň úpěl"]
    assert "gęślą jaźń" in read(text_page(lines, size=24)).text


def test_a_blurred_page_is_refused():
    refusal(text_page(RECEIPT, size=14).filter(ImageFilter.GaussianBlur(4)))


def test_text_that_was_found_but_not_read_is_refused():
    assert "could not be read" in refusal(text_page(RECEIPT), ocr=FakeOcr(RECEIPT, unread=4))


def test_one_unread_icon_does_not_matter():
    assert not read(text_page(RECEIPT), FakeOcr(RECEIPT, unread=1)).refusal


def test_weak_lines_are_refused_though_the_mean_is_high():
    def row(y, text, confidence):
        return OcrLine(text, ((10, y), (300, y), (300, y + 20), (10, y + 20)), confidence, confidence)

    lines = [row(40 * n, "a line that reads well", 0.99) for n in range(7)]
    lines += [row(300 + 40 * n, "a 1ine thet raeds bedly", 0.75) for n in range(3)]
    assert sum(line.confidence for line in lines) / len(lines) > 0.9
    assert "little confidence" in refusal(text_page(RECEIPT), ocr=FakeOcr(lines))


def test_a_sign_in_a_street_is_refused_for_reading():
    picture = scene()
    picture.paste(page((20, 15, "STOP", font(40)), size=(160, 80)), (300, 200))
    assert "text" in refusal(picture)


def test_a_chart_is_more_than_its_labels():
    picture = page(*[(60 + 80 * n, 560, f"{2010 + n}", font(16)) for n in range(9)], size=(800, 600))
    draw = ImageDraw.Draw(picture)
    for n in range(0, 400, 4):
        draw.line([(20, 20 + n), (780, 540 - n)], fill=(30, 90, 160), width=1)
    assert "more than its text" in refusal(picture)
