"""The first tutorial as a newcomer meets it: opened in JupyterLab and run from top to bottom."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import expect

TUTORIAL = Path(__file__).parents[2] / "notebooks" / "01-quickstart.ipynb"
CHOICE = "Technique for messages[0].content[1]"


def test_the_quick_start_runs_from_top_to_bottom_and_its_widget_is_alive(lab, page):
    shutil.copy(TUTORIAL, lab.folder)
    cells = sum(cell.cell_type == "code" for cell in lab.read(TUTORIAL.name).cells)
    lab.open(page, TUTORIAL.name)
    lab.run_all(page, cells)

    choice = page.get_by_label(CHOICE)
    choice.scroll_into_view_if_needed()
    choice.select_option("preserve")
    page.get_by_text("(manual)").first.wait_for()
    expect(page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)
    expect(page.locator("[data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(0)
