"""PDFs on a line of %headroom."""

from __future__ import annotations

from base64 import b64encode

import jsonschema
import pytest
from PIL import Image

import headroom_nb
from headroom_nb.demo.pdf import report
from headroom_nb.errors import DocumentError, OptionError
from headroom_nb.notebook.magics import HeadroomMagics  # noqa: F401 - what the shell loads
from headroom_nb.records import PageForm
from headroom_nb.rendering.display import to_json
from headroom_nb.rendering.report import schema


@pytest.fixture
def shell(tmp_path, monkeypatch):
    from IPython.core.interactiveshell import InteractiveShell

    from headroom_nb import load_ipython_extension, unload_ipython_extension

    monkeypatch.chdir(tmp_path)
    (tmp_path / "report.pdf").write_bytes(report())
    found = InteractiveShell.instance()
    load_ipython_extension(found)
    yield found
    unload_ipython_extension(found)


def test_a_pdf_is_compressed_for_a_question(shell):
    line = 'compress report.pdf --question "What does page 4 say?" --model claude-opus-5-5'
    result = shell.run_line_magic("headroom", line)
    (document,) = result.documents
    assert document.name == "report.pdf"
    assert [page.number for page in document.pages if page.form is not PageForm.LEFT_OUT] == [4]


def test_pages_are_named_on_the_line(shell):
    result = shell.run_line_magic("headroom", "compress report.pdf --pages 1,3 --model claude-opus-5-5")
    assert [page.number for page in result.documents[0].pages if page.form is not PageForm.LEFT_OUT] == [1, 3]


def test_a_pdf_is_estimated_and_compared(shell):
    estimate = shell.run_line_magic("headroom", "estimate report.pdf --model gemini-3.5-flash")
    assert estimate.tokens == 6 * 560
    comparison = shell.run_line_magic("headroom", "compare report.pdf --models gemini-3.5-flash,gemini-2.5-flash")
    assert {line.tokens for line in comparison.lines} == {6 * 560, 6 * 258}
    assert comparison.counted == "1 document"
    assert str(comparison).startswith("1 document on 2 models")


def test_a_page_is_shown_in_the_explorer():
    pytest.importorskip("anywidget")
    from headroom_nb.widgets.tile_explorer import TileExplorer

    explorer = TileExplorer(report(), page=3)
    assert max(explorer.image_size) == 1568
    assert explorer.label.endswith("page 3")
    with pytest.raises(DocumentError, match="no page 9"):
        TileExplorer(report(), page=9)


@pytest.fixture
def tiff(tmp_path):
    """Return the path of a TIFF of three pages, each of a size of its own."""
    pages = [Image.new("RGB", (300 + 10 * number, 200), (255, 255 - 40 * number, 255)) for number in range(1, 4)]
    path = tmp_path / "scan.tiff"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    return path


def of_tiff(*images):
    return headroom_nb.compress([headroom_nb.user_message("What is it?", *images, provider="openai")], router="rules")


def test_a_tiff_is_one_document_row_with_its_pages_folded_in_and_each_keeps_its_name(tiff):
    result = of_tiff(tiff)
    table = result.table()
    (row,) = table.rows
    assert row[0] == "0–2"
    assert "scan.tiff, 3 pages" in str(result)
    assert all(f"{number}: as image" in row[1].html for number in (1, 2, 3))
    assert row[1].html.count("<img") == 3
    assert [result.name_of(image) for image in result.images] == [f"scan.tiff, page {number}" for number in (1, 2, 3)]


def test_a_report_has_one_entry_for_a_tiff_with_a_grid_of_its_pages_and_counts_it_once(tiff):
    result = of_tiff(tiff)
    made = to_json(result)
    jsonschema.validate(made, schema())
    (document,) = made["documents"]
    assert (document["name"], document["page_count"], document["images"]) == ("scan.tiff", 3, [0, 1, 2])
    assert [page["page"] for page in document["pages"]] == [1, 2, 3]
    assert sum(page["original_tokens"] for page in document["pages"]) == made["totals"]["original_tokens"]
    assert made["totals"]["documents"] == 1
    assert made["totals"]["images"] == 3


def test_other_images_keep_rows_of_their_own_beside_a_tiff_in_the_order_that_is_wanted(tiff, tmp_path):
    alone = tmp_path / "alone.png"
    Image.new("RGB", (1600, 1600), "white").save(alone)
    result = of_tiff(alone, tiff, alone, tiff, tiff)
    assert [row[0] for row in result.table().rows] == ["0", "1–3", "4", "5–7", "8–10"]
    assert {row[0] for row in result.table("tokens").rows} == {"0", "1–3", "4", "5–7", "8–10"}


def test_a_tiff_with_two_blank_pages_is_still_one_row(tmp_path):
    path = tmp_path / "blank.tiff"
    pages = [Image.new("L", (300, 400), shade) for shade in (255, 0, 255, 90)]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    assert [row[0] for row in of_tiff(path).table().rows] == ["0–3"]


def test_the_totals_of_a_report_count_documents_and_what_was_given_up_in_them():
    result = headroom_nb.compress(
        [headroom_nb.user_message("What does page 2 say?", report(), provider="anthropic")], router="rules"
    )
    totals = to_json(result)["totals"]
    assert totals["documents"] == 1
    assert totals["original_tokens"] == result.documents[0].original_tokens
    assert totals["free_tokens"] + totals["traded_tokens"] == result.documents[0].saved_tokens > 0


def test_a_page_of_a_tiff_is_shown_in_the_explorer(tiff):
    pytest.importorskip("anywidget")
    from headroom_nb.widgets.tile_explorer import TileExplorer

    explorer = TileExplorer(str(tiff), page=3)
    assert explorer.image_size == (330, 200)
    assert explorer.label.endswith("scan.tiff, page 3")
    assert TileExplorer(str(tiff)).image_size == (310, 200)
    with pytest.raises(DocumentError, match="no page 4"):
        TileExplorer(str(tiff), page=4)


def magic(shell, line):
    return shell.run_line_magic("headroom", line)


def test_route_says_what_is_done_with_a_pdf_without_a_model(shell):
    shown = str(magic(shell, "route report.pdf"))
    assert "6 pages" in shown
    assert "as text" in shown
    assert "Nothing was changed" in shown


def test_view_shows_the_pages_of_a_pdf_with_what_each_costs_in_its_block(shell):
    estimate = headroom_nb.estimate("report.pdf", "claude-opus-5-5").tokens
    whole = magic(shell, "view report.pdf --model claude-opus-5-5")
    assert len(whole.images) == 6
    assert sum(view.cost.tokens for view in whole.views) == estimate
    some = magic(shell, "view report.pdf --page 2-3 --model claude-opus-5-5")
    assert [view.label for view in some.views] == ["report.pdf, page 2", "report.pdf, page 3"]
    assert [view.cost for view in some.views] == [view.cost for view in whole.views[1:3]]
    with pytest.raises(OptionError, match="6 pages"):
        magic(shell, "view report.pdf --page 9")


def test_view_says_why_a_pdf_cannot_be_shown(shell, tmp_path):
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    (view,) = magic(shell, "view broken.pdf").views
    assert view.image is None
    assert "PDF" in view.note


def test_view_shows_the_pages_of_a_tiff_that_are_asked_for(shell, tiff):
    assert tiff.name == "scan.tiff"
    shown = magic(shell, "view scan.tiff --page 2,3").views
    assert [view.label for view in shown] == ["scan.tiff, page 2", "scan.tiff, page 3"]


def test_tiles_opens_the_page_of_a_pdf_that_is_asked_for(shell, monkeypatch):
    pytest.importorskip("anywidget")
    assert magic(shell, "tiles report.pdf --page 3").label == "report.pdf, page 3"
    monkeypatch.setattr("headroom_nb.notebook.tiles._widgets_work", lambda: False)
    assert "report.pdf, page 3" in str(magic(shell, "tiles report.pdf --page 3"))
    with pytest.raises(OptionError):
        magic(shell, "tiles report.pdf --page 0")


def test_documents_that_cannot_be_read_are_counted_as_documents(shell, tmp_path):
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    assert magic(shell, "estimate *.pdf").documents == 2
    found = magic(shell, "check broken.pdf --model gpt-5.6-sol")
    (one,) = [use for use in found.limits if use.limit == "bytes of a document"]
    assert one.used == len(b"%PDF-1.7 nothing")


def test_a_bill_counts_the_pdfs_of_a_notebook_as_documents():
    shown = {"application/pdf": b64encode(report()).decode("ascii")}
    output = {"output_type": "display_data", "metadata": {}, "data": shown}
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": "", "outputs": [output]}
    bill = headroom_nb.bill({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    assert bill.counted == "1 document"
    assert "text" in bill.lines[0].technique
