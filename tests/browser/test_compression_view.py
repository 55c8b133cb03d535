"""The decisions of a compression in a real JupyterLab: overrule, ask again, export, reopen without a kernel."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytest.importorskip("anywidget")

SETUP = """%load_ext headroom_nb
from headroom_nb import demo
messages = demo.messages('openai')"""
CHOICE = "Technique for messages[2].content[1]"


def save(page):
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')")


def text_of(lab, name):
    """Return what the last code cell of a saved notebook printed."""
    outputs = lab.read(name).cells[-1].outputs
    return "".join(output.get("text", "") for output in outputs)


def run_again(page, number):
    """Run the last cell once more, and wait until it carries a number."""
    page.locator(".jp-CodeCell").last.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.locator(".jp-CodeCell .jp-InputPrompt", has_text=f"[{number}]:").wait_for()


def test_decisions_are_overruled_asked_again_and_exported_and_the_notebook_reads_without_a_kernel(lab, page):
    name = lab.write(
        "decisions.ipynb",
        SETUP,
        "%headroom compress messages --router rules --widget -o view",
        "for image in view.result.images: print(image.technique, image.question)",
    )
    lab.open(page, name)
    lab.run_all(page, 3)
    view = page.locator(".headroom-decisions")
    view.locator(".headroom-thumb img").first.wait_for()

    page.get_by_label(CHOICE).select_option("full_low")
    view.get_by_role("button", name="Compare before and after").nth(1).click()
    view.get_by_text("full_low, chosen manually").wait_for()
    view.get_by_role("button", name="Close").click()
    field = page.get_by_label("Question for messages[4].content[1]")
    field.fill("Which small badge is on her sleeve?")
    field.press("Enter")
    page.wait_for_function("() => !document.querySelector('[role=row][aria-busy=true]')")
    expect(field).to_have_value("Which small badge is on her sleeve?")

    page.get_by_label("Technique for messages[0].content[1]").select_option("transcode")
    page.wait_for_function("() => !document.querySelector('[role=row][aria-busy=true]')")
    view.get_by_role("button", name="Compare before and after").first.click()
    view.locator(".headroom-text").wait_for()
    view.get_by_role("button", name="Close").press("b")
    expect(page.locator(".jp-CodeCell")).to_have_count(3)  # a key typed in the view is no command to the notebook

    with page.expect_download() as download:
        view.get_by_role("button", name="Download").click()
    sent = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert sum(message["role"] == "user" for message in sent) == view.locator(".headroom-entry").count()

    run_again(page, 4)
    save(page)
    printed = text_of(lab, name)
    assert "Which small badge" in printed
    stored = (lab.folder / name).stat().st_size
    assert stored < 300_000
    assert "widgets" not in lab.read(name).metadata

    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text="Shut Down Kernel").first.click()
    lab.open(page, name)
    page.locator(".headroom-figures").wait_for()
    expect(page.locator(".headroom-did")).to_have_count(5)
    expect(page.get_by_label(CHOICE)).to_have_count(0)
    assert page.locator(".headroom-thumb img").first.evaluate("image => image.naturalWidth") > 0
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)


def test_keys_stay_in_the_view_saving_works_and_a_kernel_that_starts_anew_is_told_of(lab, page):
    name = lab.write("keys.ipynb", SETUP, "%headroom compress messages --router rules --widget", "before = 1")
    lab.open(page, name)
    lab.run_all(page, 3)
    page.set_default_timeout(60_000)
    page.locator(".headroom-thumb img").first.wait_for()
    page.locator(".jp-CodeCell").last.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("000")

    field = page.get_by_label("Question for messages[4].content[1]")
    asked = field.input_value()
    field.click()
    field.press("Control+End")
    field.press_sequentially(" bbddz")
    expect(field).to_have_value(f"{asked} bbddz")
    field.press("Control+z")  # takes back what was typed here, and nothing of the notebook's
    expect(field).not_to_have_value(f"{asked} bbddz")
    field.press("Control+a")
    field.press("Delete")
    expect(field).to_have_value("")
    field.press("Escape")
    expect(field).to_have_value(asked)
    expect(page.locator(".jp-CodeCell")).to_have_count(3)

    page.get_by_label(CHOICE).focus()
    with page.expect_response(lambda found: found.request.method == "PUT" and name in found.url):
        page.keyboard.press("Control+s")
    assert lab.read(name).cells[-1].source == "before = 1000"

    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text="Restart Kernel…").first.click()
    with page.expect_response(lambda found: "/restart" in found.url):
        page.locator(".jp-Dialog .jp-mod-accept").click()
    page.get_by_label(CHOICE).select_option("full_low")
    page.get_by_text("The kernel was started anew: run the cell again.").wait_for()
    expect(page.get_by_label(CHOICE)).to_have_value("")
