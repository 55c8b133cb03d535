import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from headroom_nb.costs import find_model
from headroom_nb.errors import OcrError, TechniqueRefusedError
from headroom_nb.ocr import FakeOcr, OcrLine
from headroom_nb.pictures import open_picture
from headroom_nb.records import ImagePart, ImageSignals, TextPart
from headroom_nb.techniques.base import Job
from headroom_nb.techniques.transcode import asks_how_it_looks, transcode
from tests.techniques.ocr_pages import engine, font, page, text_page

RECEIPT = ["Corner Shop", "Bread 2.40", "Milk 1.15", "Coffee 6.80", "Total 10.35", "Thank you for your visit"]


def job(image, question="Read the text", ocr=None, signals=None):
    out = io.BytesIO()
    image.save(out, "PNG")
    return Job(
        picture=open_picture(out.getvalue()),
        question=question,
        model=find_model("gpt-5.6-sol"),
        detail="auto",
        quality="balanced",
        signals=signals,
        label="messages[0].content[1]",
        ocr=lambda: ocr or engine(),
    )


def scene(seed=7, size=(800, 600)):
    """A picture with texture everywhere, like a photograph of a street."""
    noise = np.random.default_rng(seed).integers(0, 255, (size[1] // 10, size[0] // 10, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


def refusal(image, **options):
    with pytest.raises(TechniqueRefusedError) as caught:
        transcode(job(image, **options))
    return str(caught.value)


def test_a_receipt_becomes_one_labelled_text():
    proposal = transcode(job(text_page(RECEIPT)))
    (part,) = proposal.parts
    assert isinstance(part, TextPart)
    head, fence, *lines, end = part.text.splitlines()
    assert "OCR" in head
    assert "messages[0].content[1]" in head
    assert "800×" in head
    assert (fence, end) == ("```text", "```")
    assert [line for line in lines if line] == RECEIPT
    assert (proposal.kept_pixels, proposal.free) == (0.0, False)


def test_a_picture_without_text_is_refused():
    assert "no text" in refusal(Image.new("RGB", (400, 300), "black"))


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
    assert "gęślą jaźń" in transcode(job(text_page(lines, size=24))).parts[0].text


def test_a_blurred_page_is_refused():
    refusal(text_page(RECEIPT, size=14).filter(ImageFilter.GaussianBlur(4)))


def test_text_that_was_found_but_not_read_is_refused():
    assert "could not be read" in refusal(text_page(RECEIPT), ocr=FakeOcr(RECEIPT, unread=4))


def test_one_unread_icon_does_not_matter():
    assert transcode(job(text_page(RECEIPT), ocr=FakeOcr(RECEIPT, unread=1))).parts


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
    assert "text" in refusal(picture, question="What does the sign say?")


def test_a_chart_is_more_than_its_labels():
    picture = page(*[(60 + 80 * n, 560, f"{2010 + n}", font(16)) for n in range(9)], size=(800, 600))
    draw = ImageDraw.Draw(picture)
    for n in range(0, 400, 4):
        draw.line([(20, 20 + n), (780, 540 - n)], fill=(30, 90, 160), width=1)
    assert "more than its text" in refusal(picture)


def test_a_question_about_looks_gets_a_small_view_beside_the_text():
    signals = ImageSignals(0.9, 0.9, 0.2, 0.1, 0.3, 20, 40.0, 44.0, 0.05, (1600, 1200))
    picture = page(
        *[(60, 60 + 90 * n, f"{line} and more words", font(44)) for n, line in enumerate(RECEIPT * 2)],
        size=(1600, 1200),
    )
    proposal = transcode(job(picture, "What does it say, and what colour is the logo?", signals=signals))
    view, text = proposal.parts
    assert isinstance(view, ImagePart)
    assert isinstance(text, TextPart)
    assert view.size[0] < 1600 or view.detail == "low"
    assert 0 < proposal.kept_pixels < 1


def test_without_a_view_a_question_about_looks_is_refused():
    assert "looks" in refusal(text_page(RECEIPT), question="What colour is the text?")


@pytest.mark.parametrize(
    ("question", "looks"),
    [
        ("Transcribe this receipt", False),
        ("What is the total?", False),
        ("Extract the table as CSV", False),
        ("What colour is the button labelled Save?", True),
        ("Read the sign. What stands to the left of it?", True),
        ("What does the man's shirt say?", True),
    ],
)
def test_questions_that_need_eyes_are_told_from_those_that_need_words(question, looks):
    assert asks_how_it_looks(question) is looks


def test_a_failing_engine_is_an_ocr_error():
    def missing():
        raise OcrError("No OCR engine with its weights is installed; run: pip install rapidocr")

    broken = job(text_page(RECEIPT))
    with pytest.raises(OcrError, match="pip install"):
        transcode(Job(**{**vars(broken), "ocr": missing}))
