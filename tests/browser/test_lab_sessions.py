"""What happens to kernels and notebooks while the extension looks at them."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from tests.support import gradient, openai_message, png

LOADED = """\
%load_ext headroom_nb
import headroom_nb
from PIL import Image
picture = Image.linear_gradient("L").resize((1030, 512)).convert("RGB")
messages = [headroom_nb.user_message("What is this?", picture)]
result = %headroom compress messages --model gpt-4o --router rules --quality safe
"""
FAILS = """\
import pathlib, time
while not pathlib.Path("go").exists():
    time.sleep(0.05)
raise ValueError("on purpose")
"""
SAVED = re.compile(r"Headroom: ≈?294 tokens · ≈?\$0\.00074 saved")


def idle(page):
    page.locator("#jp-main-statusbar", has_text="| Idle").wait_for()


def test_savings_are_seen_though_a_later_cell_failed_and_after_a_restart_while_asked(lab, page):
    name = lab.write("failing.ipynb", LOADED, FAILS, "x = 1")
    lab.open(page, name)
    idle(page)
    lab.command(page, "notebook:run-all-cells")
    page.locator(".jp-CodeCell .jp-InputPrompt", has_text="[1]:").wait_for()
    (lab.folder / "go").touch()  # only now the second cell fails, and takes along what waits behind it
    page.locator("#headroom-status", has_text=SAVED).wait_for()

    (lab.folder / "go").unlink()
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.locator("#headroom-status").wait_for(state="hidden")
    idle(page)
    lab.command(page, "notebook:run-all-cells")
    page.locator(".jp-CodeCell .jp-InputPrompt", has_text="[1]:").wait_for()
    # the question whether the package is loaded waits behind the cell, and dies with the kernel
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.locator(".jp-CodeCell .jp-InputPrompt", has_text="[ ]:").first.wait_for()
    idle(page)
    page.locator(".jp-CodeCell").first.locator(".jp-InputArea-editor").click()
    lab.command(page, "notebook:run-cell")
    page.locator("#headroom-status", has_text=SAVED).wait_for()


def test_the_mode_that_a_line_switched_and_a_batch_are_in_the_status_bar(lab, page):
    (lab.folder / "in.jsonl").write_text(json.dumps([openai_message("", png(gradient(1030, 512)))]) + "\n")
    client = "import openai\nclient = openai.OpenAI(api_key='none', base_url='http://127.0.0.1:9/v1')"
    batch = "%headroom batch in.jsonl out.jsonl --model gpt-4o --router rules --quality safe"
    name = lab.write("switched.ipynb", f"%load_ext headroom_nb\n{client}\ntable = %headroom auto on", batch)
    lab.open(page, name)
    lab.run_all(page, 2)
    page.locator("#headroom-status", has_text=re.compile(r"Headroom \(auto\): ≈?198 tokens")).wait_for()
    assert page.evaluate("jupyterapp.commands.isToggled('headroom:toggle-auto')")
    # two presses, one after the other: on again in the end, and each is answered
    lab.command(page, "headroom:toggle-auto")
    lab.command(page, "headroom:toggle-auto")
    page.get_by_text("Automatic compression was on").first.wait_for()
    page.get_by_text("Automatic compression is on").first.wait_for()
    assert page.evaluate("jupyterapp.commands.isToggled('headroom:toggle-auto')")


def test_the_bill_follows_a_notebook_s_name_and_commands_without_a_kernel_say_so(lab, page):
    name = lab.write("before.ipynb", "messages = [{'role': 'user', 'content': 'text'}]")
    lab.open(page, name)
    idle(page)
    lab.command(page, "headroom:show-bill")
    panel = page.get_by_role("region", name="What this notebook’s images cost")
    panel.get_by_text("There are no images in the outputs of before.ipynb.").wait_for()
    renamed = "né w 100% 'x'.ipynb"
    page.evaluate("name => jupyterapp.shell.currentWidget.context.rename(name)", renamed)
    panel.get_by_text(f"There are no images in the outputs of {renamed}.").wait_for()

    lab.command(page, "headroom:open-last-report")
    page.get_by_text("This notebook holds no report yet").wait_for()
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.locator("#jp-main-statusbar", has_text="No Kernel").wait_for()
    lab.command(page, "headroom:compress-cell")
    page.get_by_text("This notebook has no kernel").wait_for()
    lab.command(page, "headroom:toggle-auto")
    page.get_by_text("The notebook has no kernel, or").wait_for()
    expect(page.locator(".jp-CodeCell")).to_have_count(1)


def test_a_copy_that_is_stopped_is_not_written(lab, page):
    folder = lab.folder / "stopped"
    folder.mkdir()
    wide = gradient(1130, 512)
    pictures = (png(wide.crop((0, 0, 1030 + number, 512)), compress_level=1) for number in range(100))
    lines = (json.dumps([openai_message("", picture)]) + "\n" for picture in pictures)
    (folder / "many.jsonl").write_text("".join(lines))
    lab.open(page, "stopped")
    lab.choose(page, "many.jsonl", "Compress a Copy")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text("No copy of many.jsonl was written.").wait_for()
    assert [file.name for file in folder.iterdir() if "smaller" in file.name] == []
