"""What the widgets weigh and how fast they answer: bundle, stored output, first paint, and frames while dragging.

::

    python -m benchmarks.front_end [--out build/front_end.json]

The page is a plain one in Chromium without a graphics card and without a limit on frames, so that the time between two
frames is what a frame costs: script, layout and painting on the processor. Needs Playwright and Chromium.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from headroom_nb import CompressionResult, CompressionView, TileExplorer, compress, user_message
from headroom_nb.widgets.base import STATIC
from tests.browser.jupyter_lab import QUIET
from tests.browser.plain_page import PlainPage

SIZE = (4000, 3000)
FRAMES = 240
UNLIMITED = ("--disable-frame-rate-limit", "--disable-gpu-vsync")
MODELS = (("gpt-4o", "high"), ("gpt-5.6-sol", "high"), ("gpt-5.6-sol", "original"), ("claude-opus-5-5", "auto"))

# One pointer event a frame, as a mouse would send them; what counts is the time from frame to frame.
DRAG = """async ([selector, frames, dx, dy]) => {
  const target = document.querySelector(selector);
  const stage = document.querySelector('.headroom-x-stage-tiles');
  const box = target.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const send = (type, at) => (type === 'pointerdown' ? target : stage).dispatchEvent(new PointerEvent(type, {
    bubbles: true, cancelable: true, pointerId: 1, button: 0,
    clientX: x + dx * Math.sin(at), clientY: y + dy * Math.sin(at),
  }));
  stage.setPointerCapture = () => {};
  send('pointerdown', 0);
  const times = [];
  await new Promise(resolve => {
    let count = 0;
    const step = now => {
      times.push(now);
      if (count++ === frames) { resolve(); return; }
      send('pointermove', count / 12);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  send('pointerup', 0);
  return times;
}"""

# A second view of the same widget: until its figures are painted, and until its picture is.
FIRST_PAINT = """async () => {
  const start = performance.now();
  window.show();
  const { el, controller } = window.views.at(-1);
  const frame = () => new Promise(resolve => requestAnimationFrame(resolve));
  await frame();
  await frame();
  const figures_ms = performance.now() - start;
  const canvas = el.querySelector('canvas');
  while (canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3] === 0) await frame();
  const picture_ms = performance.now() - start;
  controller.abort();
  el.remove();
  return { figures_ms, picture_ms };
}"""


def photograph() -> bytes:
    """Return a picture of 12 megapixels with detail everywhere, as JPEG."""
    rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    noise = np.random.default_rng(3).integers(0, 60, (SIZE[1], SIZE[0]))
    red = 128 + 90 * np.sin(columns / 97) + noise
    green = 128 + 90 * np.sin(rows / 61) + noise
    blue = 128 + 90 * np.sin((rows + columns) / 43) + noise
    out = io.BytesIO()
    Image.fromarray(np.clip(np.dstack([red, green, blue]), 0, 255).astype(np.uint8)).save(out, "JPEG", quality=85)
    return out.getvalue()


def frames(times: list[float]) -> dict[str, float]:
    """Return the median, the 95th percentile and the longest time between frames, in milliseconds."""
    between = np.diff(np.array(times[10:]))
    return {
        "median_ms": round(float(np.median(between)), 2),
        "p95_ms": round(float(np.percentile(between, 95)), 2),
        "longest_ms": round(float(between.max()), 2),
    }


def dragging(picture: bytes) -> list[dict[str, Any]]:
    """Return how long frames take while the crop box of a 12-megapixel picture is moved, resized and drawn anew."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *UNLIMITED])
        for model, detail in MODELS:
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            explorer = TileExplorer(picture, model, detail, crop_box=(900, 700, 2900, 2300), label="photograph")
            frame = PlainPage(page, explorer).open()
            frame.locator(".headroom-explorer:not([aria-busy])").wait_for()
            page.wait_for_timeout(500)
            paint = frame.evaluate(FIRST_PAINT)
            for what, selector in (("move", ".headroom-x-crop"), ("resize", ".headroom-x-corner-falling")):
                times = page.evaluate(DRAG, [selector, FRAMES, 120, 80])
                found.append({"model": model, "detail": detail, "drag": what, **frames(times)})
            found[-1] |= {name: round(value) for name, value in paint.items()}
            explorer.close()
            page.close()
        browser.close()
    return found


def weights() -> dict[str, int]:
    """Return bytes: the built files, and what a saved notebook holds of a widget."""
    found = {file.name: file.stat().st_size for file in sorted(STATIC.iterdir())}
    explorer = TileExplorer(Image.effect_noise((1600, 1200), 90).convert("RGB"), "gpt-4o")
    found["stored explorer"] = len(json.dumps(explorer._repr_mimebundle_()[0]))
    explorer.close()
    found["stored view of 20 images"] = len(json.dumps(view_of_twenty()))
    return found


def view_of_twenty() -> Any:
    """Return the mime bundle of a view of twenty compressed pictures."""
    return CompressionView(compressed(20))._repr_mimebundle_()[0]


def compressed(count: int) -> CompressionResult:
    """Return so many compressed pictures, each of its own size."""
    pictures = [Image.effect_noise((800 + 8 * at, 600), 60 + at).convert("RGB") for at in range(count)]
    messages = [user_message("What is in the top left corner?", picture) for picture in pictures]
    return compress(messages, model="gpt-4o", router="rules")


# From the widget's start to the frame in which its rows stand.
PAINT = """state => new Promise(resolve => {
  const start = performance.now();
  window.start(state);
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start), 0));
})"""


def painting() -> list[dict[str, Any]]:
    """Return how long a view of decisions takes: in the kernel, to its first frame, to its previews on the screen."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        for count in (20, 100):
            result = compressed(count)
            start = time.perf_counter()
            view = CompressionView(result)
            built_s = time.perf_counter() - start
            view._repr_mimebundle_()
            stored_s = time.perf_counter() - start - built_s
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            plain = PlainPage(page, view)
            frame = plain.open()
            frame.evaluate("window.views.pop().controller.abort()")
            state = {name: value for name, value in view.get_state().items() if name in {"kind", "report", "formats"}}
            start = time.perf_counter()
            painted_ms = frame.evaluate(PAINT, state)
            frame.wait_for_function("() => document.querySelectorAll('.headroom-thumb img').length >= 8")
            previews_s = time.perf_counter() - start
            found.append(
                {
                    "images": count,
                    "built_s": round(built_s, 3),
                    "static_forms_s": round(stored_s, 3),
                    "first_frame_ms": round(painted_ms, 1),
                    "previews_s": round(previews_s, 2),
                }
            )
            view.close()
            page.close()
        browser.close()
    return found


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description="What the widgets weigh and how fast they answer.")
    parser.add_argument("--out", type=Path, default=Path("build/front_end.json"))
    out = parser.parse_args().out
    report = {"bytes": weights(), "paint": painting(), "frames": dragging(photograph())}
    for name, size in report["bytes"].items():
        print(f"{size:>9,} B  {name}")
    for row in report["paint"]:
        print(
            f"{row['images']:>4} images: view made in {row['built_s']} s, static forms in {row['static_forms_s']} s, "
            f"first frame after {row['first_frame_ms']} ms, previews after {row['previews_s']} s"
        )
    for row in report["frames"]:
        print(
            f"{row['model']:>16} {row['detail']:<9} {row['drag']:<7} {row['median_ms']:>6} ms, p95 {row['p95_ms']} ms"
        )
        if "figures_ms" in row:
            print(f"{'':>16} first paint: figures after {row['figures_ms']} ms, picture after {row['picture_ms']} ms")
    print(f"{statistics.median(row['median_ms'] for row in report['frames'])} ms a frame in the middle")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
