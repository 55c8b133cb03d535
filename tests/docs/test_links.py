"""Links between the pages lead somewhere."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import PAGES, ROOT, name, spans

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


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_path_and_test_that_is_named_exists(page):
    for span in spans(page):
        file, _, function = span.partition("::")
        if not re.fullmatch(
            r"(?:headroom_nb|tests|benchmarks|training|tools|notebooks|docs|labextension)/[\w./-]+", file
        ):
            continue
        if file.startswith(BUILT):
            continue
        assert (ROOT / file).exists(), span
        assert not function or f"def {function.partition('[')[0]}(" in (ROOT / file).read_text("utf-8"), span
