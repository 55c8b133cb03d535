"""The time that one document may take: what is done until it is over counts, and the rest stays as it was."""

from __future__ import annotations

import time
from io import BytesIO

import pytest

import headroom_nb
from headroom_nb.demo.pdf import Page, make_pdf
from headroom_nb.documents import read
from headroom_nb.documents.pages import page_facts
from headroom_nb.pipeline import document_pages
from headroom_nb.records import PageForm
from headroom_nb.runtime.lru import clear_all
from headroom_nb.runtime.stopping import checkpoint
from tests.support import gradient

TEXT = tuple(f"Berth {number} of the harbour was let to a ferry." for number in range(30))
SIX = make_pdf([Page((f"Page {number}", *TEXT)) for number in range(1, 7)])


def scan():
    out = BytesIO()
    gradient(600, 800).save(out, "JPEG")
    return out.getvalue()


SCANS = make_pdf([Page(scan=scan())] * 4)


@pytest.fixture(autouse=True)
def nothing_remembered():
    clear_all()


def sent(data, seconds, **choices):
    message = headroom_nb.user_message("Transcribe all of it.", data, provider="anthropic")
    limits = headroom_nb.Limits(max_document_seconds=seconds)
    result = headroom_nb.compress([message], model="claude-opus-5-5", limits=limits, router="rules", **choices)
    return result.documents[0]


def slow_from(number, seconds):
    def facts(raw):
        if raw.number >= number:
            time.sleep(seconds)
        return page_facts(raw)

    return facts


def test_pages_that_are_not_read_in_time_are_left_and_the_others_are_sent_as_text(monkeypatch):
    monkeypatch.setattr(read, "page_facts", slow_from(4, 3.0))
    document = sent(SIX, 6.0)
    assert [page.form for page in document.pages] == [PageForm.TEXT] * 4 + [PageForm.PAGE] * 2
    assert "pages 5-6" in document.note
    assert "max_document_seconds" in document.note
    assert document.error is None
    assert not document.exact
    before = [page.original_tokens for page in document.pages]
    assert before[5] == pytest.approx(before[0], rel=0.02)


def test_what_was_not_read_in_time_is_read_the_next_time(monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(read, "page_facts", slow_from(1, 1.0))
        assert PageForm.PAGE in {page.form for page in sent(SIX, 2.0).pages}
    assert {page.form for page in sent(SIX, 300.0).pages} == {PageForm.TEXT}


def test_scans_that_are_not_looked_at_in_time_are_left_and_named(monkeypatch):
    looked = []

    def slow(_data, page, *_):
        looked.append(page.number)
        for _ in range(1_000):
            time.sleep(0.01)
            checkpoint()

    monkeypatch.setattr(document_pages, "page_as_image", slow)
    begun = time.monotonic()
    document = sent(SCANS, 4.0)
    assert time.monotonic() - begun < 9
    assert looked == [1]
    assert [page.form for page in document.pages] == [PageForm.PAGE] * 4
    assert "pages 1-4" in document.note
    assert document.compressed_tokens == document.original_tokens


def test_a_page_that_cannot_be_drawn_stays_and_the_others_go_on(monkeypatch):
    def broken(_data, page, *_):
        raise headroom_nb.errors.DocumentError(f"page {page.number} cannot be drawn")

    monkeypatch.setattr(document_pages, "page_as_image", broken)
    document = sent(SCANS, 300.0)
    assert document.error is None
    assert {page.form for page in document.pages} == {PageForm.PAGE}


def test_a_process_of_its_own_ends_reading_with_the_time_of_its_document():
    document = sent(SIX, 0.001, ocr="isolated")
    assert document.parts == ()
    assert "max_document_seconds" in f"{document.note} {document.error}"
