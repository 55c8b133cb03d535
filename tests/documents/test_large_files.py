"""A large document is held once, however it is given; measured by ratio on one of 24 megabytes."""

from __future__ import annotations

import subprocess
import tracemalloc

import pytest

import headroom_nb
from headroom_nb import Limits
from headroom_nb.documents.isolated import IsolatedPdf, open_document
from headroom_nb.documents.unpacked import may_fill_the_memory

SIZE = 24 * 2**20
ONCE = 1.15
"""Most of its own size that counting a document may take: itself, and what is small beside it."""


def pdf_with(image: bytes) -> bytes:
    """Return a PDF of one page, with an image that nothing draws."""
    content = b"BT /F 12 Tf 72 700 Td (The harbour was dredged in 1887.) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 612 792]>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        image,
    ]
    file, places = [b"%PDF-1.7\n"], []
    for number, each in enumerate(objects, 1):
        places.append(sum(map(len, file)))
        file.append(b"%d 0 obj\n%s\nendobj\n" % (number, each))
    start = sum(map(len, file))
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    file.append(
        b"xref\n0 7\n0000000000 65535 f \n%strailer\n<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (table, start)
    )
    return b"".join(file)


@pytest.fixture(scope="module")
def large() -> bytes:
    head = b"<</Type/XObject/Subtype/Image/Width 9/Height 9/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/DCTDecode"
    return pdf_with(head + b"/Length %d>>\nstream\n%s\nendstream" % (SIZE, bytes(range(256)) * (SIZE // 256)))


def peak_of(work) -> float:
    """Return the most that a call holds of the large file's size, beside what it was given."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / SIZE
    finally:
        tracemalloc.stop()


@pytest.fixture(autouse=True)
def _everything_is_loaded():
    headroom_nb.estimate(pdf_with(b"null"), model="claude-opus-5-5")


def test_a_file_is_read_once(large, tmp_path):
    path = tmp_path / "large.pdf"
    path.write_bytes(large)
    assert peak_of(lambda: headroom_nb.estimate(path, model="claude-opus-5-5")) < ONCE
    assert headroom_nb.estimate(path, model="claude-opus-5-5").documents == 1


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("anthropic", "claude-opus-5-5"),
        ("openai", "gpt-5.6-sol"),
        ("openai_responses", "gpt-5.6-sol"),
        ("google", "gemini-3.5-flash"),
    ],
)
def test_the_base64_of_a_message_is_not_copied(large, provider, model):
    messages = [headroom_nb.user_message("When was the harbour dredged?", large, provider=provider)]
    counted = []
    assert peak_of(lambda: counted.append(headroom_nb.estimate(messages, model=model))) < ONCE
    assert counted[0].documents == 1
    assert counted[0].now.tokens > 0
    assert peak_of(lambda: headroom_nb.check(messages, model=model)) < ONCE


def test_a_process_of_its_own_maps_a_large_file(large, monkeypatch):
    handed = []
    start = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda *given, **more: handed.append(more["stdin"]) or start(*given, **more)
    )
    opened = open_document(large, Limits(), isolated=True)
    assert isinstance(opened, IsolatedPdf)
    assert "1887" in opened.read(1).text
    assert handed
    assert subprocess.PIPE not in handed
    assert peak_of(lambda: open_document(large, Limits(), isolated=True)) < 1


def test_an_ordinary_large_file_is_read_here(large):
    assert not may_fill_the_memory(large)


def test_where_no_temporary_file_can_be_written_the_document_is_left(large, monkeypatch):
    from headroom_nb.documents import isolated

    def full():
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(isolated.tempfile, "TemporaryFile", full)
    with pytest.raises(headroom_nb.HeadroomError, match="No space left"):
        open_document(large, Limits(), isolated=True)
