"""How much text survives, by its height in the view: where the numbers of ``legibility.py`` come from."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np

from benchmarks.fidelity.facts import INK, PAPER, Sheet
from benchmarks.fidelity.judge import HANDICAP, squeeze, to_bytes
from headroom_nb.ocr import get_ocr
from headroom_nb.pictures import open_picture, resize
from headroom_nb.signals.measure import measure
from headroom_nb.signals.text_size import smallest_font

FONTS = ("Sans", "Serif", "SansMono", "Sans-Bold")
FULL_PX = 36
"""Font size of the master page, pixels; it is shrunk from there."""

SIZES = (6, 7, 8, 8.5, 9, 9.5, 10, 11, 12, 13, 15, 18)
"""Font sizes in the view that are tried, pixels."""

LOST = {"safe": 0.01, "balanced": 0.02, "max": 0.1}
"""Share of the words read at full size that each quality may lose."""


def page(font: str, *, dark: bool, seed: int) -> tuple[Sheet, list[str]]:
    """Return a page of random words and figures, and what stands on it."""
    rng = random.Random(seed)
    ink, paper = (PAPER, (30, 30, 34)) if dark else (INK, PAPER)
    sheet, words = Sheet((1500, 1100), paper), []
    for row in range(16):
        line = [_word(rng) for _ in range(5)]
        words += line
        sheet.text((40, 40 + row * 64), "   ".join(line), FULL_PX, font=font, ink=ink)
    return sheet, words


def _word(rng: random.Random) -> str:
    """Return six letters or six digits at random, so that no engine can guess them."""
    letters = "abcdefghijkmnopqrstuvwxyz" if rng.random() < 0.6 else "0123456789"
    return "".join(rng.choice(letters) for _ in range(6))


def calibrate() -> None:
    """Print the share of words read, by font size in the view, and the smallest size for each quality."""
    ocr = get_ocr()
    read: dict[float, list[float]] = defaultdict(list)
    for number, font in enumerate(FONTS):
        sheet, words = page(font, dark=number % 2 == 1, seed=number)
        picture = open_picture(to_bytes(sheet.image))
        print(f"{font}: {FULL_PX} px, measured as {smallest_font(picture, measure(picture)) or 0:.1f} px", flush=True)
        for wanted in (FULL_PX, *SIZES):
            scale = wanted / FULL_PX * HANDICAP
            view = resize(sheet.image, (round(sheet.image.width * scale), round(sheet.image.height * scale)))
            text = squeeze(" ".join(line.text for line in ocr.read(view).lines))
            read[wanted].append(sum(word in text for word in words) / len(words))
    full = float(np.mean(read[FULL_PX]))
    print(f"\nread at full size: {full:.1%}; OCR is given {HANDICAP:.0%} of the view's size")
    print("font    of full size   worst face")
    kept = {size: float(np.mean(read[size])) / full for size in SIZES}
    for size in SIZES:
        print(f"{size:>4} px {kept[size]:>12.1%} {min(read[size]) / full:>12.1%}")
    for quality, lost in LOST.items():
        short = [size for size in SIZES if kept[size] < 1 - lost]
        fits = [size for size in SIZES if size > max(short, default=0)]
        print(f"{quality:>9}: {min(fits, default=max(SIZES))} px")
