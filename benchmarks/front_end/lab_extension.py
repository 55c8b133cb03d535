"""What the JupyterLab extension costs in a real JupyterLab: its size, time added at the start, a large folder.

    python -m benchmarks.front_end.lab_extension --out benchmarks/results/lab_extension.json

The start is measured in the browser, from the navigation until JupyterLab says that it is restored: with the extension
and without it by turns, and the best of each compared. The bar is held to what the page's main thread computes,
which other work on the machine disturbs less than the time that passes; both are given. Needs Chromium.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from tests.browser.jupyter_lab import QUIET, Lab, find_chromium, running_lab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

STATIC = Path(__file__).parents[2] / "headroom_nb" / "labextension" / "static"
STARTS = 20
IMAGES = 500
SIDE = 184
"""Pixels of noise that make a PNG of 100 kB."""

BARS = {"bundle_kb": 120, "start_added_cpu_ms": 50, "folder_s": 2}

RESTORED = """
const waiting = setInterval(() => {
  if (window.jupyterapp) {
    clearInterval(waiting);
    window.jupyterapp.restored.then(() => { window.restoredAt = performance.now(); });
  }
}, 1);
"""


def sizes() -> dict[str, float]:
    """Return the extension's size in thousands of bytes, as it is and as a compressing server sends it."""
    scripts = [file.read_bytes() for file in STATIC.glob("*.js")]
    largest = max(map(len, scripts))
    return {
        "bundle_kb": round(sum(map(len, scripts)) / 1000, 1),
        "bundle_gzip_kb": round(sum(len(gzip.compress(script)) for script in scripts) / 1000, 1),
        "loaded_at_start_kb": round((sum(map(len, scripts)) - largest) / 1000, 1),
    }


def start_ms(browser: BrowserContext, lab: Lab, *, expected: bool) -> tuple[float, float]:
    """Return the milliseconds that pass and that are computed in one start, with the browser's cache warm."""
    page = browser.new_page()
    page.add_init_script(RESTORED)
    devtools = browser.new_cdp_session(page)
    devtools.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
    devtools.send("Performance.enable")
    page.goto(f"{lab.url}/lab?reset")
    page.wait_for_function("window.restoredAt !== undefined", timeout=60_000)
    metrics = {metric["name"]: metric["value"] for metric in devtools.send("Performance.getMetrics")["metrics"]}
    found = page.evaluate("performance.getEntriesByType('resource').some(entry => entry.name.includes('headroom-nb'))")
    if found != expected:
        raise RuntimeError(f"the extension was {'not ' if expected else ''}loaded")
    took = float(page.evaluate("window.restoredAt"))
    page.close()
    return took, 1000 * metrics["ScriptDuration"]


def starts(browser: Browser, home: Path) -> dict[str, float]:
    """Return the best start with and without the extension, and what it adds, in milliseconds."""
    others = home / "without" / "others"
    others.mkdir(parents=True)
    (home / "without" / "config").mkdir()
    for extension in (Path(sys.prefix) / "share" / "jupyter" / "labextensions").iterdir():
        if extension.name != "headroom-nb":
            (others / extension.name).symlink_to(extension)
    settings = {"LabApp": {"labextensions_path": [str(others)]}}
    (home / "without" / "config" / "jupyter_lab_config.json").write_text(json.dumps(settings), encoding="utf-8")
    (home / "with").mkdir()
    with running_lab(home / "with") as with_it, running_lab(home / "without") as without:
        context = browser.new_context()
        rounds = [
            (start_ms(context, with_it, expected=True), start_ms(context, without, expected=False))
            for _ in range(STARTS + 2)
        ]
        context.close()
    measured = rounds[2:]  # the first ones fill the caches
    (with_ms, with_cpu), (without_ms, without_cpu) = (
        (min(passed for passed, _ in times), min(computed for _, computed in times))
        for times in zip(*measured, strict=True)
    )
    return {
        "start_with_ms": round(with_ms),
        "start_without_ms": round(without_ms),
        "start_with_cpu_ms": round(with_cpu),
        "start_without_cpu_ms": round(without_cpu),
        "start_added_cpu_ms": round(with_cpu - without_cpu),
    }


def make_folder(folder: Path) -> float:
    """Write the pictures; return their size in megabytes."""
    folder.mkdir()
    noise = np.random.default_rng(0)
    for number in range(IMAGES):
        pixels = noise.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
        Image.fromarray(pixels, "RGB").save(folder / f"{number:03}.png", compress_level=1)
    return sum(file.stat().st_size for file in folder.iterdir()) / 1e6


def folder_s(browser: Browser, home: Path) -> dict[str, float]:
    """Return the seconds from the press of the menu to the bill of a large folder, best of three."""
    home.mkdir()
    with running_lab(home) as lab:
        megabytes = make_folder(lab.folder / "pictures")
        (lab.folder / "notes.txt").write_text("", encoding="utf-8")
        page: Page = browser.new_page()
        lab.open(page, "notes.txt")
        page.locator(".jp-DirListing-item", has_text="pictures").click()
        seconds = []
        for _ in range(3):
            took = page.evaluate(
                "async () => { const start = performance.now();"
                " await jupyterapp.commands.execute('headroom:estimate'); return performance.now() - start; }"
            )
            tab = page.get_by_role("region", name="What pictures costs").last
            if f"{IMAGES} pictures" not in tab.inner_text():
                raise RuntimeError("the folder was not counted")
            seconds.append(took / 1000)
        sent = page.evaluate(
            "performance.getEntriesByType('resource').filter(entry => entry.name.includes('/files/pictures/'))"
            ".reduce((sum, entry) => sum + entry.encodedBodySize, 0)"
        )
        page.close()
    return {
        "folder_mb": round(megabytes, 1),
        "folder_s": round(min(seconds), 2),
        "folder_read_mb": round(sent / 3e6, 1),
    }


def main() -> None:
    """Measure, print a table, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("build/lab_extension.json"))
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
        home = Path(name)
        measured = {**sizes(), **starts(browser, home), **folder_s(browser, home / "folder")}
        browser.close()
    for key, value in measured.items():
        bar = f"  (bar {BARS[key]})" if key in BARS else ""
        print(f"{key:<20} {value:>10}{bar}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps({"measured": measured, "bars": BARS}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
