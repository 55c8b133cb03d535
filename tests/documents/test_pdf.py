from __future__ import annotations

import sys
import threading

import pytest
from PIL import ImageChops

from headroom_nb import Limits
from headroom_nb.demo.pdf import Page, bars, make_pdf, report, scanned
from headroom_nb.documents.pdf import as_ranges, is_pdf, open_pdf, pages_of_ours
from headroom_nb.documents.read import read_document
from headroom_nb.errors import DocumentError

TWO = make_pdf([Page(("First page", "of two")), Page(("Second page",))])


def test_pages_sizes_and_text_are_read_in_order():
    opened = open_pdf(TWO)
    assert opened.pages == 2
    assert opened.size(1) == (612, 792)
    assert opened.read(1).text.split() == ["First", "page", "of", "two"]
    assert opened.read(2).text == "Second page"
    opened.close()


def test_a_turned_page_is_described_as_a_person_sees_it():
    opened = open_pdf(make_pdf([Page(("Up here",), rotate=90)]))
    page = opened.read(1)
    assert page.size == (792, 612)
    line = page.lines[0]
    assert line.left > 600  # the top of the page is its right side now
    assert line.height > line.width
    opened.close()


def test_what_is_drawn_is_found_with_its_place():
    opened = open_pdf(report())
    kinds = [{each.kind for each in opened.read(number).drawn} for number in range(1, 7)]
    opened.close()
    assert kinds[0] == set()
    assert "path" in kinds[1]
    assert "drawing" in kinds[2]
    assert kinds[4] == {"field"}
    assert kinds[5] == {"image"}


def test_pages_cut_out_are_the_same_bytes_each_time_and_say_what_they_are():
    opened = open_pdf(report())
    first, second = opened.cut([2, 4]), opened.cut([2, 4])
    assert first == second
    assert pages_of_ours(first) == "2,4 of 6"
    assert pages_of_ours(report()) == ""
    again = open_pdf(first)
    assert [again.read(number).text for number in (1, 2)] == [opened.read(number).text for number in (2, 4)]
    opened.close()
    again.close()


def test_a_filled_form_is_still_filled_in_the_pages_cut_out():
    opened = open_pdf(report())
    cut = open_pdf(opened.cut([5]))
    whole, part = opened.render(5, 800), cut.render(1, 800)
    assert ImageChops.difference(whole, part).convert("L").point(lambda grey: 255 * (grey > 60)).getbbox() is None
    assert len(whole.crop((180, 80, 430, 170)).convert("L").getcolors()) > 2
    opened.close()
    cut.close()


def test_a_page_is_drawn_at_the_size_asked_for():
    opened = open_pdf(make_pdf([Page(drawing=bars((0.5, 1.0)))]))
    image = opened.render(1, 400)
    opened.close()
    assert image.size == (309, 400)
    assert image.mode == "RGB"
    assert (204, 102, 51) in {colour for _, colour in image.getcolors(1 << 20)}


def test_a_page_that_takes_too_long_to_draw_is_given_up():
    many = " ".join(f"{n % 600} {n % 700} m {n % 500} 40 {n % 300} 700 {n % 90} 9 c S" for n in range(60_000))
    opened = open_pdf(make_pdf([Page(drawing=many)]), Limits(max_page_seconds=1e-6))
    with pytest.raises(DocumentError, match="max_page_seconds"):
        opened.render(1, 1500)
    opened.close()


def test_a_page_that_takes_too_long_to_read_is_given_up_and_others_are_refused_until_it_ends():
    opened = open_pdf(make_pdf([Page(drawing=words(400_000)), Page(("Second page",))]), Limits(max_page_seconds=1e-3))
    with pytest.raises(DocumentError, match="max_page_seconds"):
        opened.read(1)
    with pytest.raises(DocumentError, match="still busy with page 1"):
        opened.read(2)
    opened.close()
    other = open_pdf(TWO)  # waits for it, as long as opening a file may take
    assert other.read(2).text == "Second page"
    other.close()


def test_a_page_with_more_text_than_a_page_shows_is_not_read():
    opened = open_pdf(make_pdf([Page(drawing=words(210_000))]))
    with pytest.raises(DocumentError, match="characters"):
        opened.read(1)
    opened.close()


def words(characters: int) -> str:
    """Return the operators of one word of so many letters."""
    return "BT /F 11 Tf 72 700 Td " + " ".join(["(" + 1000 * "a" + ") Tj"] * (characters // 1000)) + " ET"


def test_a_page_is_not_drawn_larger_than_the_limit():
    opened = open_pdf(TWO, Limits(max_image_pixels=1000))
    with pytest.raises(DocumentError, match="max_image_pixels"):
        opened.render(1, 500)
    opened.close()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a PDF"),
        (b"hello", "not a PDF"),
        (b"%PDF-1.7\nnothing else", "cannot be read"),
        (TWO[:300], "cannot be read"),
        (make_pdf([]), "PDF"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(data, why):
    with pytest.raises(DocumentError, match=why):
        open_pdf(data)


def test_a_file_over_the_limit_is_refused_before_it_is_opened():
    with pytest.raises(DocumentError, match="max_document_bytes"):
        open_pdf(TWO, Limits(max_document_bytes=100))


def test_a_page_that_is_not_there_is_an_error_of_ours():
    opened = open_pdf(TWO)
    with pytest.raises(DocumentError, match="page 9"):
        opened.read(9)
    opened.close()


def test_several_threads_may_read_one_file():
    opened = open_pdf(report())
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(opened.read(1).text)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    opened.close()
    assert len(set(found)) == 1
    assert len(found) == 8


def test_ranges_are_written_as_a_person_writes_them():
    assert as_ranges([1, 2, 3, 7, 9, 10]) == "1-3,7,9-10"
    assert as_ranges([]) == ""


def test_a_pdf_is_known_by_its_first_bytes():
    assert is_pdf(TWO)
    assert is_pdf(b"\r\n garbage " + TWO)
    assert not is_pdf(scanned(("a",)))


def test_without_the_library_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(DocumentError, match="pip install pypdfium2"):
        open_pdf(TWO)


@pytest.mark.parametrize("isolated", [False, True])
def test_a_page_has_the_label_that_its_file_gives_it(isolated):
    whole = report()
    assert b"/Type/Catalog" in whole
    labelled = whole.replace(b"/Type/Catalog", b"/Type/Catalog/PageLabels <</Nums [0 <</S /r>>]>>")
    pages = read_document(labelled, Limits(), isolated=isolated).pages
    assert [page.label for page in pages][:4] == ["i", "ii", "iii", "iv"]
    assert {page.label for page in read_document(whole, Limits(), isolated=isolated).pages} == {""}
