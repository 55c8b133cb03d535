"""Nothing is cut off in a narrow window, or at 200 % zoom: widgets and reports, with a row opened."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import headroom_nb
from headroom_nb import demo
from headroom_nb.rendering import export
from tests.browser.plain_page import PlainPage

pytest.importorskip("anywidget")

WINDOWS = {"600 px": (600, 1), "200 % of 1280 px": (640, 2)}

PAPER = 640
"""Width that a converted notebook leaves an output on A4 or Letter, CSS pixels."""

CUT = """() => [...document.querySelectorAll('.headroom *, .headroom-nb *')].filter(each => {
  const box = each.getBoundingClientRect();
  const scrolls = each.closest('.headroom-frame, pre') !== null || getComputedStyle(each).position === 'absolute';
  return !scrolls && box.width > 1 && box.right > document.documentElement.clientWidth + 1;
}).map(each => each.outerHTML.slice(0, 100))"""
"""What reaches beyond the window; pictures at their actual pixels and long lines of text scroll by themselves."""


@pytest.fixture(scope="module")
def result():
    return headroom_nb.compress(demo.messages("openai"), model="gpt-5.6-sol", router="rules")


@pytest.fixture(params=WINDOWS)
def narrow(browser, request):
    width, scale = WINDOWS[request.param]
    page = browser.new_page(viewport={"width": width, "height": 900}, device_scale_factor=scale)
    yield page
    page.close()


def test_the_decisions_and_an_opened_row(narrow, result):
    view = headroom_nb.CompressionView(result)
    PlainPage(narrow, view).open()
    narrow.get_by_role("button", name="Compare before and after").nth(3).click()
    narrow.locator(".headroom-frame img").first.wait_for()
    assert narrow.evaluate(CUT) == []
    row = narrow.get_by_role("row").nth(1)
    left = [row.get_by_text(text, exact=True).bounding_box()["x"] for text in ("0", "receipt.png", "−50 %")]
    assert left == sorted(left)
    view.close()


def test_the_tile_explorer_with_its_folds_open(narrow):
    explorer = headroom_nb.TileExplorer([demo.picture("report.png"), demo.picture("chart.png")], "gpt-4o", "high")
    frame = PlainPage(narrow, explorer).open()
    frame.locator(".headroom-explorer:not([aria-busy])").first.wait_for()
    narrow.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert narrow.evaluate(CUT) == []
    explorer.close()


def test_the_report_with_a_row_opened(narrow, result):
    narrow.set_content(export.render(result, "html"))
    narrow.evaluate("document.querySelectorAll('details')[1].open = true")
    assert narrow.evaluate(CUT) == []


def test_no_column_is_cut_off_on_paper(browser):
    page = browser.new_page(viewport={"width": PAPER, "height": 900})
    page.emulate_media(media="print")
    for shown in (headroom_nb.compare(demo.messages("openai")), headroom_nb.estimate(demo.messages("openai"))):
        page.set_content(shown._repr_mimebundle_()["text/html"])
        assert page.evaluate(CUT) == []
    page.close()


def test_thirty_images_fit_on_a_page(browser):
    messages = [message for _ in range(6) for message in demo.messages("openai")]
    many = headroom_nb.compress(messages, model="gpt-5.6-sol", router="rules", duplicates="keep")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_content(export.render(many, "html"))
    expect(page.locator(".headroom-nb img")).to_have_count(30)
    assert page.evaluate("document.documentElement.scrollHeight") <= 1200
    page.close()
