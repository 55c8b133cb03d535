"""PDFs on a line of %headroom."""

from __future__ import annotations

import pytest

from headroom_nb.demo.pdf import report
from headroom_nb.errors import DocumentError
from headroom_nb.notebook.magics import HeadroomMagics  # noqa: F401 - what the shell loads
from headroom_nb.records import PageForm


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


def test_a_page_is_shown_in_the_explorer():
    pytest.importorskip("anywidget")
    from headroom_nb.widgets.tile_explorer import TileExplorer

    explorer = TileExplorer(report(), page=3)
    assert max(explorer.image_size) == 1568
    assert explorer.label.endswith("page 3")
    with pytest.raises(DocumentError, match="no page 9"):
        TileExplorer(report(), page=9)
