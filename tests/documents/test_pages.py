from __future__ import annotations

from dataclasses import replace

import pytest

from headroom_nb.demo.pdf import Page, make_pdf, report
from headroom_nb.documents.contents import Placed, RawPage
from headroom_nb.documents.pages import MOST_REGIONS, page_facts
from headroom_nb.documents.pdf import open_pdf
from headroom_nb.documents.text_layer import BREAK, not_sound, readable


def facts(data: bytes):
    opened = open_pdf(data)
    found = [page_facts(opened.read(number)) for number in range(1, opened.pages + 1)]
    opened.close()
    return found


def raw(text: str, **known) -> RawPage:
    return RawPage(1, (612.0, 792.0), text, (), (), frozenset(), **{"unmapped": 0.0, "invisible": 0.0, **known})


def test_every_kind_of_page_of_the_report_is_told_apart():
    prose, figure, table, rules, form, scan = facts(report())
    assert prose.sound
    assert prose.regions == ()
    assert rules.sound
    assert rules.regions == ()
    assert [region.kind for region in figure.regions] == ["figure"]
    assert [region.kind for region in table.regions] == ["table"]
    assert [region.kind for region in form.regions] == ["form"]
    assert scan.scanned
    assert not scan.sound


def test_a_region_lies_where_it_is_drawn():
    (region,) = facts(report())[1].regions
    assert 100 < region.box.left < 115
    assert 480 < region.box.right < 500
    assert 270 < region.box.top < 292
    assert 460 < region.box.bottom < 470


def test_an_empty_page_is_known_to_be_empty():
    (page,) = facts(make_pdf([Page()]))
    assert page.empty


def test_columns_of_figures_are_a_table_without_any_rules():
    cells = tuple((72 + 120 * x, 700 - 15 * y, f"{x}.{y}9") for y in range(6) for x in range(4))
    (page,) = facts(make_pdf([Page(cells=cells)]))
    assert [region.kind for region in page.regions] == ["table"]


def test_a_coloured_box_behind_text_is_no_figure():
    box = "q 0.9 0.9 1 rg 60 600 480 140 re f Q"
    (page,) = facts(make_pdf([Page(("A note in a box.", "It has two lines."), drawing=box)]))
    assert page.regions == ()


def test_a_drawing_of_thousands_of_strokes_is_one_region():
    strokes = " ".join(f"{200 + n % 97} {300 + n % 89} m {210 + n % 97} {305 + n % 89} l S" for n in range(3000))
    (page,) = facts(make_pdf([Page(("Text above.",), drawing=strokes)]))
    assert [region.kind for region in page.regions] == ["figure"]


def test_words_broken_at_a_line_end_are_mended():
    assert readable(f"we recog{BREAK}nise it") == "we recognise it"
    assert (
        readable(f"a dual{BREAK}encoder, two parts: dual and encoder") == "a dual-encoder, two parts: dual and encoder"
    )
    assert readable(f"see Lucene{BREAK}BM25") == "see Lucene-BM25"
    assert readable(f"it is well{BREAK}known; well-known things") == "it is well-known; well-known things"


def test_ligatures_are_written_out():
    assert readable("e\ufb03cient \ufb01les\r\n") == "efficient files"


def test_text_that_cannot_be_relied_on_is_named():
    words = "The quick brown fox jumps over the lazy dog and runs on. " * 8
    assert not_sound(raw(words), words) == ""
    shifted = "".join(chr(ord(c) + 3) if c.isalpha() else c for c in words).replace("x", "b").replace("o", "k")
    for text, known in (
        (shifted.replace("a", "t").replace("e", "r").replace("i", "p").replace("u", "v"), {}),
        (words, {"unmapped": 0.3}),
        (words, {"invisible": 1.0}),
        ("(cid:12)(cid:7)" * 9, {}),
        ("\ue001\ue002\ue003" * 9, {}),
        ("cafÃ© naÃ¯ve " * 9, {}),
        ("There are several diculties with di\u21b5erent tools.", {}),
        (words.replace(" ", ""), {}),
        (" ".join(words), {}),
        ("שלום עולם " * 9, {}),
    ):
        assert not_sound(raw(text, **known), text), text[:40]


def test_a_page_without_text_has_no_flaw_and_is_not_sound():
    assert not_sound(raw(""), "") == ""
    assert not page_facts(raw("")).sound


def test_a_formula_set_apart_in_a_font_of_variables_is_seen():
    text = "Lorem ipsum dolor sit amet.\na\n2 + 8 = 12\nConsetetur sadipscing elitr."
    assert page_facts(replace(raw(text), fonts=frozenset({"CMR10", "ABCDEF+CMMI10"}))).formulas
    assert not page_facts(replace(raw(text), fonts=frozenset({"CMR10"}))).formulas
    prose = "The size is width = height, which is set in italics as is usual in such a text."
    assert not page_facts(replace(raw(prose), fonts=frozenset({"CMMI10"}))).formulas


def test_signs_of_formulas_are_seen_and_greek_text_is_not_taken_for_them():
    formula = "where ∑ of αᵢ ≤ ∫ β dx ∈ ℝ and ∀ ε ∃ δ ≠ 0, ∂f ∇g"
    assert page_facts(raw(formula)).formulas
    assert not page_facts(raw("Η γρήγορη καφέ αλεπού πηδάει πάνω από το τεμπέλικο σκυλί.")).formulas


@pytest.mark.parametrize(
    "text", ["a" + " " * 200_000 + "b", "a" + "\xa0" * 200_000 + "b", "a" * 200_000 + f" x{BREAK}y"], ids=ascii
)
def test_text_without_an_end_is_read_in_one_go(text):
    """Ten times as long took minutes where a pattern is quadratic."""
    assert len(readable(text)) >= 200_000


@pytest.mark.parametrize("height", [20, 2])
def test_a_page_strewn_with_boxes_is_gathered_into_few(height):
    """As far apart as on the largest page, so that none is near another."""
    boxes = tuple(
        Placed("path", left, top, left + 60, top + height)
        for left in range(0, 14400, 180)
        for top in range(0, 14400, 190)
    )
    found = page_facts(replace(raw(""), size=(14400.0, 14400.0), drawn=boxes))
    assert len(found.regions) <= MOST_REGIONS
