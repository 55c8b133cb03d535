"""Speed of OCR on a recorded run of screenshots, beside a plain RapidOCR call: most lines stand in the one before.

    python -m benchmarks.text.ocr_run [--screens 60] [--plain-every 1] [--json build/ocr_run.json]

The run is an agent's: a program's window in which a log grows by a few lines at each step and scrolls when it is full,
drawn with Pillow in a font that Pillow brings along. Both engines are warmed up and read the same images.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.text.ocr import plain_reader
from headroom_nb.ocr.engine import RapidOcr
from headroom_nb.ocr.weights import find_weights

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE, STEP, LINES = (1280, 720), 22, 26

WORDS = [
    "opened",
    "closed",
    "saved",
    "request",
    "answer",
    "file",
    "index",
    "user",
    "order",
    "total",
    "failed",
    "retried",
    "row",
    "page",
    "cache",
    "build",
    "test",
]


def screens(count: int, seed: int = 11) -> Iterator[Image.Image]:
    """Yield the screenshots of a run."""
    rng = random.Random(seed)
    face = ImageFont.load_default(15)
    log = [_entry(rng) for _ in range(14)]
    for number in range(count):
        image = Image.new("RGB", SIZE, "white")
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, SIZE[0], 40), fill="#20304a")
        draw.text((20, 10), "Log of the service   File  Edit  View  Help", font=face, fill="white")
        for row, text in enumerate(log[-LINES:]):
            draw.text((24, 60 + STEP * row), text, font=face, fill="#202020")
        draw.text((24, SIZE[1] - 28), f"step {number + 1}, {len(log)} entries", font=face, fill="#606060")
        yield image
        log += [_entry(rng) for _ in range(rng.choice((0, 1, 1, 2, 3)))]


def _entry(rng: random.Random) -> str:
    clock = f"{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"
    return f"{clock}  {' '.join(rng.choices(WORDS, k=rng.randrange(4, 12)))} {rng.randrange(10**5)}"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--screens", type=int, default=60)
    parser.add_argument("--plain-every", type=int, default=1, help="plain RapidOCR reads only every n-th screenshot")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    ours, plain = RapidOcr(find_weights()), plain_reader()
    warm = Image.new("RGB", (640, 480), "white")
    ours.read(warm)
    plain(np.asarray(warm))
    cpu = {"ours": 0.0, "plain": 0.0}
    for number, image in enumerate(screens(options.screens)):
        start = time.process_time()
        lines = len(ours.read(image).lines)
        between = time.process_time()
        cpu["ours"] += between - start
        if number % options.plain_every == 0:
            plain(np.asarray(image)[:, :, ::-1].copy())
            cpu["plain"] += (time.process_time() - between) * options.plain_every
        print(f"{number + 1:3} {lines:3} lines  {cpu['ours']:7.1f} {cpu['plain']:7.1f} s of processor time", flush=True)
    figures = {"screens": options.screens, "cpu_seconds": cpu, "cpu_ratio": cpu["plain"] / cpu["ours"]}
    print(figures)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
