from __future__ import annotations

import zlib

import pytest

from headroom_nb import Limits
from headroom_nb.demo.pdf import Page, bars, make_pdf, report
from headroom_nb.documents.isolated import IsolatedPdf, open_document
from headroom_nb.documents.read import read_document
from headroom_nb.documents.unpacked import MOST, may_fill_the_memory
from headroom_nb.errors import DocumentError


def stream(number: int, head: str, data: bytes) -> bytes:
    return b"%d 0 obj <<%s /Length %d>> stream\n%s\nendstream endobj\n" % (number, head.encode(), len(data), data)


def flate(number: int, head: str, data: bytes) -> bytes:
    return stream(number, head + " /Filter /FlateDecode", zlib.compress(data))


def bomb() -> bytes:
    """Return a PDF of one page whose form draws itself twice."""
    plain = make_pdf([Page(("Text",), drawing="/S Do")])
    form = stream(99, "/Type /XObject /Subtype /Form /BBox [0 0 9 9]", b"/S Do /S Do 0 0 m 9 9 l S")
    body, _, _ = plain.replace(b"/Resources<<", b"/Resources<</XObject<</S 99 0 R>>").partition(b"xref\n")
    return body + form + b"trailer <</Size 100/Root 5 0 R>>\n%%EOF\n"


def test_ordinary_files_may_be_read_in_this_process():
    assert not may_fill_the_memory(report())
    assert not may_fill_the_memory(make_pdf([Page(drawing=bars((0.1, 0.9)))] * 30))
    assert not may_fill_the_memory(flate(1, "", b"BT (Hello) Tj ET\n" * 1000))
    assert not may_fill_the_memory(b"")


@pytest.mark.parametrize(
    "data",
    [
        flate(1, "", bytes(MOST + 1)),
        b"".join(flate(number, "", bytes(MOST - 1)) for number in range(20)),
        stream(1, "/Filter /LZWDecode", b"any"),
        stream(1, "/Filter [/FlateDecode /FlateDecode]", zlib.compress(zlib.compress(bytes(MOST + 1)))),
        stream(1, "/Subtype /Form", b"/X Do /X Do"),
        stream(1, "/Subtype/F#6frm", b"/X Do /X Do"),
        b"".join(
            stream(n, f"/Subtype /Form /Resources << /XObject << /X {n + 1} 0 R >> >>", b"/X Do " * 8) for n in range(9)
        ),
        stream(1, "/Subtype /Form", bytes(2**20)) + stream(2, "", b"/X Do " * 20),
        stream(1, " " * 70_000 + "/Subtype /Form", b"/X Do /X Do"),
        b"trailer << /Encrypt 4 0 R >>",
    ],
)
def test_what_may_unpack_to_much_more_is_noticed(data):
    assert may_fill_the_memory(data)


@pytest.mark.parametrize(
    "data",
    [
        stream(1, "/Subtype /Form", b"/X Do"),  # in itself, once a level
        stream(1, "/Subtype /Form /Resources << /XObject << /X 2 0 R >> >>", b"/X Do " * 500),
        flate(1, "/Subtype /Image", bytes(3 * MOST)),
        stream(1, "/Subtype /Image /Filter /DCTDecode", b"any"),
        stream(1, "/Filter [/ASCII85Decode /FlateDecode]", b"no such text"),
    ],
)
def test_what_stays_small_is_not_taken_for_it(data):
    assert not may_fill_the_memory(data)


def test_a_form_that_draws_itself_is_given_up_in_a_process_of_its_own():
    opened = open_document(bomb(), Limits(max_page_seconds=0.2))
    assert isinstance(opened, IsolatedPdf)
    with pytest.raises(DocumentError, match=r"seconds|died"):
        opened.read(1)
    found = read_document(bomb(), Limits(max_page_seconds=0.2))
    assert found.pages[0].text == ""
    assert found.pages[0].flaw
