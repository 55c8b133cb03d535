"""The demo site: reports, estimates and tutorials in a browser, with no kernel and no server of ours."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tools import make_site

if TYPE_CHECKING:
    from collections.abc import Iterator


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and logs nothing."""

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("demo") / "site"
    make_site.build(folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def open_file(page, site: str, path: str) -> None:
    page.goto(f"{site}/lab/index.html?path={path}")
    page.locator(".jp-MainAreaWidget:not(.lm-mod-hidden)").first.wait_for()


def test_a_report_opens_without_a_kernel(site, page):
    open_file(page, site, "gpt-5.6-sol.headroom.json")
    report = page.locator(".headroom").first
    report.wait_for()
    expect(report).to_contain_text("image tokens, 5 images", use_inner_text=True)
    assert report.locator("img").count() >= 5


def test_a_picture_is_priced_without_a_kernel(site, page):
    open_file(page, site, "pictures/chart.png")
    page.locator(".jp-DirListing-item", has_text="chart.png").click(button="right")
    page.get_by_role("menuitem", name="Estimate vision tokens").click()
    panel = page.locator(".headroom", has_text="1200×750")
    panel.wait_for()
    expect(panel).to_contain_text("gpt-5.6-sol", use_inner_text=True)
    expect(panel).to_contain_text("1,095", use_inner_text=True)


def test_a_tutorial_shows_its_stored_outputs(site, page):
    open_file(page, site, "tutorials/03-how-the-router-decides.ipynb")
    page.get_by_role("dialog").get_by_role("button", name="No Kernel", exact=True).click()
    printed = page.locator(".jp-OutputArea-output", has_text="astronaut.jpg").first
    printed.wait_for()
    expect(printed).to_contain_text("\nastronaut.jpg", use_inner_text=True)
