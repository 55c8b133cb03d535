"""Pages whose text is known, drawn in a browser: code in the looks of editors, exact strings, receipts.

Every page is HTML with what it says as truth beside it. :func:`draw` renders them in Chromium; fonts of a folder (such
as ``node_modules/@fontsource``) are used where it is given, else those that are installed.
"""

from __future__ import annotations

import base64
import html
import io
import itertools
import random
import shutil
import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PIL import Image

from benchmarks.text.code_samples import USUAL, sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run")
"""Arguments under which Chromium starts without a display and asks nothing of the network."""


@dataclass(frozen=True)
class Page:
    """One page to draw.

    Attributes
    ----------
    name, kind
        What it is.
    body
        HTML.
    truth
        What stands in it; its form depends on the kind.
    scale
        Device pixels for each CSS pixel.
    width
        CSS pixels.
    """

    name: str
    kind: str
    body: str
    truth: Any
    scale: int = 1
    width: int = 760
    extra: dict[str, Any] = field(default_factory=dict)


def draw(pages: Iterable[Page], fonts: Path | None = None) -> Iterator[tuple[Page, Image.Image]]:
    """Yield each page with its image."""
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    faces = _faces(fonts) if fonts else ""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        for page in pages:
            tab = browser.new_page(viewport={"width": page.width, "height": 200}, device_scale_factor=page.scale)
            tab.set_content(f"<style>{faces}body{{margin:0}}</style>{page.body}")
            tab.evaluate("document.fonts.ready")
            yield page, Image.open(io.BytesIO(tab.screenshot(full_page=True))).convert("RGB")
            tab.close()
        browser.close()


def _faces(folder: Path) -> str:
    """Return the style sheet of the Latin fonts in a folder laid out as the ``@fontsource`` packages are."""
    rules = []
    for package in sorted(folder.iterdir()):
        family = package.name.replace("-", " ").title()
        for weight in (400, 700):
            file = package / "files" / f"{package.name}-latin-{weight}-normal.woff2"
            if file.exists():
                data = base64.b64encode(file.read_bytes()).decode()
                rules.append(
                    f"@font-face{{font-family:'{family}';font-weight:{weight};src:url(data:font/woff2;base64,{data})}}"
                )
    return "".join(rules)


LOOKS = {
    "github": {
        "font": "'Liberation Mono'",
        "size": 12,
        "step": 20,
        "light": ("#ffffff", "#1f2328", "#6e7781", "default"),
        "dark": ("#0d1117", "#e6edf3", "#7d8590", "github-dark"),
    },
    "vscode": {
        "font": "'DejaVu Sans Mono'",
        "size": 14,
        "step": 19,
        "light": ("#ffffff", "#000000", "#237893", "vs"),
        "dark": ("#1e1e1e", "#d4d4d4", "#858585", "monokai"),
    },
    "jetbrains": {
        "font": "'Jetbrains Mono'",
        "size": 13,
        "step": 22,
        "light": ("#ffffff", "#080808", "#adadad", "friendly"),
        "dark": ("#2b2b2b", "#a9b7c6", "#606366", "material"),
    },
    "jupyter": {
        "font": "'Source Code Pro'",
        "size": 13,
        "step": 17,
        "light": ("#f5f5f5", "#212121", "#9e9e9e", "default"),
        "dark": ("#111111", "#e0e0e0", "#616161", "native"),
    },
}


def code_pages(seed: int | None = None) -> Iterator[Page]:
    """Yield 48 pages of code: 32 of Python in every look, 16 of other languages; with a seed other code and sizes."""
    rng = None if seed is None else random.Random(seed)
    number = 0
    for look, theme, scale, numbered in itertools.product(LOOKS, ("light", "dark"), (1, 2), (False, True)):
        number += 1
        code = USUAL["python"][number % 2] if rng is None else sample("python", rng)
        yield _code_page(code, "python", look, theme, scale, rng, numbered=numbered, coloured=number % 3 > 0)
    others = ("yaml", "json", "typescript", "diff")
    for language, (look, numbered) in itertools.product(others, zip(LOOKS, (True, False, False, True), strict=True)):
        number += 1
        theme, scale = ("light", "dark")[number % 2], 1 + (number // 2) % 2
        code = USUAL[language][0] if rng is None else sample(language, rng)
        shows = numbered and language != "diff"
        yield _code_page(code, language, look, theme, scale, rng, numbered=shows, coloured=number % 3 > 0)


def _code_page(
    code: str,
    language: str,
    look: str,
    theme: str,
    scale: int,
    rng: random.Random | None,
    *,
    numbered: bool,
    coloured: bool,
) -> Page:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name

    style = LOOKS[look]
    ground, ink, pale, palette = style[theme]
    if coloured:
        formatter = HtmlFormatter(noclasses=True, nowrap=True, style=palette)
        lines = highlight(code, get_lexer_by_name(language, stripall=False), formatter).rstrip("\n").split("\n")
    else:
        lines = [html.escape(line) for line in code.split("\n")]
    rows = "".join(
        f"<tr>{f'<td class=n>{number}</td>' if numbered else ''}<td class=c>{line or ' '}</td></tr>"
        for number, line in enumerate(lines, 1)
    )
    size = style["size"] + (rng.choice((0, 0, 1, 2)) if rng else 0)
    step = max(style["step"], round(1.3 * size))
    css = (
        f"body{{background:{ground}}}table{{border-spacing:0;margin:12px;"
        f"font:{size}px/{step}px {style['font']},monospace;"
        f"color:{ink}}}td{{padding:0;white-space:pre;vertical-align:top}}"
        f".n{{color:{pale};text-align:right;padding:0 16px 0 8px}}"
    )
    name = f"code {look} {theme} {scale}x {'numbered ' if numbered else ''}{language}"
    widest = max(map(len, code.split("\n")))
    return Page(name, language, f"<style>{css}</style><table>{rows}</table>", code, scale, max(760, 12 * widest))


SHAPES = ("hex40", "base58", "alnum-", "url", "dunder", "base64", "filename", "password", "uuid", "upper")
FONTS = ("Liberation Mono", "DejaVu Sans Mono", "DejaVu Sans", "Liberation Sans", "Roboto", "Jetbrains Mono")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ALNUM = string.ascii_letters + string.digits


def exact_pages(seed: int = 2711) -> Iterator[Page]:
    """Yield 60 pages of ten strings each that no language corrects: ten shapes in six fonts."""
    rng = random.Random(seed)
    for index, (shape, font) in enumerate(itertools.product(SHAPES, FONTS)):
        strings = [one_string(shape, rng) for _ in range(10)]
        size, scale = rng.choice((14, 15, 16, 18)), rng.choice((1, 2))
        dark = index % 4 == 3
        rows = "".join(f"<p>{html.escape(text)}</p>" for text in strings)
        css = (
            f"body{{font:{size}px '{font}';padding:22px;"
            f"background:{'#16181d' if dark else '#fff'};color:{'#e4e6eb' if dark else '#111'}}}p{{margin:0 0 10px}}"
        )
        yield Page(f"exact {shape} {font} {size}px {scale}x", shape, f"<style>{css}</style>{rows}", strings, scale)


def one_string(shape: str, rng: random.Random) -> str:
    """Return a string of a shape."""

    def some(alphabet: str, length: int) -> str:
        return "".join(rng.choice(alphabet) for _ in range(length))

    upper = string.ascii_uppercase + string.digits
    if shape == "hex40":
        return some("0123456789abcdef", 40)
    if shape == "base58":
        return some(_BASE58, 24)
    if shape == "alnum-":
        return "-".join(some(upper, 5) for _ in range(4))
    if shape == "url":
        return f"https://{some(string.ascii_lowercase, 4)}.example/{some(_ALNUM + '-_', 16)}"
    if shape == "dunder":
        names = ("__call__", "__iter__", "_y0", "a__b_", "__slots__", "go_", "__exit__", "_x_")
        return f"{rng.choice(names)}.{rng.choice(names)}"
    if shape == "base64":
        return some(_ALNUM + "+/", 31) + "="
    if shape == "filename":
        word = rng.choice(("report", "IMG", "scan", "backup", "l10n", "O2_data"))
        return f"{word}_{some(string.digits, 8)}_{some(_ALNUM, 5)}.{rng.choice(('tar.gz', 'png', 'csv', 'xlsx'))}"
    if shape == "password":
        return some(_ALNUM + "!#$%&*+-=?@_", 14)
    if shape == "uuid":
        return "-".join(some("0123456789abcdef", n) for n in (8, 4, 4, 4, 12))
    return some(upper, 20)


def receipt_pages(count: int = 100, seed: int = 4107) -> Iterator[Page]:
    """Yield receipts, some tilted or noisy; the truth is every amount that is printed, the total last."""
    rng = random.Random(seed)
    for index in range(count):
        items = [(rng.choice(GOODS), rng.randrange(45, 4999)) for _ in range(rng.randrange(3, 10))]
        subtotal = sum(cents for _, cents in items)
        discount = rng.choice((0, 0, 0, rng.randrange(50, 900)))
        tax = round((subtotal - discount) * rng.choice((0.05, 0.07, 0.19)))
        total = subtotal - discount + tax
        paid = -(-total // 1000) * 1000
        named = [
            *items,
            ("Subtotal", subtotal),
            *([("Discount", -discount)] if discount else []),
            ("Tax", tax),
            ("TOTAL", total),
            (rng.choice(("Cash", "Card")), paid),
            ("Change", paid - total),
        ]
        sign = rng.choice(("", "", "$", "RM "))
        rows = "".join(f"<tr><td>{name}</td><td>{sign}{cents / 100:.2f}</td></tr>" for name, cents in named)
        size, blur, noise = rng.choice((11, 12, 14, 17)), rng.choice((0, 0, 0.3, 0.5)), rng.choice((0, 0, 0.25, 0.5))
        tilt = rng.choice((0, 0, rng.uniform(-1.6, 1.6)))
        font, ink = rng.choice(RECEIPT_FONTS), rng.choice(("#222", "#444", "#113"))
        css = (
            f"body{{font:{size}px {font!r};padding:18px;color:{ink};"
            f"background:{rng.choice(('#fff', '#f4f1ea', '#ececec'))};filter:blur({blur}px);position:relative}}"
            f"table,h3{{transform:rotate({tilt:.2f}deg);transform-origin:50% 50%}}"
            f"td:last-child{{text-align:right;padding-left:{rng.choice((30, 60, 110))}px}}"
            f"svg{{position:absolute;inset:0;width:100%;height:100%;opacity:{noise}}}"
        )
        grain = NOISE.format(seed=index) if noise else ""
        body = f"<style>{css}</style><h3>SHOP {index}</h3><table>{rows}</table>{grain}"
        amounts = [f"{abs(cents) / 100:.2f}" for _, cents in named]
        truth = [*amounts, f"{total / 100:.2f}"]
        yield Page(f"receipt {index}", "receipt", body, truth, rng.choice((1, 1, 2)), 420)


GOODS = ("Bread", "Milk 1 l", "Cheese", "Apples", "Rice 500 g", "Soap", "Tea", "Coffee", "Pears", "Salt", "Eggs x 6")
RECEIPT_FONTS = (*FONTS, "Liberation Mono", "DejaVu Sans Mono", "Liberation Serif", "Liberation Sans Narrow")
NOISE = (
    "<svg><filter id=n><feTurbulence type=fractalNoise baseFrequency=.8 seed={seed} />"
    "<feColorMatrix type=saturate values=0 /></filter><rect width=100% height=100% filter=url(#n) /></svg>"
)
"""Grain over the whole page."""
