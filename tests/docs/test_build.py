"""The documentation builds without a warning and without network, and covers every public name."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import headroom_nb
from tests.docs.pages import ROOT

pytestmark = pytest.mark.slow

ELSEWHERE = re.compile(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"(?:https?:)?//[^\"]+\"")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", "docs", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    return folder


def test_every_public_name_has_its_page(site):
    pages = {page.stem.removeprefix("headroom_nb.") for page in (site / "reference" / "api").glob("*.html")}
    assert pages == {name for name in headroom_nb.__all__ if not name.startswith("_")}


def test_no_page_loads_anything_from_elsewhere(site):
    for page in site.rglob("*.html"):
        assert ELSEWHERE.findall(page.read_text("utf-8")) == [], page
