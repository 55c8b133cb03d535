"""Reports in JupyterLab: drawn without a kernel, in both themes; what is none is refused and does nothing."""

from __future__ import annotations

import copy
import json
import urllib.request

import pytest
from playwright.sync_api import expect

import headroom_nb
from headroom_nb import demo
from headroom_nb.rendering import display
from tests.support import gradient, openai_message, png


@pytest.fixture(scope="module")
def report():
    messages = [openai_message("", png(gradient(1030, 512)))]
    return display.to_json(headroom_nb.compress(messages, model="gpt-4o", router="rules"))


def running_kernels(lab):
    with urllib.request.urlopen(f"{lab.url}/api/kernels") as reply:
        return {kernel["id"] for kernel in json.load(reply)}


def test_a_report_file_opens_without_a_kernel_and_follows_the_theme(lab, page, report):
    before = running_kernels(lab)
    (lab.folder / "plain.headroom.json").write_text(json.dumps(report), encoding="utf-8")
    lab.open(page, "plain.headroom.json")
    view = page.get_by_role("region", name="Headroom report")
    view.wait_for()
    expect(view).to_contain_text("595 → ≈301", use_inner_text=True)
    expect(view).to_contain_text("message")
    assert view.locator("img").first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    paper = "view => getComputedStyle(view).backgroundColor"
    papers = []
    for scheme in ("dark", "light"):
        lab.change_theme(page, scheme)
        papers.append(view.evaluate(paper))
    assert papers[0] != papers[1]
    assert running_kernels(lab) == before


def test_a_result_in_an_output_is_drawn_by_the_extension_and_opens_in_a_tab(lab, page):
    result = headroom_nb.compress(demo.messages("openai"), router="rules", quality="safe")
    name = lab.write("stored.ipynb", "%headroom compress messages")
    notebook = lab.read(name)
    output = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
    output["data"] = result._repr_mimebundle_()
    notebook.cells[0].update(execution_count=1, outputs=[output])
    (lab.folder / name).write_text(json.dumps(notebook), encoding="utf-8")
    lab.open(page, name)
    inside = page.locator(".jp-OutputArea").get_by_role("region", name="Headroom report")
    inside.wait_for()
    expect(inside.get_by_role("row")).to_have_count(len(result.images) + 1)
    lab.command(page, "headroom:open-last-report")
    page.locator(".headroom-lab-tab").get_by_role("region", name="Headroom report").wait_for()


EVIL = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"


def hostile(report):
    """Yield reports that must not be drawn as they ask."""
    for path, value in (
        (("images", 0, "thumbnail"), "javascript:window.hacked=1"),
        (("images", 0, "thumbnail"), "https://example.org/spy.png"),
        (("images", 0, "thumbnail"), "data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImhhY2tlZD0xIi8+"),
        (("images", 0, "original_tokens"), 1e300),
        (("images", 0, "original_size"), [1e10, 1e10]),
        (("images", 0, "technique"), "__proto__"),
        (("totals",), None),
        (("version",), 2),
    ):
        changed = copy.deepcopy(report)
        place = changed
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        yield json.dumps(changed)
    yield json.dumps({**report, "images": report["images"] * 20_000})
    yield json.dumps({key: value for key, value in report.items() if key != "images"})
    yield "[" * 3000 + "]" * 3000
    yield "null"
    yield '"text"'


def test_hostile_report_files_give_a_sentence_and_nothing_else(lab, page, report):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    texts = list(hostile(report))
    for number, text in enumerate(texts):
        (lab.folder / f"hostile{number}.headroom.json").write_text(text, encoding="utf-8")
    lab.open(page, "hostile0.headroom.json")
    for number in range(len(texts)):
        lab.command(page, "docmanager:open", path=f"hostile{number}.headroom.json")
        alert = page.get_by_label(f"hostile{number}.headroom.json").locator(".headroom-lab-problem")
        expect(alert).to_contain_text("This is not a report that can be shown", use_inner_text=True)
        lab.command(page, "application:close")
        alert.wait_for(state="detached")
    assert page.evaluate("window.hacked") is None
    assert [url for url in asked if not url.startswith((lab.url, "data:", "blob:"))] == []


def test_markup_in_a_report_stays_text(lab, page, report):
    changed = copy.deepcopy(report)
    changed["model_note"] = changed["warnings"] = EVIL
    changed["warnings"] = [EVIL]
    changed["images"][0] |= dict.fromkeys(("path", "question", "reason", "note", "alt"), EVIL)
    (lab.folder / "markup.headroom.json").write_text(json.dumps(changed), encoding="utf-8")
    lab.open(page, "markup.headroom.json")
    view = page.get_by_role("region", name="Headroom report")
    view.wait_for()
    expect(view).to_contain_text(EVIL, use_inner_text=True)
    expect(view.locator("script, img[src='x']")).to_have_count(0)
    assert page.evaluate("window.hacked") is None
