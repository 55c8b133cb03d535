"""PDFs on a line of %headroom."""

from __future__ import annotations

import jsonschema
import pytest
from PIL import Image

import headroom_nb
from headroom_nb.demo.pdf import report
from headroom_nb.errors import DocumentError
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
