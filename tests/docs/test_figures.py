"""The figures in the docs are those in ``benchmarks/results``: the pages are rendered from them."""

from __future__ import annotations

from tests.docs.pages import ROOT
from tools import measured


def test_the_page_of_measurements_is_rendered_from_the_results():
    assert measured.PAGE.read_text("utf-8") == measured.page(), "run: python tools/measured.py"


def test_the_table_of_the_readme_is_rendered_from_the_results():
    text = measured.README.read_text("utf-8")
    assert measured.results_in_short()
    assert text == measured.readme(text), "run: python tools/measured.py"


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 130
