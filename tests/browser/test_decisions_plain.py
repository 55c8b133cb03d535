"""The view of decisions in a plain page, with the kernel's side for real: fast, and without a server."""

import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from headroom_nb import ImageCompressor, Technique
from tests.browser.plain_page import PlainPage
from tests.support import FixedRouter, gradient, openai_message, png, text_image

pytest.importorskip("anywidget")

from headroom_nb import CompressionView

DARK = """:root { --vscode-editor-background: rgb(30, 30, 30); --vscode-foreground: rgb(204, 204, 204);
--vscode-focusBorder: rgb(0, 127, 212); --vscode-descriptionForeground: rgb(157, 157, 157); }"""
COUNT_URLS = """() => {
  const open = window.openUrls = new Set();
  const make = URL.createObjectURL.bind(URL), revoke = URL.revokeObjectURL.bind(URL);
  URL.createObjectURL = blob => { const made = make(blob); open.add(made); return made; };
  URL.revokeObjectURL = address => { open.delete(address); revoke(address); };
}"""
UNNAMED = """() => [...document.querySelectorAll('button, select, textarea, [tabindex], [role=slider], [role=region]')]
  .filter(node => !(node.getAttribute('aria-label') || node.textContent.trim()))
  .map(node => node.outerHTML.slice(0, 120))"""


def pictures():
    page = text_image([f"{number}. Line of the page" for number in range(12)], width=700)
    return [png(gradient(1600, 1200)), png(page), png(gradient(900, 700))]


@pytest.fixture(scope="module")
def result():
    messages = [openai_message(f"Describe picture {place}", data) for place, data in enumerate(pictures())]
    return ImageCompressor("gpt-4o", router=FixedRouter(Technique.FULL_LOW)).run(messages)


@pytest.fixture
def view(result):
    made = CompressionView(result)
    yield made
    made.close()


def shown(page, view, **options):
    plain = PlainPage(page, view, **options)
    plain.open()
    page.locator(".headroom-thumb img").first.wait_for()
    return plain


def test_a_technique_is_overruled_by_keyboard_alone(page, view):
    plain = shown(page, view)
    box = page.get_by_label("Technique for messages[0].content[1]")
    box.focus()
    page.keyboard.press("p")  # preserve
    page.wait_for_function("() => !document.querySelector('[role=row][aria-busy=true]')")
    assert view.result.images[0].technique is Technique.PRESERVE
    plain.push(report=view.report)
    expect(page.locator(".headroom-technique").first).to_contain_text("unchanged (manual)", use_inner_text=True)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Technique for messages[0].content[1]"


def test_a_question_is_typed_and_asked(page, view):
    plain = shown(page, view)
    field = page.get_by_label("Question for messages[1].content[1]")
    field.fill("What stands in line 3?")
    page.get_by_role("button", name="Route again").click()
    page.wait_for_function("() => !document.querySelector('[role=row][aria-busy=true]')")
    assert view.result.images[1].question == "What stands in line 3?"
    plain.push(report=view.report)
    expect(page.get_by_role("button", name="Route again")).to_have_count(0)


def test_the_divider_is_dragged_and_moved_by_keys(page, view):
    shown(page, view)
    page.get_by_role("button", name="Compare before and after").first.click()
    page.locator(".headroom-after img").wait_for()
    slider = page.get_by_role("slider")
    stage = page.locator(".headroom-stage").bounding_box()
    middle = stage["y"] + stage["height"] / 2
    page.mouse.move(stage["x"] + stage["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] * 0.25, middle, steps=4)
    page.mouse.up()
    expect(slider).to_have_attribute("aria-valuenow", "25")
    page.mouse.move(stage["x"] + stage["width"] * 0.75, middle)
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuenow", "27")
    page.get_by_role("button", name="Actual pixels").click()
    assert page.locator(".headroom-stage").bounding_box()["width"] == 1600
    page.keyboard.press("Escape")
    expect(page.get_by_role("slider")).to_have_count(0)
    assert "messages[0]" in page.evaluate("document.activeElement.getAttribute('aria-label')")


def test_all_images_are_set_at_once_and_given_back(page, view, result):
    plain = shown(page, view)
    page.get_by_role("button", name="Apply").click()
    page.wait_for_function("() => !document.querySelector('[role=row][aria-busy=true]')")
    assert {image.technique for image in view.result.images} == {Technique.PRESERVE}
    plain.push(report=view.report)
    page.get_by_label("Technique for them").select_option("")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_function("() => !document.querySelector('[role=row][aria-busy=true]')")
    assert view.result.messages == result.messages


def test_what_is_downloaded_is_what_python_exports(page, view):
    shown(page, view)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "headroom-messages.json"
    assert json.loads(Path(download.value.path()).read_text("utf-8")) == view.result.messages
    page.get_by_label("Export format").select_option("anthropic-batch")
    page.get_by_role("button", name="Download").click()
    page.get_by_text("these messages are for OpenAI").wait_for()


def test_a_host_that_loses_buffers_still_shows_pictures(page, view):
    plain = shown(page, view, loses_buffers=True)
    assert any(question.get("base64") for question in plain.asked)


def test_object_urls_are_revoked_when_a_view_ends_and_the_other_view_stays(page, view):
    page.add_init_script(f"({COUNT_URLS})()")
    shown(page, view)
    page.evaluate("window.show()")
    page.get_by_role("button", name="Compare before and after").last.click()
    page.locator(".headroom-after img").wait_for()
    page.wait_for_function("() => [...document.querySelectorAll('.headroom-thumb img')].length >= 8")
    page.evaluate("window.views[0].controller.abort()")
    expect(page.locator(".headroom-decisions")).to_have_count(1)
    assert page.locator(".headroom-thumb img").first.evaluate("image => image.naturalWidth") > 0
    page.evaluate("window.views[1].controller.abort()")
    page.wait_for_function("() => window.openUrls.size === 0")
    assert page.evaluate("window.model.listeners()") == 0


def test_everything_that_can_be_used_has_a_name_and_shows_its_focus(page, view):
    shown(page, view)
    page.get_by_role("button", name="Compare before and after").first.click()
    assert page.evaluate(UNNAMED) == []
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("width", [240, 340, 700, 1300])
def test_nothing_is_wider_than_its_place(page, view, width):
    page.set_viewport_size({"width": width, "height": 800})
    shown(page, view)
    page.get_by_role("button", name="Compare before and after").first.click()
    page.locator(".headroom-after img").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    technique = page.locator(".headroom-technique").first.bounding_box()
    pictures = page.locator(".headroom-previews").first.bounding_box()
    assert (technique["x"] >= pictures["x"] + pictures["width"]) == (width > 760)


def test_tokens_are_read_whole_where_there_is_next_to_no_room(page, view):
    page.set_viewport_size({"width": 260, "height": 800})
    shown(page, view)
    change = page.locator(".headroom-change").first
    assert change.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert change.bounding_box()["height"] < 30
    assert change.bounding_box()["width"] > 40


@pytest.mark.parametrize("size", [(12, 6000), (6000, 12)])
def test_a_strip_is_compared_in_a_place_of_common_size(page, size):
    made = ImageCompressor("gpt-4o", router=FixedRouter(Technique.FULL_LOW)).run(
        [openai_message("What?", png(gradient(*size)))]
    )
    view = CompressionView(made)
    shown(page, view)
    page.get_by_role("button", name="Compare before and after").click()
    page.locator(".headroom-after img").wait_for()
    frame = page.locator(".headroom-frame").bounding_box()
    assert 30 <= frame["height"] <= 600
    assert frame["width"] >= 200
    divider = page.get_by_role("slider").bounding_box()
    assert frame["x"] < divider["x"] < frame["x"] + frame["width"]
    view.close()


def test_the_host_s_colours_are_used_in_a_frame_as_in_vs_code(page, view):
    plain = PlainPage(page, view, theme=DARK, attributes='data-vscode-theme-kind="vscode-dark"')
    frame = plain.open(framed=True)
    frame.locator(".headroom-thumb img").first.wait_for()
    style = frame.locator(".headroom").first.evaluate(
        "node => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor]"
    )
    assert style == ["rgb(204, 204, 204)", "rgb(30, 30, 30)"]


def test_nothing_turns_where_motion_is_not_wanted(page, view):
    page.emulate_media(reduced_motion="reduce")
    shown(page, view)
    assert page.locator(".headroom-spinner").first.evaluate("node => getComputedStyle(node).animationName") == "none"
    page.get_by_role("button", name="Compare before and after").first.click()
    loading = """node => {
      node.setAttribute('aria-busy', 'true');
      const { content, animationName } = getComputedStyle(node, '::after');
      return [content, animationName];
    }"""
    assert page.locator(".headroom-before .headroom-picture").evaluate(loading) == ['""', "none"]


def test_of_a_hundred_images_only_those_near_the_screen_are_asked_for(page):
    noise = io.BytesIO()
    Image.effect_noise((300, 200), 60).convert("RGB").save(noise, "JPEG")
    made = ImageCompressor("gpt-4o", router=FixedRouter(Technique.PRESERVE)).run(
        [openai_message("What?", *[noise.getvalue()] * 100)]
    )
    view = CompressionView(made)
    plain = shown(page, view)
    page.wait_for_timeout(300)
    assert 3 <= len(plain.asked) <= 40
    expect(page.get_by_role("row")).to_have_count(101)
    view.close()


def test_a_point_of_the_curve_is_clicked_and_the_row_changes_and_goes_back(page, view, result):
    plain = shown(page, view)
    row = page.locator(".headroom-entry").first
    before = row.locator(".headroom-change").inner_text()
    page.locator(".headroom-previews-button").first.click()
    point = page.locator(".headroom-point:not([data-taken])").first
    label = point.get_attribute("data-form")
    expect(point).to_have_attribute("aria-label", re.compile("tokens, risk"))
    point.click()
    page.wait_for_function("() => !document.querySelector('[role=row][aria-busy=true]')")
    plain.push(report=view.report, steps=list(view.steps))
    taken = view.result.images[0]
    assert [form.label for form in taken.forms if form.taken] == [label]
    expect(row.locator(".headroom-change")).not_to_have_text(before, use_inner_text=True)
    expect(page.locator(".headroom-facts")).to_contain_text(taken.note[:20], use_inner_text=True)
    assert page.evaluate("document.activeElement.dataset.form") == label

    page.keyboard.press("Control+z")
    page.wait_for_function("() => !document.querySelector('[role=row][aria-busy=true]')")
    plain.push(report=view.report, steps=list(view.steps))
    expect(row.locator(".headroom-change")).to_have_text(before, use_inner_text=True)
    assert view.result is result


def test_a_box_drawn_by_hand_becomes_the_crop(page, view):
    plain = shown(page, view)
    page.locator(".headroom-previews-button").first.click()
    page.get_by_text("Cut out a part by hand").click()
    expect(page.get_by_role("button", name="Use this box")).to_be_disabled()
    stage = page.locator(".headroom-drawn-box .headroom-x-stage-tiles")
    stage.scroll_into_view_if_needed()
    place = stage.bounding_box()
    page.mouse.move(place["x"] + place["width"] * 0.25, place["y"] + place["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] * 0.75, place["y"] + place["height"] * 0.75, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Use this box").click()
    page.wait_for_function("() => !document.querySelector('[role=row][aria-busy=true]')")
    plain.push(report=view.report, steps=list(view.steps))
    assert view.result.images[0].technique is Technique.CROP
    left, top, right, bottom = view.report["images"][0]["crop_box"]
    assert 300 < left < 500 < 1100 < right < 1300
    assert 200 < top < 400 < 800 < bottom < 1000
    expect(page.locator(".headroom-facts")).to_contain_text("Cut out the region you chose", use_inner_text=True)
