"""The file browser: what files cost, and smaller copies beside them."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from http.cookiejar import CookieJar

import pytest
from PIL import Image
from playwright.sync_api import expect

import headroom_nb
from headroom_nb import demo
from headroom_nb.pictures import read_header
from tests.support import gradient, png

PICTURE = png(gradient(1030, 512))


@pytest.fixture(scope="module")
def files(lab):
    """A folder with one file of each kind."""
    folder = lab.folder / "files"
    (folder / "many").mkdir(parents=True)
    (folder / "one.png").write_bytes(PICTURE)
    for number in range(3):
        (folder / "many" / f"{number}.png").write_bytes(PICTURE)
    (folder / "many" / "broken.jpg").write_bytes(b"no picture")
    (folder / "chat.json").write_text(json.dumps(demo.messages("openai")), encoding="utf-8")
    (folder / "notes.txt").write_text("text", encoding="utf-8")
    return folder


def entry(page, name):
    return page.locator(".jp-DirListing-item", has_text=name).first


def post(lab, **task):
    """Ask as a page of this server does: with its token against forged requests."""
    cookies = CookieJar()
    client = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    with client.open(f"{lab.url}/lab"):
        pass
    token = next(cookie.value for cookie in cookies if cookie.name == "_xsrf")
    return client.open(request_for(lab, task, {"X-XSRFToken": token}))


def request_for(lab, task, headers):
    return urllib.request.Request(f"{lab.url}/headroom-nb/smaller-copy", json.dumps(task).encode(), headers)


def test_files_tell_what_they_cost(lab, page, files):
    lab.open(page, "files/notes.txt")
    entry(page, "notes.txt").click(button="right")
    page.locator(".lm-Menu-itemLabel", has_text="Rename").wait_for()
    expect(page.locator(".lm-Menu-itemLabel", has_text="Estimate Vision Tokens")).to_be_hidden()
    page.keyboard.press("Escape")

    lab.choose(page, "one.png", "Estimate Vision Tokens")
    tab = page.get_by_role("region", name="What one.png costs")
    tab.get_by_role("figure").wait_for()
    tab.get_by_role("combobox", name="Model").select_option("gpt-4o")
    expect(tab).to_contain_text("595 tokens", use_inner_text=True)
    expect(tab).to_contain_text("$0.0015", use_inner_text=True)
    expect(tab).to_contain_text("3 × 1 = 3 tiles", use_inner_text=True)
    expect(tab.get_by_role("row").filter(has_text="claude-opus-5-5")).to_have_count(1)

    lab.choose(page, "chat.json", "Estimate Vision Tokens")
    tab = page.get_by_role("region", name="What chat.json costs")
    tab.get_by_role("heading", name="Image by image").wait_for()
    cost = headroom_nb.compress(demo.messages("openai"), model="gpt-4o", router="rules").original_tokens
    tab.get_by_role("combobox", name="Model").select_option("gpt-4o")
    expect(tab).to_contain_text(f"{cost:,} tokens", use_inner_text=True)


def test_a_folder_is_counted_and_a_broken_picture_keeps_its_row(lab, page, files):
    lab.open(page, "files/notes.txt")
    lab.choose(page, "many", "Estimate Vision Tokens")
    tab = page.get_by_role("region", name="What many costs")
    tab.get_by_role("combobox", name="Model").select_option("gpt-4o")
    text = tab.inner_text()
    assert "1,785 tokens" in text
    assert "4 images · 1 could not be counted" in text
    expect(tab.get_by_role("row").filter(has_text="broken.jpg")).to_contain_text("Not a PNG", use_inner_text=True)


def test_a_smaller_copy_stands_beside_its_original(lab, page, files):
    before = hashlib.sha256((files / "one.png").read_bytes()).digest()
    lab.open(page, "files/notes.txt")
    page.evaluate(
        "async () => { const registry = await jupyterapp.serviceManager.settings;"
        " await registry.save('headroom-nb:plugin', JSON.stringify({ model: 'gpt-4o' })) }"
    )
    page.reload()
    entry(page, "one.png").wait_for()
    lab.choose(page, "one.png", "Compress a Copy")
    told = page.locator(".Toastify__toast, .jp-Notification-Toast").filter(has_text="one.")
    told.filter(has_not_text="Compressing").first.wait_for()
    expect(told.first).to_contain_text("595 → 425 image tokens", use_inner_text=True)
    (copy,) = files.glob("one.smaller.*")
    assert read_header(copy.read_bytes()).size == (1024, 510)
    assert hashlib.sha256((files / "one.png").read_bytes()).digest() == before
    entry(page, copy.name[:10]).wait_for()


def test_a_tiff_of_several_pages_is_offered_like_a_pdf(lab, page, files):
    pages = [Image.linear_gradient("L").resize((1200, 1600)) for _ in range(2)]
    pages[0].save(files / "scan.tiff", save_all=True, append_images=pages[1:])
    lab.open(page, "files/notes.txt")
    lab.choose(page, "scan.tiff", "Estimate Vision Tokens")
    tab = page.get_by_role("region", name="What scan.tiff costs")
    tab.get_by_role("heading", name="Image by image").wait_for()
    assert "Count it with %headroom estimate" in tab.inner_text()
    lab.choose(page, "scan.tiff", "Compress a Copy")
    told = page.locator(".Toastify__toast, .jp-Notification-Toast").filter(has_text="scan.")
    told.filter(has_not_text="Compressing").first.wait_for()
    assert [copy.name for copy in files.glob("scan.smaller.*")] == ["scan.smaller.json"]


def test_a_copy_that_gains_nothing_is_not_written(lab, files):
    (files / "small.png").write_bytes(png(gradient(64, 48)))
    with post(lab, path="files/small.png", model="gpt-4o", quality="safe") as reply:
        assert json.load(reply)["path"] is None
    assert list(files.glob("small.smaller.*")) == []


@pytest.mark.parametrize(
    ("task", "status", "why"),
    [
        ({"path": "../outside.png"}, 404, ""),
        ({"path": "files/missing.png"}, 404, ""),
        ({"path": "files/notes.txt"}, 422, "not an image, PDF, notebook or message file"),
        ({"path": 7}, 400, "a path is needed"),
        ({"path": "files/one.png", "quality": "tiny"}, 400, "quality"),
        ({}, 400, "a path is needed"),
    ],
)
def test_what_cannot_be_copied_is_refused_in_words(lab, files, task, status, why):
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(lab, **task)
    with refused.value as reply:
        assert reply.code == status
        assert why in reply.read().decode()


@pytest.mark.parametrize("folder", ["../", "/etc", "files/..%2F..%2F..", "missing", "files/one.png", ".hidden"])
def test_only_folders_below_the_root_tell_what_is_in_them(lab, files, folder):
    (lab.folder / ".hidden").mkdir(exist_ok=True)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{lab.url}/headroom-nb/beginnings?folder={folder}")
    with refused.value as reply:
        assert reply.code == 404


def test_a_request_from_elsewhere_is_refused(lab, files):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request_for(lab, {"path": "files/one.png"}, {}))
    with refused.value as reply:
        assert reply.code == 403
