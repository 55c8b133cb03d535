"""A real Chromium, and a real JupyterLab with a kernel, for what people see.

Browser tests are skipped where no Chromium is found; where ``CI`` is set in the environment, that is a failure.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from IPython.core.interactiveshell import InteractiveShell

from headroom_nb import demo
from tests.browser.jupyter_lab import PATIENCE_S, QUIET, Lab, find_chromium, running_lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


LINES = (
    "compress messages",
    "route messages",
    "estimate messages",
    "compare messages",
    "check messages",
    "view messages",
    "models claude",
    "config",
    "help",
    "help compress",
    "bill notebook.ipynb",
)
"""Lines of ``%headroom`` whose outputs are looked at."""

NOT_OURS = ("Canceled future for create_subshell_request", "Cannot read properties of undefined (reading 'schema')")
"""JupyterLab asks for a subshell with every comm, and catches nothing where the kernel restarts before it answers;
Notebook 7 asks for its language servers without their settings."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.flaky(reruns=1))  # a busy machine: told in the summary as a rerun


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module: while Playwright runs, no test can start an event loop."""
    chromium = find_chromium()
    if chromium is None:
        reason = "no Chromium on the path (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_S * 1000)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page; an error that no script caught fails the test."""
    errors: list[str] = []
    opened = browser.new_page(viewport={"width": 1400, "height": 1000})
    opened.set_default_timeout(PATIENCE_S * 1000)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    opened.close()
    assert [error for error in errors if not any(known in error for known in NOT_OURS)] == []


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab for all tests."""
    with running_lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What every verb that shows something gives a notebook, by line: its forms by media type."""
    folder = tmp_path_factory.mktemp("outputs")
    notebook = Path(__file__).parents[2] / "notebooks" / "02-what-a-picture-costs.ipynb"
    (folder / "notebook.ipynb").write_bytes(notebook.read_bytes())
    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "headroom_nb")
    shell.user_ns["messages"] = demo.messages("openai")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return {line: shell.run_line_magic("headroom", line)._repr_mimebundle_() for line in LINES}
