"""axe-core in a page: what keeps people out who see little, hear a page or use the keyboard alone."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

SOURCE = Path(__file__).parents[2] / "labextension" / "node_modules" / "axe-core" / "axe.min.js"

RUN = """async ([selectors, off]) => {
  const found = await axe.run(selectors.length ? { include: selectors.map(each => [each]) } : document, {
    resultTypes: ['violations'],
    rules: Object.fromEntries(off.map(rule => [rule, { enabled: false }])),
  });
  return found.violations.flatMap(rule => rule.nodes.map(
    ({ target, failureSummary: why, html }) =>
      `${rule.id}: ${target.join(' ')}: ${why.split('\\n')[1]?.trim()} ${html.slice(0, 160)}`
  ));
}"""

PAGE_RULES = ("landmark-one-main", "page-has-heading-one", "region", "bypass", "document-title", "html-has-lang")
"""Rules for whole pages; what stands in somebody else's page is not judged by them."""


@lru_cache(maxsize=1)
def source() -> str:
    """Return axe-core's script; the test is skipped where the front end's packages are not installed."""
    if not SOURCE.exists():
        if os.environ.get("CI"):
            pytest.fail(f"no axe-core at {SOURCE}: npm --prefix labextension ci")
        pytest.skip("axe-core is not installed (npm --prefix labextension ci)")
    return SOURCE.read_text("utf-8")


def violations(frame: Page | Frame, *selectors: str, off: tuple[str, ...] = ()) -> str:
    """Return every violation in these elements, or in the whole page where none is named; one line for each."""
    if not frame.evaluate("typeof window.axe === 'object'"):
        frame.evaluate(source())
    found: Any = frame.evaluate(RUN, [list(selectors), [*off, *(PAGE_RULES if selectors else ())]])
    return "\n".join(found)
