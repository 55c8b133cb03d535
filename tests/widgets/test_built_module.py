"""What every widget sends to its page must stay small."""

import pytest

pytest.importorskip("anywidget")

from headroom_nb.widgets import base

MOST_BYTES = 62_000
"""The last: the way from one image to the next in the tile explorer, pages of documents, and how full a budget is."""


def test_the_built_module_is_within_its_budget():
    assert (base.STATIC / "widgets.js").stat().st_size <= MOST_BYTES


def test_the_module_asks_nobody_else_for_anything():
    module = (base.STATIC / "widgets.js").read_text("utf-8")
    style = (base.STATIC / "widgets.css").read_text("utf-8")
    for text in (module, style):
        assert "https://" not in text
        assert "@import" not in text
