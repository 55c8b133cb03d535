"""Record the run of ``headroom_nb/demo/run`` anew: an agent's screens of a small web application, in a real browser.

::

    python tools/make_agent_run.py [--out headroom_nb/demo/run]

Needs Chromium and Playwright. Everything shown is invented. The screens go into one file, a lossless animation: most of
a screen is as it was in the one before, and costs nothing there. What may be asked of each screen is written down from
the page's own data.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from PIL import Image

from tests.browser.jupyter_lab import find_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

PAGE = Path(__file__).parent / "demo_pages" / "order-desk.html"
SIZE = {"width": 1120, "height": 728}
COLOURS, FACTS = 16, 5
"""Colours of the screens, and facts that are written down of each."""

TASK = "Go through the order desk: correct deliveries that customers wrote about, and check the orders and the stock."


def steps(page: Page) -> Iterator[str]:
    """Do one thing after another, and yield what was done as a call."""
    yield "open the order desk"
    yield from scrolled(page, 4, 190)
    page.locator("main").evaluate("each => { each.scrollTop = 0 }")
    yield "scroll(to='top')"
    for order, street, town in (
        (7, "19 Quay Street", "Wexcombe"),
        (12, "4 Foundry Row", "Stanmoor"),
        (3, "88 Mill Lane", "Aldbridge"),
        (18, "150 Abbey Walk", "Port Ellery"),
    ):
        name = page.evaluate(f"orders[{order}].name.split(' ')[0]")
        for end in (3, len(name)):
            page.fill("#search", name[:end])
            yield f"type(field='search', text={name[:end]!r})"
        page.click(f"[data-order='{order}']")
        yield f"click(order={page.evaluate(f'orders[{order}].id')})"
        page.click("#edit")
        yield "click('Change delivery')"
        page.fill("#street", street)
        yield f"type(field='street', text={street!r})"
        page.fill("#town", town)
        yield f"type(field='town', text={town!r})"
        page.click("#save")
        yield "click('Save')"
        yield from scrolled(page, 2, 220)
        page.click("#nav-orders")
        yield "click('Orders')"
        page.mouse.move(600, 400)
        yield "wait()"
    page.click("#nav-stock")
    yield "click('Stock')"
    page.click("#nav-report")
    yield "click('Report')"
    yield from scrolled(page, 3, 210)
    page.click("#nav-orders")
    yield "click('Orders')"
    yield from scrolled(page, 2, 300)
    page.click("[data-order='21']")
    yield f"click(order={page.evaluate('orders[21].id')})"
    page.click("#state")
    yield "click('Change state')"
    page.click("[data-state='Packed']")
    yield "click('Packed')"
    page.click("#edit")
    yield "click('Change delivery')"
    page.fill("#note", "Ring twice")
    yield "type(field='note', text='Ring twice')"
    page.click("#save")
    yield "click('Save')"


def scrolled(page: Page, times: int, pixels: int) -> Iterator[str]:
    """Scroll down, a turn of the wheel at a time."""
    page.mouse.move(600, 400)
    for _ in range(times):
        page.mouse.wheel(0, pixels)
        page.wait_for_timeout(150)
        yield f"scroll(down={pixels})"


def record(out: Path) -> None:
    """Write ``screens.webp`` and ``run.json``."""
    from playwright.sync_api import sync_playwright

    frames: list[Image.Image] = []
    known: dict[bytes, int] = {}
    told: list[dict[str, object]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE)
        page.goto(PAGE.as_uri())
        for call in steps(page):
            frame = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            if known.setdefault(frame.tobytes(), len(frames)) == len(frames):
                frames.append(frame)
            facts = spread(page.evaluate("facts()"))
            told.append({"call": call, "screen": known[frame.tobytes()], "facts": facts})
        browser.close()
    out.mkdir(parents=True, exist_ok=True)
    screens = in_few_colours(frames)
    screens[0].save(
        out / "screens.webp",
        save_all=True,
        append_images=screens[1:],
        lossless=True,
        quality=100,
        method=4,
        minimize_size=True,
    )
    lines = ",\n".join(json.dumps(step, ensure_ascii=False) for step in told)
    task = json.dumps(TASK)
    (out / "run.json").write_text(f'{{"task": {task}, "steps": [\n{lines}\n]}}\n', "utf-8")
    print(f"{len(told)} screens, {len(screens)} different, {(out / 'screens.webp').stat().st_size:,} bytes")


def spread(facts: list[list[str]]) -> list[list[str]]:
    """Return some of a screen's facts, from all over it."""
    step = max(1, len(facts) // FACTS)
    return facts[step // 2 :: step][:FACTS]


def in_few_colours(frames: list[Image.Image]) -> list[Image.Image]:
    """Return the screens in one palette, which takes half of the bytes and is as well read."""
    every = frames[:: max(1, len(frames) // 6)]
    together = Image.new("RGB", (frames[0].width, frames[0].height * len(every)))
    for place, frame in enumerate(every):
        together.paste(frame, (0, place * frame.height))
    palette = together.quantize(COLOURS, dither=Image.Dither.NONE)
    return [frame.quantize(palette=palette, dither=Image.Dither.NONE).convert("RGB") for frame in frames]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "headroom_nb" / "demo" / "run")
    record(parser.parse_args().out)


if __name__ == "__main__":
    main()
