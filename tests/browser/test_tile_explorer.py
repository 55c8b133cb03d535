"""The explorer in a real JupyterLab: run, drag, keys, slide, toggle; reopened without a kernel it is a table."""

from __future__ import annotations

import json
import time

from playwright.sync_api import expect

from tests.browser.jupyter_lab import PATIENCE_S

SETUP = "import headroom_nb\nfrom headroom_nb import demo"
MAKE = "explorer = headroom_nb.TileExplorer(demo.picture('report.png'), 'gpt-4o', 'high', label='report.png')\nexplorer"
READ = "print(explorer.crop_box, explorer.size, explorer.tokens)"
MOST_BYTES = 60_000


def test_the_explorer_works_in_jupyterlab_and_leaves_a_table_behind(lab, page):
    name = lab.write("tiles.ipynb", SETUP, MAKE, READ)
    lab.open(page, name)
    lab.run_all(page, 3)
    explorer = page.locator(".headroom-explorer:not([aria-busy])")
    explorer.wait_for()
    explorer.scroll_into_view_if_needed()
    count = explorer.locator(".headroom-x-count")
    expect(count).to_have_text("765", use_inner_text=True)

    explorer.get_by_role("button", name="Crop a part").click()
    box = explorer.get_by_role("button", name="Crop of")
    before = box.get_attribute("aria-label")
    place = box.bounding_box()
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 30, y - 40, steps=5)
    page.mouse.up()
    expect(box).not_to_have_attribute("aria-label", before)

    cells = page.locator(".jp-Notebook .jp-Cell").count()
    page.keyboard.press("b")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(cells)

    slider = explorer.get_by_role("slider", name="Size sent")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    explorer.get_by_role("button", name="What the model sees").click()
    expect(explorer.get_by_role("button", name="What the model sees")).to_have_attribute("aria-pressed", "true")

    shown = count.inner_text()
    size = explorer.locator(".headroom-x-size output").inner_text()
    read_again(page)
    said = page.locator(".jp-OutputArea-output pre").last
    said.get_by_text(f"{shown})".replace(")", "")).first.wait_for()
    text = said.inner_text()
    assert text.split()[-1] == shown.replace(",", "")
    assert size.removesuffix(" px").replace("×", ", ") in text

    page.keyboard.press("Control+s")
    end = time.monotonic() + PATIENCE_S
    while not any(cell.outputs for cell in lab.read(name).cells) and time.monotonic() < end:
        page.wait_for_timeout(100)
    stored = json.dumps(lab.read(name))
    assert "application/vnd.jupyter.widget-state+json" not in stored
    assert len(stored) < MOST_BYTES
    html = next(cell.outputs[0].data["text/html"] for cell in lab.read(name).cells if "TileExplorer" in cell.source)
    assert "765 tokens on gpt-4o" in html.replace("<span>", "").replace("</span>", "")

    stop_kernels(page)
    lab.open(page, name)
    table = page.locator(".headroom-nb table").first
    table.wait_for()
    expect(table).to_contain_text("What it costs on gpt-4o", use_inner_text=True)


def stop_kernels(page):
    """End every kernel, as a restarted server would."""
    page.evaluate(
        """async () => {
          const token = document.cookie.match(/_xsrf=([^;]*)/)?.[1] ?? '';
          for (const { id } of await (await fetch('/api/sessions')).json()) {
            await fetch(`/api/sessions/${id}`, { method: 'DELETE', headers: { 'X-XSRFToken': token } });
          }
        }"""
    )


def read_again(page):
    """Run the last cell."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").last
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.locator(".jp-CodeCell .jp-InputPrompt", has_text="[4]:").wait_for()
