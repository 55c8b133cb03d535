"""Take the images of the docs from a real JupyterLab: ``python tools/make_screenshots.py --out docs/images``.

Each shot is a notebook, what is done in it, and the element that is kept; taken in the light and the dark theme, in a
wide window and, where it says so, in a narrow one.
Needs Chromium (see tests/browser).
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from PIL import Image

from tests.browser.jupyter_lab import QUIET, Lab, find_chromium, running_lab

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
PATIENCE_MS = 300_000
"""For a step, on a busy machine too."""

WIDE, NARROW = 1280, 600
"""Widths of the window, pixels."""

COLOURS = 255
"""Colours of an image: screenshots are flat, and stay sharp."""

SETUP = """%load_ext headroom_nb
from headroom_nb import demo
messages = demo.messages('openai')"""

FIGURES = """import matplotlib.pyplot as plt
for points in ([1, 3, 2], [2, 1, 4]):
    plt.figure(figsize=(9, 5))
    plt.plot(points)
plt.show()"""

THIRTY = """import headroom_nb
headroom_nb.compress(6 * messages, model='gpt-5.6-sol', duplicates='keep')"""

SAVE = """from pathlib import Path
from headroom_nb import demo
Path('report.png').write_bytes(demo.picture('report.png'))"""


@dataclass(frozen=True)
class Shot:
    """One image: the cells, what is done once they ran, what is kept, the window's height, and if at 600 px too."""

    name: str
    cells: tuple[str, ...]
    act: Callable[[Page], None]
    keep: str
    high: int = 1400
    narrow: bool = False


def overrule(page: Page) -> None:
    """Overrule one image, and open the comparison of another."""
    page.locator(".headroom-thumb img").nth(4).wait_for()
    page.get_by_label("Technique for messages[8].content[1]").select_option("preserve")
    page.get_by_text("(manual)").first.wait_for()
    page.get_by_role("button", name="Compare before and after: messages[0]").click()
    page.locator(".headroom-frame img").first.wait_for()
    page.wait_for_timeout(500)
    page.mouse.move(0, 0)


def compare(page: Page) -> None:
    """Move the divider to a third."""
    page.get_by_label("Technique for messages[6].content[1]").select_option("full_low")
    page.get_by_text("(manual)").first.wait_for()
    page.get_by_role("button", name="Compare before and after: messages[6]").click()
    page.locator(".headroom-after img").first.wait_for()
    page.wait_for_timeout(500)
    for _ in range(5):
        page.get_by_role("slider", name="Divider").press("ArrowLeft")


def explore(page: Page) -> None:
    """Wait for the image, its grid and its text."""
    page.locator(".headroom-explorer:not([aria-busy])").wait_for()
    page.wait_for_timeout(800)
    page.mouse.move(0, 0)


def cut(page: Page) -> None:
    """Look for the part that the question names."""
    explore(page)
    page.get_by_role("button", name="Find the part").click()
    page.get_by_text("Found:").wait_for()
    page.get_by_text("Other models", exact=True).click()
    page.wait_for_timeout(800)
    page.mouse.move(0, 0)


def show(page: Page) -> None:
    """Wait for the report and all its previews."""
    page.locator(".jp-OutputArea .headroom-thumb img").first.wait_for()
    page.wait_for_timeout(800)
    page.mouse.move(0, 0)


def bill(page: Page) -> None:
    """Open the notebook's bill beside it, at the start of the report."""
    page.keyboard.press("Control+b")
    page.locator("#headroom-status").click()
    page.get_by_text("2 images in").wait_for()
    page.locator(".jp-CodeCell").nth(1).locator(".jp-InputArea-editor").click()
    page.locator(".jp-CodeCell").nth(1).scroll_into_view_if_needed()
    page.mouse.move(0, 0)
    page.wait_for_timeout(800)


def estimate(page: Page) -> None:
    """Ask the file browser what an image costs."""
    page.keyboard.press("Control+b")
    page.get_by_role("button", name="Refresh", exact=False).first.click()
    page.locator(".jp-DirListing-item", has_text="report.png").click(button="right")
    page.locator(".lm-Menu-itemLabel", has_text="Estimate Vision Tokens").click()
    page.get_by_role("region", name="What report.png costs").get_by_role("figure").wait_for()
    page.mouse.move(0, 0)
    page.wait_for_timeout(800)


REPORT = ".jp-OutputArea .headroom-report"

SHOTS = (
    Shot("report-5", (SETUP, "%headroom compress messages --model gpt-5.6-sol"), show, REPORT, narrow=True),
    Shot("report-30", (SETUP, THIRTY), show, REPORT, high=3600, narrow=True),
    Shot("lab-notebook", (SETUP, "%headroom compress messages", FIGURES), bill, "#main", high=860),
    Shot("lab-estimate", (SAVE,), estimate, "#main", high=860, narrow=True),
    Shot(
        "compression-view",
        (SETUP, "%headroom compress messages --widget"),
        overrule,
        ".headroom-decisions",
        high=3400,
        narrow=True,
    ),
    Shot("comparison", (SETUP, "%headroom compress messages --widget"), compare, ".headroom-detail", high=2600),
    Shot(
        "tile-explorer",
        (SETUP, "%headroom tiles messages --image report.png --model gpt-4o"),
        explore,
        ".headroom-explorer",
        narrow=True,
    ),
    Shot(
        "tile-explorer-crop",
        (SETUP, "%headroom tiles messages --image report.png --model claude-opus-5-5"),
        cut,
        ".headroom-explorer",
    ),
)


def take(shot: Shot, lab: Lab, page: Page, file: Path, width: int) -> None:
    """Run a notebook in a wide window, where all that is pressed is in sight, and keep the image of one element."""
    page.set_default_timeout(PATIENCE_MS)
    page.set_viewport_size({"width": WIDE, "height": shot.high})
    for old in filter(Path.is_file, lab.folder.iterdir()):
        old.unlink()

    # of another name than any before: a kernel that runs for it would go on counting
    name = lab.write(f"{shot.name}{'' if width == WIDE else '-narrow'}.ipynb", *shot.cells)
    lab.open(page, name)
    page.keyboard.press("Control+b")  # the file browser takes the place of what is shown
    lab.run_all(page, len(shot.cells))
    shot.act(page)
    if width != WIDE:
        page.set_viewport_size({"width": width, "height": shot.high})
        if page.locator("#jp-left-stack:not(.lm-mod-hidden)").count():
            page.keyboard.press("Control+b")
        page.wait_for_timeout(1000)
    element = page.locator(shot.keep)
    picture = Image.open(io.BytesIO(element.screenshot())).convert("RGB")
    picture.quantize(COLOURS).save(file, optimize=True)
    print(f"{file}: {picture.width}×{picture.height} px, {file.stat().st_size:,} bytes")


def main() -> None:
    """Take every shot, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--theme", choices=THEMES, help="one theme alone")
    parser.add_argument("names", nargs="*", help="shots to take; all when left out")
    options = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("no Chromium on the path (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    for limit in ("IMAGE", "OCR"):  # a busy machine must not be seen in the docs
        os.environ[f"HEADROOM_NB_MAX_{limit}_SECONDS"] = "3600"
    options.out.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if not options.names or shot.name in options.names]
    wanted = [(shot, width) for shot in shots for width in (WIDE, NARROW)[: 1 + shot.narrow]]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        for scheme, theme in THEMES.items() if options.theme is None else [(options.theme, THEMES[options.theme])]:
            with tempfile.TemporaryDirectory() as home, running_lab(Path(home), theme) as lab:
                for shot, width in wanted:
                    page = browser.new_page()
                    name = shot.name if width == WIDE else f"{shot.name}-{width}"
                    take(shot, lab, page, options.out / f"{name}-{scheme}.png", width)
                    page.close()
        browser.close()


if __name__ == "__main__":
    main()
