"""Make the pictures of ``headroom_nb/demo/images`` anew.

::

    python tools/make_demo_images.py [--out headroom_nb/demo/images]

Needs Chromium, JupyterLab, Playwright, matplotlib and scikit-image. Everything shown is invented, save the photograph,
which is NASA's (see the README beside the pictures).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

PAGES = Path(__file__).parent / "demo_pages"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
LAB_SIZE = {"width": 1440, "height": 900}
LIMIT = 1_200_000
"""Bytes that all pictures together may take: they travel in the wheel."""


def pages(browser: Browser, out: Path) -> None:
    """Render the receipt and the report page."""
    for name in ("receipt", "report"):
        page = browser.new_page()
        page.goto((PAGES / f"{name}.html").as_uri())
        page.locator("main").screenshot(path=out / f"{name}.png")
        page.close()
        Image.open(out / f"{name}.png").convert("L").save(out / f"{name}.png", optimize=True)


def lab(browser: Browser, out: Path) -> None:
    """Take a picture of JupyterLab with the analysis notebook, run to its failing last cell."""
    import jupytext

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "work"
        root.mkdir()
        notebook = jupytext.read(PAGES / "analysis.py")
        jupytext.write(notebook, root / "bicycle-hires.ipynb")
        for name in ("hires-2025.csv", "notes.md"):
            (root / name).write_text("day,hires\n", "utf-8")
        with served(root, Path(folder)) as address:
            page = browser.new_page(viewport=LAB_SIZE)
            page.goto(f"{address}/lab/tree/bicycle-hires.ipynb?reset")
            page.wait_for_selector(".jp-Notebook .jp-CodeCell")
            page.get_by_role("button", name="Select Kernel").click()
            page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=60_000)
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_text("Run All Cells", exact=True).click()
            page.wait_for_function("document.body.innerText.includes('ValueError')", timeout=60_000)
            page.wait_for_timeout(1500)
            page.evaluate("document.querySelectorAll('.jp-CodeCell')[1].scrollIntoView()")
            page.wait_for_timeout(1500)
            page.screenshot(path=out / "jupyterlab.png")
            page.close()
    Image.open(out / "jupyterlab.png").convert("RGB").save(out / "jupyterlab.png", optimize=True)


@contextlib.contextmanager
def served(root: Path, folder: Path) -> Iterator[str]:
    """Run JupyterLab on ``root`` with all its settings inside ``folder``; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    overrides = folder / "app" / "settings"
    overrides.mkdir(parents=True)
    news = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
    (overrides / "overrides.json").write_text(json.dumps(news), "utf-8")
    places = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "runtime"}
    environment = {**os.environ, **{f"JUPYTER_{key}": str(folder / name) for key, name in places.items()}}
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"),
        *("--IdentityProvider.token=", f"--ServerApp.root_dir={root}", f"--LabServerApp.app_settings_dir={overrides}"),
        *(f"--LabServerApp.user_settings_dir={folder / 'user'}", f"--LabServerApp.workspaces_dir={folder / 'spaces'}"),
    ]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(f"{address}/api/status", timeout=2).close()
                break
            time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def chart(out: Path) -> None:
    """Draw hires by month in two years."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    before = np.array([14.8, 14.1, 17.9, 21.3, 26.0, 29.4, 31.2, 30.6, 26.8, 21.5, 16.9, 13.7])
    after = np.array([15.6, 15.2, 17.4, 23.9, 29.8, 33.5, 36.1, 35.7, 29.9, 22.4, 17.1, 13.2])
    figure, axes = plt.subplots(figsize=(12, 7.5), dpi=100)
    axes.plot(months, before, marker="o", color="#90a4ae", label="2024")
    axes.plot(months, after, marker="o", color="#00695c", label="2025")
    axes.fill_between(months, before, after, where=after >= before, color="#00695c", alpha=0.12, interpolate=True)
    axes.annotate("free helmets from May", ("May", 29.8), ("Jan", 33.5), arrowprops={"arrowstyle": "->"})
    axes.set(title="Harbour Cycle Scheme: hires per month", ylabel="hires (thousands)", ylim=(10, 38))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(out / "chart.png", metadata={"Software": None})
    plt.close(figure)


def photograph(out: Path) -> None:
    """Store NASA's portrait of Eileen Collins, as scikit-image ships it, as a JPEG."""
    from skimage import data

    Image.fromarray(data.astronaut()).save(out / "astronaut.jpg", quality=92, subsampling=0)


def main() -> None:
    """Make every picture and say what they weigh."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "headroom_nb" / "demo" / "images")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    from playwright.sync_api import sync_playwright

    chart(out)
    photograph(out)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        pages(browser, out)
        lab(browser, out)
        browser.close()
    files = sorted([*out.glob("*.png"), *out.glob("*.jpg")])
    for file in files:
        print(f"{file.name:16} {Image.open(file).size} {file.stat().st_size:,} bytes")
    total = sum(file.stat().st_size for file in files)
    print(f"together {total:,} bytes")
    if total > LIMIT:
        raise SystemExit(f"over the limit of {LIMIT:,} bytes")


if __name__ == "__main__":
    main()
