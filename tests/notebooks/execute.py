"""Writes the executed notebook beside each tutorial, or beside those that are named."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

WIDGET = "application/vnd.jupyter.widget-view+json"
FOLDER = Path(__file__).parents[2] / "notebooks"

ELSEWHERE = {"07-your-framework"}
"""Run in an environment that has the frameworks; see ``tests/frameworks``."""

SOURCES = [path for path in sorted(FOLDER.glob("*.py")) if path.stem not in ELSEWHERE]


def execute(source: Path) -> nbformat.NotebookNode:
    """Return a tutorial with its outputs; the same source gives the same cell ids."""
    notebook = jupytext.read(source)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = hashlib.sha256(f"{number} {cell.source}".encode()).hexdigest()[:8]
    NotebookClient(
        notebook,
        timeout=300,
        record_timing=False,
        coalesce_streams=True,  # a busy machine hands lines over one by one
        resources={"metadata": {"path": str(FOLDER)}},
    ).execute()
    for cell in notebook.cells:
        if "outputs" in cell:  # a progress line was there for a while, or not
            cell.outputs = [output for output in cell.outputs if output.get("data") != {}]
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        output.get("data", {}).pop(WIDGET, None)  # a live view ends with its kernel; its table stays
    notebook.metadata = {
        "kernelspec": notebook.metadata["kernelspec"],
        "language_info": {"name": "python"},
    }
    return notebook


if __name__ == "__main__":
    for tutorial in [FOLDER / f"{name}.py" for name in sys.argv[1:]] or SOURCES:
        nbformat.write(execute(tutorial), tutorial.with_suffix(".ipynb"))
