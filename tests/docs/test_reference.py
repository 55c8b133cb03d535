"""One rule for modules: the reference lists each as API or as internal, and pages and tutorials import API alone."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from types import ModuleType

import pytest

from tests.docs.pages import PAGES, ROOT, name

sys.path.insert(0, str(ROOT / "docs"))
import reference_pages

SHOWN = [*PAGES, *sorted((ROOT / "notebooks").glob("*.py"))]
IMPORT = re.compile(
    r"^\s*(?:>>> )?(?:from (headroom_nb[\w.]*) import ([\w, ]+)|import (headroom_nb[\w.]*))", re.MULTILINE
)


def imported(text):
    """Return the modules of the package that a text imports."""
    for module, names, alone in IMPORT.findall(text):
        yield module or alone
        for part in re.split(r",\s*", names.strip()) if module else ():
            found = getattr(import_module(module), part.split(" ")[0], None)
            if isinstance(found, ModuleType):
                yield found.__name__


def listed_modules(rows):
    """Return the modules in a table of the page: one in each row, or a package and those in it."""
    for package, *inner in (re.findall(r"`([\w.]+)`", row) for row in rows.splitlines() if row.startswith("| `")):
        yield from (package if one == "itself" else f"{package}.{one}" for one in inner or ["itself"])


def test_every_module_is_listed_once_as_api_or_as_internal():
    api, internal = map(listed_modules, reference_pages.modules_page().split("## Internal"))
    assert sorted([*api, *internal]) == sorted(reference_pages.module_names())


@pytest.mark.parametrize("module", sorted(reference_pages.API_MODULES))
def test_a_module_that_is_api_exists_and_is_not_private(module):
    assert import_module(module).__doc__
    assert not any(part.startswith("_") for part in module.split("."))


@pytest.mark.parametrize("page", SHOWN, ids=name)
def test_pages_and_tutorials_import_api_alone(page):
    assert set(imported(page.read_text("utf-8"))) <= set(reference_pages.API_MODULES)


def test_an_import_of_an_internal_module_is_seen():
    assert list(imported("from headroom_nb.runtime import lru")) == ["headroom_nb.runtime", "headroom_nb.runtime.lru"]
    assert list(imported("from headroom_nb.runtime.lru import on_clear")) == ["headroom_nb.runtime.lru"]
    assert list(imported("from headroom_nb import demo, compress")) == ["headroom_nb", "headroom_nb.demo"]
