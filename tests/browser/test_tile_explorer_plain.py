"""The explorer in a plain page: pointer, keys, figures, both ways between page and Python."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from headroom_nb import TileExplorer, demo
from headroom_nb.costs import estimate
from headroom_nb.widgets import explorer_answers
from tests.browser.plain_page import PlainPage

VSCODE = """
body { background: var(--vscode-editor-background) }
html { --vscode-editor-background: rgb(30, 30, 30); --vscode-foreground: rgb(204, 204, 204);
  --vscode-descriptionForeground: rgb(157, 157, 157); --vscode-focusBorder: rgb(0, 120, 212); }
"""


@pytest.fixture
def explorer():
    found = TileExplorer(demo.picture("report.png"), "gpt-4o", "high", label="report.png")
    yield found
    found.close()


@pytest.fixture
def plain(page, explorer):
    return PlainPage(page, explorer)


def ready(frame):
    """Wait until the picture is there."""
    frame.locator(".headroom-explorer:not([aria-busy])").first.wait_for()


def state_of(explorer):
    names = ("crop_box", "long_side", "image_size", "label", "question", "place")
    return {name: getattr(explorer, name) for name in names}


def settle(page):
    """Let frames be drawn, and what they changed be told."""
    page.evaluate("new Promise(go => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(go, 250))))")


def centre(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_it_shows_what_python_says(plain, explorer):
    frame = plain.open()
    ready(frame)
    total = frame.locator(".headroom-x-total")
    expect(total).to_contain_text("765 tokens", use_inner_text=True)
    expect(total).to_contain_text("$0.0019", use_inner_text=True)
    facts = frame.locator(".headroom-x-facts").inner_text()
    assert "768×1015 px" in facts
    assert "2 × 2 = 4 tiles, 512 px" in facts
    assert re.search(r"15\.[5-9] px, reads well", facts)
    assert explorer.tokens == 765


def test_the_next_image_is_one_press_away_and_the_one_before_too(page):
    found = TileExplorer([demo.picture("report.png"), demo.picture("chart.png")], "gpt-4o", "high")
    plain = PlainPage(page, found)
    found.observe(lambda _: plain.push(**state_of(found)), "place")
    frame = plain.open()
    ready(frame)
    expect(frame.get_by_role("button", name="Previous")).to_be_disabled()
    frame.get_by_role("button", name="Crop a part").click()
    frame.get_by_role("button", name="Next").click()
    frame.get_by_role("group", name="1200×750 px").wait_for()
    ready(frame)
    assert (found.place, found.crop_box) == (1, None)
    expect(frame.get_by_role("button", name="Next")).to_be_disabled()
    frame.get_by_label("Image", exact=True).select_option(index=0)
    frame.get_by_role("group", name="1240×1640 px").wait_for()
    assert found.place == 0
    found.close()


def test_a_dragged_crop_box_changes_the_bill_at_once_and_reaches_python(plain, explorer, page):
    frame = plain.open()
    ready(frame)
    frame.get_by_role("button", name="Crop a part").click()
    box = frame.get_by_role("button", name="Crop of")
    before = explorer.crop_box
    x, y = centre(box)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 30, steps=4)
    page.mouse.up()
    settle(page)
    after = explorer.crop_box
    assert after[0] > before[0]
    assert after[1] > before[1]
    assert (after[2] - after[0], after[3] - after[1]) == (before[2] - before[0], before[3] - before[1])
    shown = frame.locator(".headroom-x-count").inner_text()
    assert shown == f"{explorer.tokens:,}"


def test_a_side_moves_by_keys_and_shift_moves_it_further(plain, explorer, page):
    explorer.crop_box = (100, 100, 700, 900)
    frame = plain.open()
    ready(frame)
    side = frame.get_by_role("slider", name="Left side of the crop")
    side.focus()
    page.keyboard.press("ArrowRight")
    settle(page)
    small = explorer.crop_box[0] - 100
    page.keyboard.press("Shift+ArrowRight")
    settle(page)
    assert explorer.crop_box == (100 + small + 10 * small, 100, 700, 900)
    expect(side).to_have_attribute("aria-valuenow", str(explorer.crop_box[0]))
    frame.get_by_role("button", name="Crop of").focus()
    page.keyboard.press("ArrowDown")
    settle(page)
    assert explorer.crop_box[1::2] == (100 + small, 900 + small)
    page.keyboard.press("Delete")
    settle(page)
    assert explorer.crop_box is None


def test_a_corner_resizes_and_a_drag_on_the_picture_draws(plain, explorer, page):
    frame = plain.open()
    ready(frame)
    stage = frame.get_by_role("group", name="report.png, 1240×1640 px")
    x, y = centre(stage)
    page.mouse.move(x - 200, y - 100)
    page.mouse.down()
    page.mouse.move(x, y + 50, steps=3)
    page.mouse.up()
    settle(page)
    drawn = explorer.crop_box
    assert drawn is not None
    corner = frame.locator(".headroom-x-corner-falling").nth(1)
    x, y = centre(corner)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 30, steps=3)
    page.mouse.up()
    settle(page)
    assert explorer.crop_box[:2] == drawn[:2]
    assert explorer.crop_box[2] > drawn[2]


def test_the_slider_stops_where_the_bill_changes(plain, explorer, page):
    frame = plain.open()
    ready(frame)
    slider = frame.get_by_role("slider", name="Size sent")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    settle(page)
    assert explorer.size == (512, 678)
    assert explorer.tokens == 425
    width, height = explorer.size
    assert estimate((width + 2, height + 2), "gpt-4o", "high").tokens > 425
    expect(slider).to_have_attribute("aria-valuetext", re.compile("512×678 px, 425 tokens"))
    page.keyboard.press("End")
    settle(page)
    assert (explorer.size, explorer.long_side) == ((1240, 1640), None)


def test_model_and_level_are_chosen_in_the_page(plain, explorer, page):
    frame = plain.open()
    ready(frame)
    frame.get_by_label("Detail level").select_option("low")
    settle(page)
    assert (explorer.detail, explorer.tokens) == ("low", 85)
    frame.get_by_label("Model", exact=True).select_option("claude-sonnet-4-6")
    settle(page)
    assert (explorer.model, explorer.detail) == ("claude-sonnet-4-6", "auto")
    expect(frame.locator(".headroom-x-count")).to_have_text(f"{explorer.tokens:,}", use_inner_text=True)
    frame.locator("summary", has_text="Other models").click()
    frame.get_by_role("button", name="gemini-3-flash-preview").click()
    settle(page)
    assert explorer.model == "gemini-3-flash-preview"


def test_changes_from_python_show_at_once(plain, explorer, page):
    frame = plain.open()
    ready(frame)
    explorer.model = "gpt-5.6-sol"
    plain.push(row=explorer.row)
    plain.push(model=explorer.model)
    explorer.crop_box = (0, 0, 320, 320)
    plain.push(crop_box=[0, 0, 320, 320])
    expect(frame.locator(".headroom-x-count")).to_have_text("120", use_inner_text=True)
    expect(frame.get_by_label("Model", exact=True)).to_have_value("gpt-5.6-sol")
    expect(frame.get_by_role("button", name="Crop of 320×320 px at 0, 0")).to_have_count(1)


def test_what_the_model_sees_is_drawn_with_the_models_pixels(plain, explorer, page):
    out = io.BytesIO()
    Image.effect_noise((1024, 1024), 90).convert("RGB").save(out, "PNG")
    plain.widget = TileExplorer(out.getvalue(), "gpt-5.6-sol", "low", label="noise")
    frame = plain.open()
    ready(frame)
    contrast = """() => {
      const canvas = document.querySelector('canvas');
      const { data } = canvas.getContext('2d').getImageData(canvas.width / 2 - 50, canvas.height / 2 - 50, 100, 100);
      let least = 255, most = 0;
      for (let at = 0; at < data.length; at += 4) {
        [least, most] = [Math.min(least, data[at]), Math.max(most, data[at])];
      }
      return most - least;
    }"""
    plain.widget.long_side = 32
    plain.push(long_side=32)
    settle(page)
    before = frame.evaluate(contrast)
    frame.get_by_role("button", name="What the model sees").click()
    settle(page)
    assert frame.evaluate(contrast) < before / 2
    plain.widget.close()


def test_a_question_finds_its_part(plain, explorer, page):
    frame = plain.open()
    ready(frame)
    frame.get_by_label("Question").fill("What is in the top left corner?")
    frame.get_by_role("button", name="Find the part").click()
    frame.get_by_text("Found: top left corner").wait_for()
    settle(page)
    assert explorer.crop_box[:2] == (0, 0)
    assert explorer.question == "What is in the top left corner?"


def test_zoom_takes_the_control_key_and_a_plain_wheel_is_left_to_the_page(plain, page):
    frame = plain.open()
    ready(frame)
    stage = frame.locator(".headroom-x-stage-tiles")
    page.mouse.move(*centre(stage))
    page.mouse.wheel(0, -300)
    settle(page)
    expect(stage).not_to_have_attribute("data-zoomed", re.compile(""))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    settle(page)
    expect(stage).to_have_attribute("data-zoomed", "")
    stage.focus()
    page.keyboard.press("0")
    settle(page)
    expect(stage).not_to_have_attribute("data-zoomed", re.compile(""))


@pytest.mark.parametrize("width", [280, 420, 1200])
def test_nothing_is_wider_than_its_place(plain, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    plain.widget = TileExplorer(Image.new("L", (8400, 420), 255), "claude-sonnet-4-6", label="banner")
    frame = plain.open()
    ready(frame)
    frame.locator("summary", has_text="Other models").click()
    assert frame.evaluate("document.documentElement.scrollWidth") <= width
    plain.widget.close()


def test_a_picture_the_provider_refuses_says_why_and_what_size_is_taken(plain, explorer, page):
    plain.widget = TileExplorer(Image.new("L", (8400, 420), 255), "claude-sonnet-4-6", label="banner")
    frame = plain.open()
    ready(frame)
    expect(frame.get_by_role("alert").first).to_contain_text("side over 8,000 px", use_inner_text=True)
    expect(frame.locator(".headroom-x-total")).not_to_contain_text("price", use_inner_text=True)
    frame.get_by_role("button", name="8000×400 px").click()
    settle(page)
    assert plain.widget.size == (8000, 400)
    assert plain.widget.tokens is not None
    plain.widget.close()


def test_a_host_that_loses_buffers_is_asked_for_base64(plain):
    plain.loses_buffers = True
    frame = plain.open()
    ready(frame)
    assert [content.get("base64") for content in plain.asked if content["ask"] == "picture"] == [None, True]
    expect(frame.locator(".headroom-problem:visible")).to_have_count(0)


def test_two_views_agree_and_a_closed_one_leaves_nothing_behind(plain, explorer, page):
    frame = plain.open()
    ready(frame)
    before = frame.evaluate("window.model.listeners()")
    frame.evaluate("window.show()")
    settle(page)
    first, second = frame.get_by_label("Detail level").all()
    first.select_option("low")
    settle(page)
    expect(second).to_have_value("low")
    frame.evaluate("() => { const view = window.views.pop(); view.controller.abort(); view.el.remove(); }")
    assert frame.evaluate("window.model.listeners()") == before
    first.select_option("high")
    settle(page)
    assert explorer.detail == "high"


def test_in_a_frame_with_another_hosts_theme_it_wears_its_colours(plain, explorer):
    plain.theme = VSCODE
    plain.attributes = 'class="vscode-dark"'
    frame = plain.open(framed=True)
    ready(frame)
    root = frame.locator(".headroom-explorer")
    style = root.evaluate("node => { const s = getComputedStyle(node); return [s.backgroundColor, s.color]; }")
    assert style == ["rgb(30, 30, 30)", "rgb(204, 204, 204)"]
    expect(frame.locator(".headroom-x-count")).to_have_text("765", use_inner_text=True)


def test_keys_inside_are_kept_from_the_notebook_and_everything_can_be_reached(plain, page):
    frame = plain.open()
    ready(frame)
    frame.get_by_role("button", name="Crop a part").click()
    kept = "document.activeElement.hasAttribute('data-lm-suppress-shortcuts')"
    page.keyboard.press("b")
    assert frame.evaluate(kept)
    page.keyboard.press("Control+b")
    assert not frame.evaluate(kept)
    reached = set()
    frame.get_by_label("Model", exact=True).focus()
    for _ in range(30):
        reached.add(
            frame.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.tagName")
        )
        page.keyboard.press("Tab")
    for name in ("Detail level", "Size sent", "Left side of the crop", "Bottom side of the crop", "SUMMARY", "INPUT"):
        assert name in reached
    assert any(name.startswith("Crop of") for name in reached)


def test_a_heavy_picture_is_shown_small_first_and_then_whole(plain, page, monkeypatch):
    monkeypatch.setattr(explorer_answers, "_QUICK_BYTES", 0)
    frame = plain.open()
    ready(frame)
    assert [content["ask"] for content in plain.asked][1:3] == ["preview", "picture"]
    stage = frame.locator(".headroom-x-stage-tiles")
    stage.focus()
    for _ in range(12):
        page.keyboard.press("+")
    settle(page)
    expect(stage).to_have_attribute("data-zoomed", "")
