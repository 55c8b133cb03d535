"""Pages whose font sizes are known, of many kinds, drawn by Chromium or, where that is missing, by Pillow."""
# ruff: noqa: E501  (markup is easier to read in whole lines)

from __future__ import annotations

import base64
import io
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tests.browser.jupyter_lab import QUIET, find_chromium
from training.images.fonts import found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIGHT = (("#ffffff", "#1b1b1f"), ("#fafafa", "#333333"), ("#f4efe2", "#2a2118"), ("#eef2f6", "#12263a"))
DARK = (("#1e1e1e", "#d4d4d4"), ("#0d1117", "#c9d1d9"), ("#20232a", "#ffffff"), ("#002b36", "#93a1a1"))

SOUNDS = re.findall(
    "[a-z]+", "a e i o u ba co den fi gra hol in ja kle lo mi ner ot pa qui ri sto ter un ver wi xo ty zu"
)

SEEN = """() => {
  const seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const size = parseFloat(getComputedStyle(node.parentElement).fontSize), range = document.createRange();
    for (const word of node.data.matchAll(/\\S+/g)) {
      range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
      const box = range.getBoundingClientRect();
      if (box.bottom <= innerHeight && box.right <= innerWidth && box.width) seen.push([size, word[0].length]);
    }
  }
  return seen;
}"""
"""Gives (font size in CSS pixels, characters) of every word that is inside the page."""


@dataclass(frozen=True)
class Page:
    """A page with its truth: ``texts`` are (font size in pixels of the image, characters)."""

    kind: str
    image: Image.Image
    texts: tuple[tuple[float, int], ...]
    wear: str = ""

    def percentile(self, share: float) -> float | None:
        """Return the font size under which this share of the characters stands, 0 to 1."""
        texts = sorted(self.texts)
        total, below = sum(count for _, count in texts), 0
        for size, count in texts:
            below += count
            if below >= share * total:
                return size
        return None


def word(rng: random.Random) -> str:
    """Return a word, a number, a price, a date or a code."""
    kind = rng.random()
    if kind < 0.75:
        sounds = rng.choices(
            SOUNDS,
            k=rng.randint(1, 4),
        )
        text = "".join(sounds)
        return text.capitalize() if rng.random() < 0.2 else text
    if kind < 0.85:
        return f"{rng.randint(0, 999)}.{rng.randint(0, 99):02d}"
    if kind < 0.95:
        return str(rng.randint(1, 20_000))
    return "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=rng.randint(4, 10)))


def words(rng: random.Random, least: int, most: int) -> str:
    """Return so many words."""
    return " ".join(word(rng) for _ in range(rng.randint(least, most)))


def article(rng: random.Random, _size: float) -> str:
    """Draw a page of prose with headings, notes and perhaps two columns."""
    parts = []
    for _ in range(8):
        if rng.random() < 0.3:
            parts.append(f"<h2>{words(rng, 2, 6)}</h2>")
        parts.append(f"<p>{words(rng, 40, 90)}</p>")
    columns = rng.choice((1, 1, 2))
    return f"<div style='columns:{columns};column-gap:3em'>{''.join(parts)}</div>"


def receipt(rng: random.Random, _size: float) -> str:
    """Draw items with prices."""
    rows = "".join(
        f"<tr><td>{words(rng, 1, 4).upper() if rng.random() < 0.7 else words(rng, 1, 4)}</td>"
        f"<td style='text-align:right'>{rng.randint(0, 99)}.{rng.randint(0, 99):02d}</td></tr>"
        for _ in range(rng.randint(8, 30))
    )
    head = f"<div style='text-align:center;font-size:1.5em'>{words(rng, 1, 3).upper()}</div>"
    return f"{head}<div style='text-align:center'>{words(rng, 3, 8)}</div><table style='width:100%'>{rows}</table>"


def table(rng: random.Random, size: float) -> str:
    """Draw cells with or without rules."""
    border = rng.choice(("none", "1px solid #8888", "1px solid"))
    columns = rng.randint(3, 8)
    cells = "".join(
        "<tr>"
        + "".join(
            f"<t{'h' if not row else 'd'} style='border:{border};padding:{size * 0.3:.0f}px {size * 0.6:.0f}px'>"
            f"{words(rng, 1, 2)}</t{'h' if not row else 'd'}>"
            for _ in range(columns)
        )
        + "</tr>"
        for row in range(rng.randint(6, 24))
    )
    return f"<table style='border-collapse:collapse'>{cells}</table>"


def code(rng: random.Random, _size: float) -> str:
    """Draw code with line numbers and coloured words."""
    lines = []
    for number in range(1, 40):
        body = "&nbsp;" * (4 * rng.randint(0, 3)) + words(rng, 1, 8)
        colour = rng.choice(("#569cd6", "#ce9178", "#6a9955", "inherit", "inherit"))
        lines.append(
            f"<div><span style='opacity:.5'>{number:3d}&nbsp;</span><span style='color:{colour}'>{body}</span></div>"
        )
    return f"<div style='white-space:nowrap'>{''.join(lines)}</div>"


def dashboard(rng: random.Random, _size: float) -> str:
    """Draw cards with large figures and small labels."""
    cards = "".join(
        f"<div style='border:1px solid #8886;border-radius:8px;padding:1em;display:inline-block;"
        f"margin:.5em;width:12em'>"
        f"<div style='opacity:.7'>{words(rng, 1, 3)}</div><div style='font-size:2.2em'>{rng.randint(10, 9999)}</div>"
        f"<div>{words(rng, 2, 5)}</div></div>"
        for _ in range(rng.randint(4, 12))
    )
    return f"<h2>{words(rng, 1, 3)}</h2>{cards}<p>{words(rng, 15, 40)}</p>"


def desktop(rng: random.Random, _size: float) -> str:
    """Draw a wallpaper with icons, a bar, and a window."""
    from_, to = (f"hsl({rng.randint(0, 360)},50%,{light}%)" for light in (35, 55))
    shade = f"linear-gradient({rng.randint(0, 360)}deg,{from_},{to})"
    icons = "".join(
        f"<div style='position:absolute;left:{20 + 90 * (n % 2)}px;top:{20 + 90 * (n // 2)}px;width:80px;text-align:center;color:#fff'>"
        f"<div style='width:40px;height:40px;margin:auto;border-radius:9px;background:hsl({rng.randint(0, 360)},70%,60%)'></div>"
        f"{words(rng, 1, 2)}</div>"
        for n in range(rng.randint(2, 10))
    )
    window = (
        f"<div style='position:absolute;left:{rng.randint(230, 400)}px;top:{rng.randint(30, 120)}px;width:45%;"
        f"background:#fff;color:#222;padding:1em'>{words(rng, 10, 60)}</div>"
        if rng.random() < 0.6
        else ""
    )
    bar = f"<div style='position:absolute;bottom:0;left:0;right:0;background:#222c;color:#fff;padding:.5em'>{words(rng, 2, 6)}</div>"
    return f"<div style='position:fixed;inset:0;background:{shade}'>{icons}{window}{bar}</div>"


def chart(rng: random.Random, size: float) -> str:
    """Draw bars or a line with axis labels."""
    width, height = rng.randint(360, 760), rng.randint(220, 460)
    count = rng.randint(4, 12)
    step = width / count
    bars = "".join(
        f"<rect x='{70 + n * step:.0f}' y='{20 + height - (high := rng.uniform(0.1, 1) * height):.0f}' width='{step * 0.7:.0f}' "
        f"height='{high:.0f}' fill='hsl({rng.randint(0, 360)},60%,55%)'/>"
        f"<text x='{70 + (n + 0.35) * step:.0f}' y='{height + 20 + 1.3 * size:.0f}' text-anchor='middle' fill='currentColor'>{word(rng)[:7]}</text>"
        for n in range(count)
    )
    ticks = "".join(
        f"<text x='62' y='{20 + height - n * height / 5:.0f}' text-anchor='end' fill='currentColor'>{n * rng.choice((5, 20, 100))}</text>"
        f"<line x1='66' x2='{70 + width}' y1='{20 + height - n * height / 5:.0f}' y2='{20 + height - n * height / 5:.0f}' stroke='#8885'/>"
        for n in range(6)
    )
    return f"<svg width='{width + 90}' height='{height + 60 + 2 * size:.0f}'>{bars}{ticks}</svg>"


def form(rng: random.Random, _size: float) -> str:
    """Draw labels with fields, boxes and buttons."""
    rows = "".join(
        f"<div style='margin:.8em 0'><div style='font-size:{rng.choice((1, 1, 0.85))}em'>{words(rng, 1, 3)}</div>"
        f"<div style='border:1px solid #888;padding:.4em;width:18em;border-radius:4px'>{words(rng, 1, 3)}</div></div>"
        for _ in range(rng.randint(4, 9))
    )
    boxes = "".join(f"<div>☐ {words(rng, 2, 5)}</div>" for _ in range(rng.randint(0, 4)))
    return f"<h2>{words(rng, 1, 4)}</h2>{rows}{boxes}<span style='background:#06c;color:#fff;padding:.5em 1em'>{words(rng, 1, 2)}</span>"


def chat(rng: random.Random, _size: float) -> str:
    """Draw bubbles left and right with the time in small print."""
    return "".join(
        f"<div style='text-align:{rng.choice(('left', 'right'))};margin:.5em'><span style='display:inline-block;max-width:60%;"
        f"background:{rng.choice(('#d9fdd3', '#e5e5ea'))};color:#111;padding:.5em .8em;border-radius:1em'>{words(rng, 3, 18)} "
        f"<span style='font-size:.75em;opacity:.6'>{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}</span></span></div>"
        for _ in range(rng.randint(5, 14))
    )


def slide(rng: random.Random, _size: float) -> str:
    """Draw few large words."""
    points = "".join(f"<li>{words(rng, 3, 8)}</li>" for _ in range(rng.randint(2, 6)))
    return f"<h1>{words(rng, 2, 5)}</h1><ul>{points}</ul>"


KINDS: dict[str, tuple[Callable[[random.Random, float], str], tuple[str, ...], tuple[float, float]]] = {
    "article": (article, ("serif", "sans"), (9, 20)),
    "receipt": (receipt, ("mono", "sans"), (10, 26)),
    "table": (table, ("sans", "serif"), (9, 18)),
    "code": (code, ("mono",), (10, 18)),
    "dashboard": (dashboard, ("sans",), (10, 16)),
    "desktop": (desktop, ("sans",), (10, 14)),
    "chart": (chart, ("sans",), (9, 16)),
    "form": (form, ("sans", "serif"), (11, 18)),
    "chat": (chat, ("sans",), (12, 18)),
    "slide": (slide, ("sans", "serif"), (18, 40)),
}
"""Kind: what draws it, its families of fonts, and its range of font sizes in CSS pixels."""

WINDOWS = {"receipt": (300, 520), "desktop": (1280, 1920), "slide": (960, 1280)}


def _html(kind: str, rng: random.Random, size: float) -> str:
    draw, families, _ = KINDS[kind]
    ground, ink = rng.choice(DARK if kind == "code" or rng.random() < 0.25 else LIGHT)
    if kind == "receipt":
        ground, ink = "#fdfdfb", rng.choice(("#222", "#444", "#555"))
    files = found()[rng.choice(families)]
    plain = [
        file
        for file in files
        if not {"bold", "italic", "oblique"} & set(re.findall("bold|italic|oblique", file.lower()))
    ]
    face = base64.b64encode(Path(rng.choice(plain if rng.random() < 0.85 else files)).read_bytes()).decode()
    style = (
        f"@font-face{{font-family:face;src:url(data:font/ttf;base64,{face})}}"
        f"body{{margin:{rng.randint(8, 40)}px;background:{ground};color:{ink};font:{size:.1f}px/{rng.uniform(1.15, 1.7):.2f} "
        f"face;letter-spacing:{rng.choice((0, 0, 0, 0.02))}em}} h1{{font-size:1.9em}} h2{{font-size:1.4em}} "
        "svg text{font-size:1em} table{font-size:inherit}"
    )
    return f"<meta charset=utf-8><style>{style}</style>{draw(rng, size)}"


def chromium_pages(count: int, seed: int, first: int = 0) -> Iterator[Page]:
    """Yield pages of all kinds in turn; each depends on the seed and its number alone."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
        try:
            for number in range(first, first + count):
                rng = random.Random(f"{seed} {number}")
                kind = list(KINDS)[number % len(KINDS)]
                scale = rng.choice((1, 1, 1.5, 2))
                width = rng.randint(*WINDOWS.get(kind, (600, 1300)))
                height = round(width * (rng.uniform(1.2, 2.4) if kind == "receipt" else rng.uniform(0.55, 1.4)))
                if kind == "desktop":
                    height = round(width * 0.5625)
                size = rng.uniform(*KINDS[kind][2])
                context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=scale)
                tab = context.new_page()
                tab.set_content(_html(kind, rng, size))
                tab.evaluate("document.fonts.ready")
                seen: list[Any] = tab.evaluate(SEEN)
                image = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
                context.close()
                texts = tuple((em * scale, characters) for em, characters in seen)
                if sum(characters for _, characters in texts) >= 20:
                    yield worn(Page(kind, image, texts), rng)
        finally:
            browser.close()


def pillow_pages(count: int, seed: int, first: int = 0) -> Iterator[Page]:
    """Yield pages of plain lines in Pillow's own font: what is left without a browser."""
    for number in range(first, first + count):
        rng = random.Random(f"{seed} {number}")
        size = rng.uniform(9, 36)
        font = ImageFont.load_default(size)
        image = Image.new("RGB", (rng.randint(500, 1400), rng.randint(400, 1400)), "white")
        draw = ImageDraw.Draw(image)
        texts, y = [], 10.0
        while y + 1.3 * size < image.height:
            line = words(rng, 3, 12)
            while font.getlength(line) > image.width - 20 and " " in line:
                line = line.rpartition(" ")[0]
            draw.text((10, y), line, fill=(20, 20, 20), font=font)
            texts.append((size, len(line.replace(" ", ""))))
            y += size * 1.45
        yield worn(Page("lines", image, tuple(texts)), rng)


def worn(page: Page, rng: random.Random) -> Page:
    """Return the page as it may arrive: scaled, as a JPEG, noisy, faint and dotted, or photographed."""
    way = rng.choice(("", "", "", "jpeg", "jpeg", "scaled", "scaled", "noise", "dots", "photo"))
    if way == "dots" and page.kind != "receipt":
        way = "jpeg"
    image, factor = page.image, 1.0
    if way == "scaled":
        smallest = page.percentile(0.15) or 10
        factor = max(rng.uniform(0.6, 1.6), min(1.0, 8 / smallest))
        image = image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS)
    elif way == "noise":
        image = _noisy(image, rng, rng.uniform(3, 10))
    elif way == "dots":
        image = _dotted(image, (page.percentile(0.5) or 12) / rng.uniform(9, 13), rng)
    elif way == "photo":
        tilted = image.rotate(rng.uniform(-3, 3), Image.Resampling.BICUBIC, fillcolor=(120, 110, 100))
        light = Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270))).resize(image.size)
        dim = tilted.point([round(0.62 * level) for level in range(256)] * 3)
        image = Image.composite(tilted, dim, light).filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.8)))
        image = _noisy(image, rng, rng.uniform(2, 6))
    if way in ("jpeg", "photo", "noise"):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=rng.randint(45, 92))
        image = Image.open(buffer).convert("RGB")
    return Page(page.kind, image, tuple((em * factor, count) for em, count in page.texts), way)


def _noisy(image: Image.Image, rng: random.Random, sigma: float) -> Image.Image:
    noise = np.random.default_rng(rng.randrange(2**32)).normal(0, sigma, (image.height, image.width, 1))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def _dotted(image: Image.Image, pitch: float, rng: random.Random) -> Image.Image:
    """Return the ink as dots of a pitch in pixels, faint."""
    pixels = 255.0 - np.asarray(image.convert("L"), dtype=float)
    y, x = np.mgrid[: image.height, : image.width]
    dots = (np.cos(2 * np.pi * x / pitch) + np.cos(2 * np.pi * y / pitch) + 2) / 4
    ink = Image.fromarray(np.clip(255 - pixels * (0.35 + 0.65 * dots) * rng.uniform(0.4, 0.9), 0, 255).astype(np.uint8))
    return _noisy(ink.filter(ImageFilter.GaussianBlur(0.6)).convert("RGB"), rng, 4)
