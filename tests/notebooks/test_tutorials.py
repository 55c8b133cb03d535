"""The tutorials run, and what is committed is what running them gives."""

from __future__ import annotations

import nbformat
import pytest

from tests.notebooks.execute import SOURCES, WIDGET, execute

MOST_BYTES = 1_000_000

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=SOURCES, ids=lambda path: path.stem)
def executed(request):
    return request.param, execute(request.param)


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def check_outputs(notebook):
    for output in outputs(notebook):
        assert output.output_type != "error", output.evalue
        assert output.get("name") != "stderr", output.text
        assert WIDGET not in output.get("data", {}), "a stored output must be readable without a kernel"
    assert "widgets" not in notebook.metadata
    assert len(nbformat.writes(notebook).encode()) < MOST_BYTES


def test_there_are_tutorials():
    assert SOURCES


def test_a_tutorial_runs_without_errors_and_without_a_word_on_stderr(executed):
    _, notebook = executed
    check_outputs(notebook)


def test_the_committed_notebook_is_the_executed_source(executed):
    check_committed(*executed)


def check_committed(source, notebook):
    committed = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    check_outputs(committed)
    assert [cell.source for cell in committed.cells] == [cell.source for cell in notebook.cells]
    assert [len(cell.get("outputs", ())) for cell in committed.cells] == [
        len(cell.get("outputs", ())) for cell in notebook.cells
    ]
