"""Commands for notebooks, the session's savings in the status bar, the bill beside the notebook."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

CLIENT = "import openai\nclient = openai.OpenAI(api_key='none', base_url='http://127.0.0.1:9/v1')"
MESSAGES = """\
import headroom_nb
from PIL import Image
picture = Image.linear_gradient("L").resize((1030, 512)).convert("RGB")
messages = [headroom_nb.user_message("What is this?", picture)]
"""
FIGURE = "from IPython.display import Image as Shown, display\ndisplay(picture)"


def idle(page):
    page.locator("#jp-main-statusbar", has_text="| Idle").wait_for()


def press_button(page, cell):
    page.locator(".jp-CodeCell").nth(cell).locator(".jp-InputArea-editor").click()
    page.locator(".jp-CodeCell").nth(cell).locator("[data-jp-item-name='headroom-compress']").click()


def test_a_cell_s_message_list_is_compressed_below_it_and_the_savings_are_in_the_status_bar(lab, page):
    name = lab.write("cells.ipynb", MESSAGES, "x = 1", CLIENT)
    lab.open(page, name)
    idle(page)
    status = page.locator("#headroom-status")
    expect(status).to_be_hidden()

    page.locator(".jp-CodeCell").nth(1).locator(".jp-InputArea-editor").click()
    expect(page.locator(".jp-CodeCell").nth(1).locator("[data-jp-item-name='headroom-compress']")).to_be_hidden()
    press_button(page, 0)
    page.locator(".jp-OutputArea").get_by_role("region", name="Headroom report").wait_for()
    inserted = page.locator(".jp-CodeCell").nth(1).locator(".cm-content")
    assert inserted.inner_text().splitlines() == ["%load_ext headroom_nb", "%headroom compress messages"]
    status.wait_for()
    expect(status).to_contain_text("tokens", use_inner_text=True)
    expect(status).to_contain_text("saved", use_inner_text=True)
    expect(status).to_have_attribute("title", re.compile("image tokens"))

    press_button(page, 0)  # the same cell again: nothing is inserted twice
    page.locator(".jp-CodeCell .jp-InputPrompt", has_text="[3]:").wait_for()
    expect(page.locator(".jp-CodeCell")).to_have_count(4)

    lab.command(page, "headroom:toggle-auto")
    page.get_by_text("no variable is a client").first.wait_for()
    page.locator(".jp-CodeCell").nth(3).locator(".jp-InputArea-editor").click()
    lab.command(page, "notebook:run-cell")
    page.locator(".jp-CodeCell .jp-InputPrompt", has_text="[4]:").wait_for()
    lab.command(page, "headroom:toggle-auto")
    page.get_by_text("Automatic compression is on").first.wait_for()
    page.locator("#headroom-status", has_text="(auto)").wait_for()

    page.reload()  # a page that meets a kernel finds what it saved
    page.locator("#headroom-status", has_text="(auto)").wait_for()
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    status.wait_for(state="hidden")


def test_the_bill_follows_the_notebook_s_outputs(lab, page):
    name = lab.write("bill.ipynb", MESSAGES, FIGURE)
    lab.open(page, name)
    idle(page)
    lab.command(page, "headroom:show-bill")
    panel = page.get_by_role("region", name="What this notebook’s images cost")
    panel.get_by_text("There are no images in the outputs of bill.ipynb.").wait_for()
    lab.run_all(page, 2)
    panel.get_by_text("1 image in bill.ipynb").wait_for()
    panel.get_by_role("combobox", name="Model").select_option("gpt-4o")
    expect(panel).to_contain_text("595 tokens", use_inner_text=True)
    panel.get_by_role("button", name="Cell 2").click()
    page.locator(".jp-CodeCell.jp-mod-active").get_by_text("display(picture)").wait_for()
    lab.command(page, "notebook:clear-all-cell-outputs")
    panel.get_by_text("There are no images").wait_for()


def test_settings_choose_the_model_and_its_price_and_take_contributions_away(lab, page):
    name = lab.write("settings.ipynb", MESSAGES, FIGURE)
    lab.open(page, name)
    idle(page)
    chosen = {"model": "gpt-4o", "prices": {"gpt-4o": 1000}, "contributions": {"sidePanel": True, "cellButton": False}}
    save = "settings => jupyterapp.serviceManager.settings.save('headroom-nb:plugin', JSON.stringify(settings))"
    page.evaluate(save, chosen)
    page.reload()
    idle(page)
    lab.run_all(page, 2)
    page.locator(".jp-CodeCell").first.locator(".jp-InputArea-editor").click()
    expect(page.locator("[data-jp-item-name='headroom-compress']").first).to_be_hidden()
    lab.command(page, "headroom:show-bill")
    panel = page.get_by_role("region", name="What this notebook’s images cost")
    panel.get_by_text("$0.60").first.wait_for()
    page.evaluate(save, {**chosen, "contributions": {"sidePanel": False}})
    page.reload()
    idle(page)
    expect(page.locator("[data-id='headroom-bill']")).to_have_count(0)
    page.evaluate(save, json.loads("{}"))
