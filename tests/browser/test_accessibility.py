"""No output, widget, panel, report or page of the docs has a fault that axe-core finds, in light and in dark."""

from __future__ import annotations

import json

import pytest

import headroom_nb
from headroom_nb import demo
from headroom_nb.rendering import export
from tests.browser.axe import violations
from tests.browser.plain_page import PlainPage
from tests.browser.vscode_page import THEMES as VSCODE

pytest.importorskip("anywidget")

SCHEMES = ("light", "dark")


@pytest.fixture(scope="module")
def result():
    return headroom_nb.compress(demo.messages("openai"), model="gpt-5.6-sol", router="rules")


def show(page, scheme, html):
    page.emulate_media(color_scheme=scheme)
    page.set_content(html)


def shown(page, widget, scheme, host):
    """Open a widget in a plain page, with the colours of VS Code where that is the host."""
    page.emulate_media(color_scheme=scheme)
    theme = VSCODE[scheme] if host == "vscode" else ""
    return PlainPage(page, widget, theme=theme, attributes=f'class="vscode-{scheme}"').open()


def open_folds(page):
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_output_in_a_page_of_its_own(page, outputs, scheme):
    for line, bundle in outputs.items():
        show(page, scheme, f'<!DOCTYPE html><html lang="en"><title>x</title><body>{bundle["text/html"]}')
        open_folds(page)
        assert violations(page, ".headroom-nb") == "", line


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_exported_report(page, result, scheme, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(export.render(result, "html"), encoding="utf-8")
    page.emulate_media(color_scheme=scheme)
    page.goto(file.as_uri())
    open_folds(page)
    assert violations(page) == ""


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("host", ["plain", "vscode"])
def test_the_decisions(page, result, scheme, host):
    view = headroom_nb.CompressionView(result)
    shown(page, view, scheme, host)
    page.locator(".headroom-thumb img").first.wait_for()
    assert violations(page, ".headroom") == ""
    page.get_by_role("button", name="Compare before and after").nth(1).click()
    page.locator(".headroom-frame img").first.wait_for()
    open_folds(page)
    assert violations(page, ".headroom") == ""
    view.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("host", ["plain", "vscode"])
def test_the_tile_explorer(page, scheme, host):
    explorer = headroom_nb.TileExplorer(demo.picture("report.png"), "gpt-4o", "high", question="Who is asked?")
    frame = shown(page, explorer, scheme, host)
    frame.locator(".headroom-explorer:not([aria-busy])").first.wait_for()
    frame.get_by_role("button", name="Crop a part").click()
    open_folds(page)
    assert violations(page, ".headroom") == ""
    explorer.close()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_the_extension_draws_in_jupyterlab(lab, page, result, scheme):
    from nbformat import v4

    name = lab.write(f"axe-{scheme}.ipynb", "%headroom compress messages", "%headroom estimate messages")
    notebook = lab.read(name)
    shown = (result, headroom_nb.estimate(demo.messages("openai"), model="gpt-4o"))
    for cell, each in zip(notebook.cells, shown, strict=True):
        data = dict(each._repr_mimebundle_())
        cell.update(execution_count=1, outputs=[v4.new_output("execute_result", data, execution_count=1)])
    (lab.folder / name).write_text(json.dumps(notebook), encoding="utf-8")
    (lab.folder / "page.png").write_bytes(demo.picture("report.png"))
    lab.open(page, name)
    page.locator(".jp-OutputArea .headroom-decisions").wait_for()
    lab.change_theme(page, scheme)
    page.locator(".headroom-entry button").first.click()
    assert violations(page, ".headroom-decisions", ".headroom-nb") == ""

    lab.command(page, "headroom:show-bill")
    page.locator(".headroom-lab-side .headroom-bill").wait_for()
    lab.command(page, "filebrowser:open-path", path="page.png")
    page.locator(".jp-ImageViewer img").wait_for()
    lab.choose(page, "page.png", "Estimate Vision Tokens")
    page.get_by_role("region", name="What page.png costs").get_by_role("figure").wait_for()
    assert violations(page, ".headroom-lab-side", ".headroom-lab-tab") == ""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_of_the_docs(page, built_docs, scheme):
    page.emulate_media(color_scheme=scheme)
    found = {}
    for file in sorted(built_docs.rglob("*.html")):
        if file.parent.name == "api" and file.stem != "headroom_nb.compress":
            continue  # one of the pages that one template makes
        page.goto(file.as_uri())
        found[file.name] = violations(page)
    assert {name: each for name, each in found.items() if each} == {}


DECISIONS_HEARD = """
- strong: /[\\d,]+ → ≈?[\\d,]+/
- text: /image tokens, 5 images/
- group "All images":
  - combobox "Which images"
  - combobox "Technique for them"
  - button "Apply"
  - group "Changes":
    - button "Undo" [disabled]
    - button "Redo" [disabled]
  - combobox "Export format"
- combobox "Order of the rows"
- checkbox "only where detail was given up"
- table "Decisions, image by image":
  - rowgroup:
    - row:
      - columnheader "Image"
      - columnheader "What was done"
      - columnheader "Risk"
  - rowgroup:
    - row:
      - cell "0"
      - cell:
        - button /Compare before and after/
        - text: receipt.png
      - cell:
        - textbox "Question for messages[0].content[1]"
      - cell:
        - combobox "Technique for messages[0].content[1]"
"""
COMPARISON_HEARD = """
- 'region "Before and after: chart.png"':
  - button "Close"
  - button "What the model sees" [pressed]
  - img /Before/
  - img /After/
  - slider "Divider between before and after"
  - region /Tokens and risk of every form/:
    - group /Forms of/:
      - button /sent/ [pressed]
    - table "Forms, from few tokens to many"
"""
EXPLORER_HEARD = """
- region "What the image costs":
  - toolbar "Image and bill":
    - combobox "Model"
    - combobox "Detail level"
    - button "What the model sees"
    - button /take the crop away/
    - group "Zoom":
      - button "Zoom out"
      - button /show the whole image/
      - button "Zoom in"
  - group /the image, 1240×1640 px/:
    - img:
      - button /Crop of/
      - slider "Left side of the crop"
      - slider "Top side of the crop"
      - slider "Right side of the crop"
      - slider "Bottom side of the crop"
  - textbox "Question"
  - button "Find the part"
  - status /Size sent/
  - slider "Size sent"
  - status: /tokens on gpt-4o/
"""


def test_what_a_screen_reader_is_told_of_the_decisions(page, result):
    from playwright.sync_api import expect

    view = headroom_nb.CompressionView(result)
    shown(page, view, "light", "plain")
    page.locator(".headroom-thumb img").first.wait_for()
    expect(page.locator(".headroom").first).to_match_aria_snapshot(DECISIONS_HEARD)
    page.get_by_role("button", name="Compare before and after").nth(1).click()
    page.locator(".headroom-frame img").first.wait_for()
    expect(page.locator(".headroom-detail")).to_match_aria_snapshot(COMPARISON_HEARD)
    view.close()


def test_what_a_screen_reader_is_told_of_the_tile_explorer(page):
    from playwright.sync_api import expect

    explorer = headroom_nb.TileExplorer(demo.picture("report.png"), "gpt-4o", "high", question="Who is asked?")
    frame = shown(page, explorer, "light", "plain")
    frame.locator(".headroom-explorer:not([aria-busy])").first.wait_for()
    frame.get_by_role("button", name="Crop a part").click()
    expect(page.locator(".headroom").first).to_match_aria_snapshot(EXPLORER_HEARD)
    explorer.close()
