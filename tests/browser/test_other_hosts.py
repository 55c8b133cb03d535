"""Notebook 7 and marimo, where they are installed (``make test-frameworks``): reports, widgets and what is pressed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.jupyter_lab import PATIENCE_S, free_port, running_lab

anywidget = pytest.importorskip("anywidget")

SETUP = "%load_ext headroom_nb\nfrom headroom_nb import demo\nmessages = demo.messages('openai')"

# The indicator says idle before a kernel is chosen, and running cells then asks which one.
CONNECTED = """() => {
    const session = jupyterapp.shell.currentWidget?.sessionContext;
    return session?.isReady && session.session?.kernel?.connectionStatus === "connected";
}"""

MARIMO = """\
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import headroom_nb
    from headroom_nb import demo
    result = headroom_nb.compress(demo.messages("openai"), model="gpt-5.6-sol", router="rules")
    return demo, headroom_nb, mo, result

@app.cell
def _(result):
    result
    return

@app.cell
def _(demo, headroom_nb, mo):
    explorer = mo.ui.anywidget(headroom_nb.TileExplorer(demo.picture("report.png"), "gpt-4o", "high"))
    explorer
    return (explorer,)

@app.cell
def _(explorer, mo):
    mo.md(f"crop in Python: {explorer.value['crop_box'] is not None}")
    return

if __name__ == "__main__":
    app.run()
"""


def lab_folder(folder: Path, shared: Path) -> Path:
    """Return JupyterLab's own files of the package's environment, with the schemas of Notebook 7 beside them."""
    (folder / "schemas").mkdir(parents=True)
    for each in (shared, Path(sys.prefix) / "share" / "jupyter" / "lab"):
        for schemas in (each / "schemas").iterdir():
            if not (folder / "schemas" / schemas.name).exists():
                (folder / "schemas" / schemas.name).symlink_to(schemas)
    for other in shared.iterdir():
        if other.name != "schemas":
            (folder / other.name).symlink_to(other)
    return folder


@pytest.mark.skipif(find_spec("notebook") is None, reason="Notebook 7 is not installed")
def test_notebook_7_shows_report_and_widget_and_obeys(page, tmp_path, monkeypatch):
    # the extensions of widgets lie in the environment of the package, which another one may share
    shared = Path(anywidget.__file__).parents[4] / "share" / "jupyter"
    monkeypatch.setenv("JUPYTER_PATH", str(shared))
    monkeypatch.setenv("JUPYTERLAB_DIR", str(lab_folder(tmp_path / "lab", shared / "lab")))
    home = tmp_path / "home"
    home.mkdir()
    with running_lab(home, app="notebook") as notebook:
        name = notebook.write(
            "seven.ipynb", SETUP, "%headroom compress messages", "%headroom compress messages --widget"
        )
        page.goto(f"{notebook.url}/notebooks/{name}")
        page.locator(".jp-NotebookPanel").wait_for()
        page.wait_for_function(CONNECTED)
        notebook.command(page, "notebook:run-all-cells")
        page.get_by_role("region", name="Headroom report").first.wait_for()
        choice = page.get_by_label("Technique for messages[0].content[1]").last
        choice.scroll_into_view_if_needed()
        choice.select_option("preserve")
        page.get_by_text("(manual)").first.wait_for()
        expect(page.locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)
        beyond = "node => node.getBoundingClientRect().right - document.documentElement.clientWidth"
        assert page.locator(".headroom-decisions").last.evaluate(beyond) <= 0


@pytest.mark.skipif(find_spec("marimo") is None, reason="marimo is not installed")
def test_marimo_shows_report_and_explorer_and_hears_of_a_crop(page, tmp_path):
    (tmp_path / "app.py").write_text(MARIMO, encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "marimo", "run", "app.py", "--headless", "--no-token", f"--port={port}"]
    environment = os.environ | {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=subprocess.STDOUT) as server,
    ):
        try:
            deadline = time.monotonic() + PATIENCE_S
            while not _answers(f"http://127.0.0.1:{port}/"):
                assert server.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.5)
            page.goto(f"http://127.0.0.1:{port}/")
            page.get_by_text("Image tokens:").first.wait_for()
            page.locator(".headroom-explorer:not([aria-busy])").first.wait_for()
            page.get_by_text("crop in Python: False").wait_for()
            page.get_by_role("button", name="Crop a part").click()
            page.get_by_text("crop in Python: True").wait_for()
        finally:
            server.terminate()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False
