"""Make the pictures of ``headroom_nb/demo/images`` anew.

::

    python tools/make_demo_images.py [--out headroom_nb/demo/images]

Needs Chromium, JupyterLab, Playwright, matplotlib and scikit-image. Everything shown is invented, save the photograph,
which is NASA's (see the README beside the pictures).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from PIL import Image

from tests.browser.jupyter_lab import KERNEL, QUIET, find_chromium, running_lab

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = Path(__file__).parent / "demo_pages"
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

    notebook = jupytext.read(PAGES / "analysis.py")
    notebook.metadata.update(KERNEL)
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    with tempfile.TemporaryDirectory() as home, running_lab(Path(home)) as running:
        jupytext.write(notebook, running.folder / "bicycle-hires.ipynb")
        for name in ("hires-2025.csv", "notes.md"):
            (running.folder / name).write_text("day,hires\n", "utf-8")
        page = browser.new_page(viewport=LAB_SIZE)
        running.open(page, "bicycle-hires.ipynb")
        running.run_all(page, cells)
        page.wait_for_function("document.body.innerText.includes('ValueError')")
        page.wait_for_timeout(1500)
        page.evaluate("document.querySelectorAll('.jp-CodeCell')[1].scrollIntoView()")
        page.wait_for_timeout(1500)
        page.screenshot(path=out / "jupyterlab.png")
        page.close()
    Image.open(out / "jupyterlab.png").convert("RGB").save(out / "jupyterlab.png", optimize=True)


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
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("no Chromium on the path (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    chart(out)
    photograph(out)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
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
