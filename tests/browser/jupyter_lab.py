"""A JupyterLab of its own for tests and screenshots, and where Chromium is."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import v4

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
APPS = {"lab": "LabApp", "notebook": "JupyterNotebookApp"}

PATIENCE_S = 180
"""How long anything may take in a browser or in JupyterLab; on a busy machine each takes ten times as long."""


def find_chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name)) is not None), None)


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    url: str
    folder: Path

    def write(self, name: str, *cells: str) -> str:
        """Write a notebook of code cells and return its name."""
        notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells], metadata=KERNEL)
        nbformat.write(notebook, self.folder / name)
        return name

    def read(self, name: str) -> nbformat.NotebookNode:
        """Return a saved notebook."""
        return nbformat.read(self.folder / name, as_version=4)

    def open(self, page: Page, name: str) -> None:
        """Show a file in a workspace of its own, and wait for it."""
        page.goto(f"{self.url}/lab/workspaces/test-{time.monotonic_ns()}/tree/{name}?reset")
        page.locator(".jp-MainAreaWidget:not(.lm-mod-hidden)").first.wait_for()

    def command(self, page: Page, name: str, **arguments: object) -> None:
        """Run one of JupyterLab's commands; does not wait for what it does."""
        page.evaluate("([name, args]) => { jupyterapp.commands.execute(name, args) }", [name, arguments])

    def change_theme(self, page: Page, scheme: str) -> None:
        """Show the ``"light"`` or the ``"dark"`` theme; the server keeps it, also for the tests that follow."""
        self.command(page, "apputils:change-theme", theme=f"JupyterLab {scheme.title()}")
        page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(scheme == 'light').lower()}'")

    def choose(self, page: Page, name: str, item: str) -> None:
        """Press an item of a file's context menu; one that opens under the pointer closes a submenu first.

        A file that opens meanwhile takes the focus and closes the menu: then it is opened again.
        """
        from playwright.sync_api import TimeoutError as Late

        menu = page.locator(".lm-Menu")
        for left in (3, 2, 1, 0):
            page.locator(".jp-DirListing-item", has_text=name).first.click(button="right")
            try:
                menu.locator(".lm-Menu-itemLabel", has_text=item).hover(timeout=PATIENCE_S * 250)
                menu.locator(".lm-Menu-item.lm-mod-active", has_text=item).click(timeout=PATIENCE_S * 250)
                return
            except Late:
                if not left:
                    raise
                page.keyboard.press("Escape")

    def run_all(self, page: Page, cells: int) -> None:
        """Run every cell of the open notebook, and wait until the last one is numbered."""
        page.locator("#jp-main-statusbar", has_text="| Idle").wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()
        done = page.locator(".jp-CodeCell .jp-InputPrompt", has_text=f"[{cells}]:")
        done.wait_for()


@contextmanager
def running_lab(home: Path, theme: str | None = None, app: str = "lab") -> Iterator[Lab]:
    """Start JupyterLab, or Notebook 7 (``app="notebook"``), with files of its own in a folder; stop it at the end."""
    folder = home / "work"
    folder.mkdir()
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps({"fetchNews": "false"}))
    if theme is not None:
        (settings / "themes.jupyterlab-settings").write_text(json.dumps({"theme": theme}))
    command = [
        *(sys.executable, "-m", "jupyter", app, "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *("--ServerApp.port_retries=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"),
        f"--{APPS[app]}.expose_app_in_browser=True",
    ]
    log = home / "server.log"
    for _ in range(5):
        port = free_port()
        with log.open("w") as lines:
            server = subprocess.Popen(
                [*command, f"--port={port}"], env=environment, stdout=lines, stderr=subprocess.STDOUT, cwd=folder
            )
        try:
            if _answers(f"http://127.0.0.1:{port}/api", server):
                yield Lab(f"http://127.0.0.1:{port}", folder)
                return
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE_S)
        if "already in use" not in log.read_text():
            break
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(url: str, server: subprocess.Popen[bytes]) -> bool:
    """Wait until a server answers; False when it ended or never did."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE_S):
                return True
        except (OSError, HTTPException):  # not listening yet, or not answering
            time.sleep(0.2)
    return False
