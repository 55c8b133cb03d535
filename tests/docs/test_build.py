"""The documentation builds without a warning and without network, and covers every public name."""

from __future__ import annotations

import re

import pytest

import headroom_nb

pytestmark = pytest.mark.slow

ELSEWHERE = re.compile(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"(?:https?:)?//[^\"]+\"")


def test_every_public_name_has_its_page(built_docs):
    pages = {page.stem.removeprefix("headroom_nb.") for page in (built_docs / "reference" / "api").glob("*.html")}
    assert pages == {name for name in headroom_nb.__all__ if not name.startswith("_")}


def test_no_page_loads_anything_from_elsewhere(built_docs):
    for page in built_docs.rglob("*.html"):
        assert ELSEWHERE.findall(page.read_text("utf-8")) == [], page
