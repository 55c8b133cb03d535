"""A notebook with reports and widgets, converted by nbconvert as the docs say."""

from __future__ import annotations

import pytest
from nbformat import v4
from traitlets.config import Config

import headroom_nb
from headroom_nb import demo

nbconvert = pytest.importorskip("nbconvert")
pytest.importorskip("anywidget")

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def result():
    return headroom_nb.compress(demo.messages("openai"), model="gpt-5.6-sol", router="rules")


def notebook(*shown):
    """A notebook with a cell for each value, as a kernel leaves it: with every form of its output."""
    cells = []
    for value in shown:
        bundle = value._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        output = v4.new_output("execute_result", dict(data), execution_count=1)
        cells.append(v4.new_code_cell("shown", execution_count=1, outputs=[output]))
    return v4.new_notebook(cells=cells)


def converted(made, exporter, priority=()):
    settings = Config({"NbConvertBase": {"display_data_priority": list(priority)}} if priority else {})
    return getattr(nbconvert, exporter)(config=settings).from_notebook_node(made)[0]


def test_html_holds_the_table_with_its_previews(result):
    page = converted(notebook(result), "HTMLExporter")
    body = page[page.index("<body") :]
    assert body.count("<tr") == 6
    assert body.count('src="data:image/webp') == 5


def test_markdown_is_a_table_without_a_style_where_it_is_asked_for(result):
    priority = ["image/png", "text/markdown", "text/plain"]
    text = converted(notebook(result), "MarkdownExporter", priority)
    assert text.count("\n| ") >= 6
    assert "receipt.png" in text
    assert "<style" not in text


@pytest.mark.parametrize("exporter", ["HTMLExporter", "MarkdownExporter"])
def test_a_table_stands_in_for_a_widget_whose_state_was_not_saved(result, exporter):
    view = headroom_nb.CompressionView(result)
    made = notebook(view)
    view.close()
    assert VIEW in made.cells[0].outputs[0].data
    text = converted(made, exporter)
    assert "receipt.png" in text
    assert "<table" in text
