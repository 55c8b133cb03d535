"""Pages in eight scripts with known text, in fonts of Debian's packages, read with the system's Tesseract."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from headroom_nb.errors import OcrError, OcrTimeoutError
from headroom_nb.ocr import FakeOcr, OcrPage
from headroom_nb.ocr.available import advice
from headroom_nb.ocr.crops import without_blank_ends
from headroom_nb.ocr.deadline import timed_out
from headroom_nb.ocr.engine import RapidOcr
from headroom_nb.ocr.fake import line
from headroom_nb.ocr.many_scripts import ManyScripts
from headroom_nb.ocr.placed import FOLDER, PlacedReader, placed_readers
from headroom_nb.ocr.recognise import Reading
from headroom_nb.ocr.scripts import SCRIPTS, logical, scripts_of
from headroom_nb.ocr.tesseract import Tesseract, TesseractReader, find_tesseract, parse
from headroom_nb.ocr.weights import find_weights
from headroom_nb.runtime.stopping import Stop, stopping
from headroom_nb.techniques.transcript.trust import check

INSTALLED = find_tesseract()
"""What the machine has; every other test runs as if there were none."""

FONTS = Path("/usr/share/fonts/truetype")
SANS = "noto/NotoSans-Regular.ttf"

PAGES = {
    "kor": (
        "nanum/NanumGothic.ttf",
        0.8,
        ["오늘 회의는 오후 세 시에 시작합니다", "도서관은 월요일에 문을 닫습니다", "창문을 열고 신선한 공기를 마셨다"],
    ),
    "vie": (
        SANS,
        0.95,
        [
            "Cuộc họp hôm nay bắt đầu lúc ba giờ chiều",
            "Thư viện đóng cửa vào ngày thứ hai",
            "Đơn hàng của bạn sẽ được giao vào ngày mai",
        ],
    ),
    "rus": (
        SANS,
        0.85,
        [
            "Сегодня собрание начинается в три часа",
            "Библиотека закрыта по понедельникам",
            "Ваш заказ будет доставлен завтра утром",
        ],
    ),
    "ell": (
        SANS,
        0.75,
        [
            "Η συνάντηση ξεκινά σήμερα στις τρεις",
            "Η βιβλιοθήκη είναι κλειστή τη Δευτέρα",
            "Η παραγγελία σας θα παραδοθεί αύριο",
        ],
    ),
    "ara": (
        "noto/NotoSansArabic-Regular.ttf",
        0.85,
        ["يبدأ الاجتماع اليوم في الساعة الثالثة", "المكتبة مغلقة يوم الاثنين", "سيتم تسليم طلبك صباح الغد"],
    ),
    "heb": (
        "noto/NotoSansHebrew-Regular.ttf",
        0.9,
        ["הפגישה מתחילה היום בשעה שלוש", "הספרייה סגורה ביום שני", "ההזמנה שלך תגיע מחר בבוקר"],
    ),
    "tha": (
        "noto/NotoSansThai-Regular.ttf",
        0.65,
        ["การประชุมวันนี้เริ่มเวลาบ่ายสามโมง", "ห้องสมุดปิดทุกวันจันทร์", "สินค้าของคุณจะจัดส่งในวันพรุ่งนี้"],
    ),
    "hin": (
        "noto/NotoSansDevanagari-Regular.ttf",
        0.95,
        ["आज की बैठक तीन बजे शुरू होगी", "पुस्तकालय सोमवार को बंद रहता है", "आपका सामान कल सुबह पहुँच जाएगा"],
    ),
}
"""Font, the least share of the words that must be read exactly, and the text. Thai has no spaces: a line is a word."""


def readers(*languages):
    """Return Tesseract's readers, or skip the test; where CI is set and Debian's packages can be had, fail instead."""
    missing = [name for name in languages if INSTALLED is None or name not in INSTALLED.languages]
    missing += [font for name in languages for font, *_ in [PAGES[name]] if not (FONTS / font).is_file()]
    if missing:
        reason = f"not installed: {', '.join(missing)} (Debian: make tesseract)"
        (pytest.fail if os.environ.get("CI") and shutil.which("apt-get") else pytest.skip)(reason)
    return [TesseractReader(INSTALLED, script) for script in SCRIPTS if set(script.languages) & set(languages)]


def drawn(lines, font, size=24):
    image = Image.new("RGB", (900, 40 + 48 * len(lines)), "white")
    draw = ImageDraw.Draw(image)
    for row, text in enumerate(lines):
        draw.text((30, 20 + 48 * row), text, fill="black", font=ImageFont.truetype(FONTS / font, size))
    return image


def recall(page, lines):
    read = {word for line in page.lines for word in line.text.split()}
    words = [word for line in lines for word in line.split()]
    return sum(word in read for word in words) / len(words)


@pytest.fixture(scope="module")
def default():
    return RapidOcr(find_weights())


@pytest.mark.parametrize("language", PAGES)
def test_a_page_in_another_script_is_read_and_may_stand_for_its_image(language, default):
    font, least, lines = PAGES[language]
    others = readers(language)
    image = drawn(lines, font)
    page = ManyScripts(default, others).read(image)
    assert recall(page, lines) >= least
    assert page.turned == 0
    assert all(line.reader for line in page.lines)
    check(page, image)


def test_latin_lines_stay_with_the_default_engine_on_a_page_with_cyrillic_ones(default):
    latin = ["The meeting starts today at three", "The library is closed on Mondays"]
    cyrillic = PAGES["rus"][2]
    others = readers("rus", "ell", "heb")
    page = ManyScripts(default, others).read(drawn([latin[0], cyrillic[0], latin[1], *cyrillic[1:]], SANS))
    assert [line.text for line in sorted(page.lines, key=lambda line: line.bounds[1]) if not line.reader] == latin
    assert recall(page, [*latin, *cyrillic]) >= 0.85


def test_a_latin_page_comes_back_as_the_default_engine_read_it(default):
    others = readers("rus", "heb")
    image = drawn(["The meeting starts today at three", "Total 1,250.00 EUR"], SANS)
    assert ManyScripts(default, others).read(image) == default.read(image)


def test_numbers_and_latin_words_keep_their_order_inside_right_to_left_lines(default):
    lines = ["الطلب رقم 4521 جاهز اليوم"]
    page = ManyScripts(default, readers("ara")).read(drawn(lines, PAGES["ara"][0], 28))
    assert [line.text for line in page.lines] == lines
    assert logical("רחמ 4521 Blue Note םולש") == "שלום Blue Note 4521 מחר"
    assert logical("plain (1)") == "plain (1)"


class Fixed:
    """Reads every strip as one text."""

    def __init__(self, script, text, confidence):
        self.scripts = tuple(found for found in SCRIPTS if found.name == script)
        self.name, self.calls = f"fixed {script}", 0
        self._reading = Reading(text, confidence, confidence, missed=0.0)

    def read(self, strips, *, with_latin=False):
        self.calls += 1
        return [self._reading] * len(strips)


def shown(*lines):
    class Page(FakeOcr):
        def read(self, image, *, progress=None):
            return OcrPage(lines, len(lines), image.size)

    return Page()


PAPER = Image.new("RGB", (400, 200), "white")


def test_the_surest_reader_reads_a_doubtful_line_and_no_other():
    sure, doubtful = line("Total amount", 10, 10), line("Cymma x onaate", 10, 60, confidence=0.7)
    page = ManyScripts(shown(sure, doubtful), [Fixed("Greek", "αβγδ", 0.86), Fixed("Cyrillic", "Сумма", 0.95)]).read(
        PAPER
    )
    assert [found.text for found in page.lines] == ["Total amount", "Сумма"]
    assert [found.reader for found in page.lines] == ["", "fixed Cyrillic"]


def test_a_reading_that_is_not_sure_or_in_no_letters_of_its_own_changes_nothing():
    doubtful = line("Cymma x onaate", 10, 60, confidence=0.7)
    others = [Fixed("Greek", "αβγδ", 0.6), Fixed("Cyrillic", "Summa", 0.99)]
    assert ManyScripts(shown(doubtful), others).read(PAPER).lines == (doubtful,)


def test_words_of_letters_that_both_scripts_have_are_read_by_the_reader_that_was_needed_beside_them():
    similar = line("COBA", 10, 10)
    page = ManyScripts(
        shown(similar, line("Cymma x onaate", 10, 60, confidence=0.7)), [Fixed("Cyrillic", "СОВА", 0.95)]
    ).read(PAPER)
    assert page.lines[0].text == "СОВА"


def test_no_reader_is_asked_about_a_page_that_was_read_well():
    other = Fixed("Cyrillic", "Сумма", 0.95)
    ManyScripts(shown(line("Total amount", 10, 10)), [other]).read(PAPER)
    assert other.calls == 0


def test_rows_of_tesseract_that_are_no_words_are_left_out():
    head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
    rows = "1\t1\t0\t0\t0\t0\t0\t0\t90\t80\t-1\t\n5\t1\t1\t1\t1\t1\t10\t5\t30\t20\t91.5\tСумма\n5\t1\t1\n"
    found = parse(head + rows)
    assert [(word.text, word.left, word.right, word.chance) for word in found[1]] == [("Сумма", 10, 40, 0.915)]


@pytest.fixture
def strip():
    return without_blank_ends(np.full((20, 60, 3), 255, dtype=np.uint8))


def program(path, script):
    path.write_text(f"#!/bin/sh\n{script}\n", "ascii")
    path.chmod(0o755)
    return TesseractReader(Tesseract(str(path), "0", ("ell",)), next(s for s in SCRIPTS if s.name == "Greek"))


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for Tesseract")
def test_a_program_that_fails_hangs_or_says_too_much_is_an_error_of_ocr(tmp_path, strip):
    with pytest.raises(OcrError, match="exit status 3"):
        program(tmp_path / "fails", "exit 3").read([strip])
    with pytest.raises(OcrError, match="more than"):
        program(tmp_path / "talks", "exec yes").read([strip])
    with stopping(Stop(0.3, lambda: timed_out(0.3))), pytest.raises(OcrTimeoutError):
        program(tmp_path / "hangs", "exec sleep 60").read([strip])


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for Tesseract")
def test_tesseract_sees_none_of_the_users_environment(tmp_path, strip, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "abc")
    program(tmp_path / "tells", f"/usr/bin/env > {tmp_path}/seen; pwd >> {tmp_path}/seen").read([strip])
    seen = (tmp_path / "seen").read_text()
    assert "SECRET_TOKEN" not in seen
    assert os.fspath(Path.cwd()) not in seen.split("\n")


def test_a_placed_recogniser_reads_the_scripts_of_its_list(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER, str(tmp_path))
    assert placed_readers() == []
    weights = tmp_path / "own_rec.onnx"
    shutil.copy(find_weights().recogniser, weights)
    with pytest.raises(OcrError, match=r"own_rec\.txt"):
        placed_readers()
    monkeypatch.setattr("headroom_nb.ocr.placed.scripts_of", lambda characters: SCRIPTS[:1])
    (tmp_path / "own_rec.txt").write_text("\n".join(_alphabet(weights)), "utf-8")
    (reader,) = placed_readers()
    image = np.asarray(drawn(["Total amount 1250"], SANS) if (FONTS / SANS).is_file() else _line_of_text())
    (reading,) = reader.read([without_blank_ends(image[20:60, :, ::-1].copy())])
    assert reading.text == "Total amount 1250"
    assert isinstance(reader, PlacedReader)


def _line_of_text():
    image = Image.new("RGB", (400, 80), "white")
    ImageDraw.Draw(image).text((20, 25), "Total amount 1250", fill="black", font=ImageFont.load_default(24))
    return image


def _alphabet(weights):
    from headroom_nb.ocr.session import open_weights

    return open_weights(weights, threads=1).get_modelmeta().custom_metadata_map["character"].splitlines()


def test_a_folder_that_is_not_there_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER, str(tmp_path / "none"))
    with pytest.raises(OcrError, match="folder"):
        placed_readers()


def test_an_alphabet_tells_its_scripts():
    cyrillic = [chr(code) for code in range(0x400, 0x460)]
    assert [script.name for script in scripts_of([*cyrillic, *"abcαβγπΣ"])] == ["Cyrillic"]
    assert scripts_of("abcdefghäöü") == ()


def test_a_refusal_says_what_to_install_and_only_what_is_missing(monkeypatch):
    greek = next(script for script in SCRIPTS if script.name == "Greek")
    assert "tesseract-ocr-ell" in advice(greek)
    assert "tesseract-ocr-kor" in advice()
    monkeypatch.setattr("headroom_nb.ocr.available.all_readers", lambda: [Fixed("Greek", "α", 0.9)])
    assert advice(greek) == ""
    assert "tesseract-ocr-ell" not in advice()
