"""Links between the pages lead somewhere."""

from __future__ import annotations

import re
from pkgutil import resolve_name
from typing import TYPE_CHECKING

import pytest

from tests.docs.pages import PAGES, ROOT, name, spans

if TYPE_CHECKING:
    from pathlib import Path

BUILT = ("headroom_nb/widgets/static", "headroom_nb/labextension", "docs/reference", "training/work")
"""Not in Git."""

LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(text: str) -> set[str]:
    """Return a page's headings as links write them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_to_a_page_and_a_heading_that_exist(page):
    for match in LINK.finditer(page.read_text("utf-8")):
        link = match[1] or match[2]
        if link.startswith(("https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text("utf-8")), link


NAMING = (*PAGES, ROOT / "benchmarks" / "README.md")
"""Pages that name files, functions and modules of the checkout."""

PLACES = (ROOT, ROOT / "headroom_nb")
"""Where paths on a page begin."""

FOLDERS = {path.name for place in PLACES for path in place.iterdir() if path.is_dir() and not path.name.startswith(".")}


def found(path: str) -> Path | None:
    """Return the file or folder of the checkout that a page names."""
    return next((place / path for place in PLACES if (place / path).exists()), None)


@pytest.mark.parametrize("page", NAMING, ids=name)
def test_every_path_and_test_that_is_named_exists(page):
    for span in spans(page):
        file, _, function = span.partition("::")
        if not re.fullmatch(r"[\w.-]+/[\w./-]*", file) or file.partition("/")[0] not in FOLDERS - {"build", "dist"}:
            continue
        if file.startswith(BUILT):
            continue
        assert found(file), span
        assert not function or f"def {function.partition('[')[0]}(" in found(file).read_text("utf-8"), span


@pytest.mark.parametrize("page", NAMING, ids=name)
def test_what_a_page_says_stands_in_a_file_stands_there(page):
    text = " ".join(page.read_text("utf-8").split())
    named = re.findall(r"`([\w.]+)` in `([\w./]+\.\w+)`", text)
    assert len(named) >= 15 or page.name != "architecture.md"
    for what, file in named:
        assert found(file), file
        source, (*owner, last) = found(file).read_text("utf-8"), what.split(".")
        used = rf"\b{re.escape(what)}\b" if owner else rf"^ *(?:(?:async )?def |class |)\"?{last}\b"
        assert re.search(used, source, re.MULTILINE), f"{what} in {file}"


@pytest.mark.parametrize("page", NAMING, ids=name)
def test_every_module_and_name_of_the_package_exists(page):
    for span in spans(page):
        if dotted := re.match(r"headroom_nb(?:\.\w+)+", span):
            assert resolve_name(dotted[0]), span
        elif dotted := re.match(r"(?:python -m )?((?:benchmarks|training|tools|tests)(?:\.[a-z]\w*)+)", span):
            path = dotted[1].replace(".", "/")
            assert found(f"{path}.py") or found(f"{path}/__main__.py"), span


def test_the_architecture_page_names_every_folder_of_the_package():
    table = (ROOT / "docs" / "start" / "architecture.md").read_text("utf-8").partition("## Folders")[2]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = set(re.findall(r"`(\w+)/`", " ".join(rows)))
    assert {path.parent.name for path in (ROOT / "headroom_nb").glob("*/__init__.py")} <= named
