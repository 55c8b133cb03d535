"""Outputs in VS Code's page for notebooks, imitated: its theme, its policy, and nothing from the network."""

from __future__ import annotations

import pytest

import headroom_nb
from headroom_nb import demo
from tests.browser.axe import violations
from tests.browser.vscode_page import VsCodePage

LOADED = "() => [...document.images].every(each => each.complete && each.naturalWidth > 0)"
COLOURS = """() => {
  const shown = getComputedStyle(document.querySelector('.headroom-nb'));
  const page = getComputedStyle(document.body);
  return [shown.backgroundColor === page.backgroundColor, shown.color === page.color];
}"""


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_output_has_the_editors_colours_and_needs_nothing_from_outside(page, outputs, theme, system):
    page.emulate_media(color_scheme=system)
    host = VsCodePage(page, theme)
    for line, bundle in outputs.items():
        assert host.draw(bundle) == "text/html", line
        page.wait_for_function(LOADED)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        assert page.evaluate(COLOURS) == [True, True], line
        assert violations(page, ".headroom-nb") == "", line
    assert (host.refused, host.asked) == ([], [])


def test_a_widget_is_its_table_where_widgets_are_not_drawn(page):
    pytest.importorskip("anywidget")
    host = VsCodePage(page, "dark")
    result = headroom_nb.compress(demo.messages("openai"), model="gpt-5.6-sol", router="rules")
    for made in (headroom_nb.CompressionView(result), headroom_nb.TileExplorer(demo.picture("report.png"), "gpt-4o")):
        assert host.draw(made._repr_mimebundle_()[0]) == "text/html"
        page.wait_for_function(LOADED)
        assert page.locator(".headroom-nb table").count() >= 1
        assert page.locator(".headroom-nb img").count() >= 1
        made.close()
    assert (host.refused, host.asked) == ([], [])
