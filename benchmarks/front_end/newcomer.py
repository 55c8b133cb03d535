"""Somebody new in a real JupyterLab: the README as written, and then five images of their own.

    python -m benchmarks.front_end.newcomer --out benchmarks/results/newcomer.json

Timed from the press on *Run All Cells*: until the first report stands there, and until the last cell is done. The
images are a photo, a photographed receipt, a plot, a letter and a screenshot. Needs Chromium.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from headroom_nb import demo
from tests.browser.jupyter_lab import PATIENCE_S, QUIET, Lab, find_chromium, running_lab
from tests.docs.pages import ROOT, blocks
from tests.support import text_image

if TYPE_CHECKING:
    from playwright.sync_api import Page

BARS = {"first_report_s": 60, "tracebacks": 0, "saved_percent": 40}

OWN = """\
import pandas as pd
table = pd.DataFrame({"path": ["photo.jpg", "slip.jpg", "plot.png", "letter.png", "desk.png"],
                      "question": ["What is the person wearing?", "What did it cost in all?", "Which line rises?",
                                   "What is this letter about?", "Which program is open?"]})
own = %headroom compress table --model gpt-5.6-sol
print(f"SAVED={own.savings_percent:.0f} FAILED={sum(image.error is not None for image in own.images)}.")
own
"""


@dataclass(frozen=True)
class Walk:
    """What a newcomer met: seconds, outputs that are errors or warnings, images that failed, percent saved."""

    first_report_s: float
    all_cells_s: float
    cells: int
    tracebacks: int
    warnings: int
    failed_images: int
    saved_percent: int


def own_files() -> dict[str, bytes]:
    """Return five files as people have them, by name."""
    lines = [f"Paragraph {number}: the meeting of the garden club moves to the first Monday." for number in range(22)]
    return {
        "photo.jpg": _photograph("astronaut.jpg", (1600, 1600)),
        "slip.jpg": _photograph("receipt.png", (1200, 1828)),
        "plot.png": _encoded(_plot(), "PNG"),
        "letter.png": _encoded(text_image(lines, size=28, width=1400), "PNG"),
        "desk.png": demo.picture("jupyterlab.png"),
    }


def walk(lab: Lab, page: Page) -> Walk:
    """Run every cell of the README and the one with images of one's own, in one notebook."""
    for name, data in own_files().items():
        (lab.folder / name).write_bytes(data)
    readme = [block.text for block in blocks(ROOT / "README.md") if block.language == "python" and not block.not_run]
    lab.open(page, lab.write("newcomer.ipynb", *readme, OWN))
    page.locator("#jp-main-statusbar", has_text="| Idle").wait_for()
    start = time.monotonic()
    lab.command(page, "notebook:run-all-cells")
    page.locator(".jp-OutputArea .headroom-decisions").first.wait_for()
    first = time.monotonic() - start
    page.locator(".jp-CodeCell .jp-InputPrompt", has_text=f"[{len(readme) + 1}]:").wait_for()
    told = page.locator(".jp-OutputArea-output", has_text="SAVED=").first.inner_text()
    return Walk(
        first_report_s=round(first, 1),
        all_cells_s=round(time.monotonic() - start, 1),
        cells=len(readme) + 1,
        tracebacks=page.locator("[data-mime-type='application/vnd.jupyter.error']").count(),
        warnings=page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count(),
        failed_images=int(told.partition("FAILED=")[2].partition(".")[0]),
        saved_percent=int(told.partition("SAVED=")[2].split()[0]),
    )


def _photograph(name: str, size: tuple[int, int]) -> bytes:
    image = Image.open(io.BytesIO(demo.picture(name))).convert("RGB").resize(size)
    grain = np.random.default_rng(7).normal(0, 4, (size[1], size[0], 3))
    return _encoded(Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype("uint8")), "JPEG")


def _plot() -> Image.Image:
    image = Image.new("RGB", (1400, 900), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((100, 60, 1340, 800), outline="black", width=3)
    for colour, slope in (("firebrick", -0.45), ("navy", 0.1)):
        draw.line([(100 + 40 * x, 500 + slope * 40 * x + 20 * (x % 3)) for x in range(31)], fill=colour, width=5)
    return image


def _encoded(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, quality=88)
    return out.getvalue()


def main() -> None:
    """Walk, print what was met, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("build/newcomer.json"))
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as home, running_lab(Path(home)) as lab, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
        page = browser.new_page()
        page.set_default_timeout(3 * PATIENCE_S * 1000)  # all cells are one step
        measured = asdict(walk(lab, page))
        browser.close()
    for key, value in measured.items():
        bar = f"  (bar {BARS[key]})" if key in BARS else ""
        print(f"{key:<16} {value:>8}{bar}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    found = {"measured": measured, "bars": BARS, "load_at_start": round(load, 1), "cores": os.cpu_count()}
    options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
