"""Screens: code, terminals, web pages, phones, slides; light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.images import fonts, texts
from training.images.base import Colour, Sample, Sheet, bright, shade
from training.images.photographs import photograph
from training.images.texts import LISTS, choose

if TYPE_CHECKING:
    import numpy as np

SCREENS = ((1280, 720), (1280, 800), (1366, 768), (1440, 900), (1920, 1080), (1024, 768), (2560, 1440))
PHONES = ((390, 844), (750, 1334), (1080, 1920), (1080, 2340), (540, 960), (1170, 2532))
CODE_COLOURS: tuple[Colour, ...] = ((198, 120, 221), (152, 195, 121), (229, 192, 123), (97, 175, 239), (171, 178, 191))
CODE_COLOURS_LIGHT: tuple[Colour, ...] = ((170, 13, 145), (0, 116, 0), (170, 100, 0), (20, 60, 180), (40, 40, 40))


def code(rng: np.random.Generator) -> Sample:
    """Render an editor: coloured lines of a program, perhaps numbers, a file list and tabs."""
    dark = rng.random() < 0.65
    width, height = choose(rng, SCREENS)
    if rng.random() < 0.4:
        width, height = int(rng.integers(480, 1100)), int(rng.integers(260, 900))
    sheet = Sheet((width, height), shade(rng, 18, 45) if dark else shade(rng, 244, 255))
    face, size = fonts.pick(rng, "mono"), float(rng.uniform(10, 20))
    colours = CODE_COLOURS if dark else CODE_COLOURS_LIGHT
    faint = (110, 115, 125) if dark else (150, 150, 150)
    x, y = size, size * 0.6
    if width > 1000 and rng.random() < 0.6:
        x = width * 0.17
        sheet.draw.rectangle((0, 0, x - size, height), fill=shade(rng, 30, 60) if dark else shade(rng, 225, 238))
        for row in range(int(rng.integers(4, 24))):
            sheet.write((size, size * (2 + row * 1.6)), f"{texts.words(rng, 1)}.py", face, size * 0.9, faint)
    if rng.random() < 0.5:
        sheet.write((x, y), f"{texts.words(rng, 1)}.py   {texts.words(rng, 1)}.ts", face, size * 0.9, faint)
        y += size * 2.2
    numbered, line = rng.random() < 0.6, int(rng.integers(1, 300))
    while y < height - size:
        left = x
        if numbered:
            sheet.write((left, y), f"{line:4d}", face, size, faint)
            left += size * 3.2
        text = texts.code_line(rng)
        indent = len(text) - len(text.lstrip())
        left += indent * size * 0.6
        for word in text.split():
            left += sheet.write((left, y), word, face, size, choose(rng, colours)) + size * 0.6
        y += size * 1.45
        line += 1
    return sheet.sample("code")


def terminal(rng: np.random.Generator) -> Sample:
    """Render a terminal: prompts, listings and errors in one or a few colours."""
    dark = rng.random() < 0.85
    width, height = int(rng.integers(480, 1500)), int(rng.integers(240, 1000))
    sheet = Sheet((width, height), shade(rng, 0, 42) if dark else shade(rng, 240, 255))
    face, size = fonts.pick(rng, "mono"), float(rng.uniform(10, 19))
    ink = choose(rng, ((220, 220, 220), (80, 250, 123), (200, 208, 220))) if dark else (30, 30, 30)
    y = size * 0.5
    if rng.random() < 0.4:
        sheet.draw.rectangle((0, 0, width, size * 1.8), fill=shade(rng, 60, 200))
        sheet.write(
            (width / 2, size * 0.9), f"{texts.words(rng, 1)}@host: ~", fonts.pick(rng, "sans"), size, (20, 20, 20), "mm"
        )
        y += size * 2
    fill_to = height if rng.random() < 0.7 else height * float(rng.uniform(0.2, 1))
    while y < fill_to - size * 1.3:
        text = texts.code_line(rng, LISTS["shell"])
        error = text.startswith(("[ERROR", "KeyError", "Traceback"))
        sheet.write((size * 0.5, y), text, face, size, (240, 90, 90) if error and rng.random() < 0.6 else ink)
        y += size * 1.35
    return sheet.sample("terminal")


def _colours(rng: np.random.Generator, *, dark: bool) -> tuple[Colour, Colour, Colour]:
    ground = shade(rng, 16, 40) if dark else shade(rng, 242, 255)
    return ground, (225, 228, 232) if dark else (32, 36, 42), (140, 146, 155) if dark else (105, 110, 120)


def web_screenshot(rng: np.random.Generator) -> Sample:
    """Render a web page or a desktop program: a bar, a menu, cards with pictures, text, buttons."""
    dark = rng.random() < 0.25
    width, height = choose(rng, SCREENS)
    ground, ink, faint = _colours(rng, dark=dark)
    sheet, accent = Sheet((width, height), ground), bright(rng)
    face, size = fonts.pick(rng, "sans"), float(rng.uniform(11, 17)) * max(1.0, width / 1500)
    y = 0.0
    if rng.random() < 0.6:
        sheet.draw.rectangle((0, 0, width, size * 3.4), fill=shade(rng, 200, 235) if not dark else shade(rng, 40, 60))
        sheet.write((size * 2, size), f"https://www.{texts.words(rng, 1)}.com/{texts.words(rng, 1)}", face, size, faint)
        y = size * 3.4
    sheet.draw.rectangle((0, y, width, y + size * 3.4), fill=accent if rng.random() < 0.5 else ground)
    x = size * 2
    for _ in range(int(rng.integers(4, 9))):
        x += sheet.write((x, y + size), choose(rng, LISTS["menu"]), face, size, ink) + size * 2
    y += size * 4.4
    left = size * 2
    if rng.random() < 0.45:
        for row in range(int(rng.integers(5, 20))):
            sheet.write((left, y + row * size * 2), choose(rng, LISTS["menu"]), face, size, faint)
        left += size * 12
    if rng.random() < 0.7:
        y = sheet.wrapped((left, y), texts.title(rng, 2, 7), face, size * 2.2, ink, width=width - left - size * 4)
    columns = int(rng.integers(1, 5))
    card = (width - left - size * 2) / columns
    while y < height:
        tall = size * float(rng.uniform(10, 20))
        for column in range(columns):
            x, below = left + column * card, y
            if rng.random() < 0.55:
                extent = (round(card * 0.9), round(tall * 0.55))
                sheet.image.paste(photograph(rng, extent), (round(x), round(below)))
                below += tall * 0.6
            below = sheet.wrapped((x, below), texts.title(rng, 2, 5), face, size * 1.2, ink, width=card * 0.9)
            words = int(rng.integers(6, 40))
            below = sheet.wrapped(
                (x, below), texts.paragraph(rng, words), face, size, faint, width=card * 0.88, bottom=y + tall
            )
            if rng.random() < 0.5 and below < y + tall:
                box = (x, below, x + size * 8, below + size * 2)
                sheet.draw.rounded_rectangle(box, radius=size / 3, fill=accent)
                sheet.write(
                    (x + size * 4, below + size), choose(rng, LISTS["buttons"]), face, size, (255, 255, 255), "mm"
                )
        y += tall + size * 3
    return sheet.sample("web_screenshot")


def mobile_screenshot(rng: np.random.Generator) -> Sample:
    """Render a phone: a status line, a title, then a list, a chat, settings or cards, and a bar of tabs."""
    dark = rng.random() < 0.35
    width, height = choose(rng, PHONES)
    ground, ink, faint = _colours(rng, dark=dark)
    sheet, accent = Sheet((width, height), ground), bright(rng)
    face, size = fonts.pick(rng, "sans"), width / float(rng.uniform(22, 30))
    sheet.write((size, size * 0.5), f"{int(rng.integers(1, 24))}:{int(rng.integers(10, 60))}", face, size * 0.8, ink)
    sheet.write((width - size, size * 0.5), f"{int(rng.integers(5, 100))}%", face, size * 0.8, ink, "ra")
    if rng.random() < 0.5:
        sheet.draw.rectangle((0, size * 2, width, size * 5), fill=accent)
    sheet.write((size, size * 2.8), texts.title(rng, 1, 3), face, size * 1.35, ink)
    y, style = size * 6, choose(rng, ("list", "chat", "cards", "buttons"))
    while y < height - size * 5:
        if style == "list":
            sheet.draw.ellipse((size, y, size * 3, y + size * 2), fill=bright(rng))
            sheet.write((size * 4, y), texts.title(rng, 1, 4), face, size, ink)
            sheet.write((size * 4, y + size * 1.3), texts.sentence(rng)[:34], face, size * 0.8, faint)
            y += size * 4
        elif style == "chat":
            mine, said = rng.random() < 0.5, texts.words(rng, int(rng.integers(2, 14)))
            x, tall = (width * 0.28 if mine else size), size * (1.6 + 1.35 * (len(said) // 26 + 1))
            sheet.draw.rounded_rectangle(
                (x, y, x + width * 0.66, y + tall), radius=size, fill=accent if mine else faint
            )
            sheet.wrapped((x + size, y + size * 0.7), said, face, size, (250, 250, 250), width=width * 0.56)
            y += tall + size
        elif style == "cards":
            extent = (round(width - 2 * size), round(size * float(rng.uniform(6, 12))))
            sheet.image.paste(photograph(rng, extent), (round(size), round(y)))
            y += extent[1] + size * 0.5
            sheet.write((size, y), texts.title(rng, 2, 4), face, size, ink)
            sheet.write((width - size, y), "$" + texts.money(rng), face, size, accent, "ra")
            y += size * 3
        else:
            sheet.draw.rounded_rectangle((size * 2, y, width - size * 2, y + size * 2.6), radius=size, fill=accent)
            sheet.write((width / 2, y + size * 1.3), choose(rng, LISTS["buttons"]), face, size, (255, 255, 255), "mm")
            y += size * float(rng.uniform(3.5, 7))
    for index in range(4):
        sheet.write(
            (width * (index + 0.5) / 4, height - size * 1.6), choose(rng, LISTS["menu"]), face, size * 0.7, faint, "ma"
        )
    return sheet.sample("mobile_screenshot")


def _card(rng: np.random.Generator) -> Sample:
    """Render one to three lines of large text on a plain ground, of any shape."""
    size, face = float(rng.uniform(24, 120)), fonts.pick(rng)
    rows = [texts.words(rng, int(rng.integers(1, 5))) for _ in range(int(rng.integers(1, 4)))]
    ground = choose(rng, ((255, 255, 255), (0, 0, 0), bright(rng)))
    ink = (250, 250, 250) if sum(ground) < 380 else (12, 12, 12)
    width = max(face.at(size).getlength(row) for row in rows) + size * float(rng.uniform(0.2, 6))
    height = size * (1.3 * len(rows) + float(rng.uniform(0.2, 6)))
    sheet = Sheet((round(width), round(height)), ground)
    left, top = float(rng.uniform(0.1, 1)) * size, float(rng.uniform(0.1, 1)) * size
    for index, row in enumerate(rows):
        sheet.write((left, top + index * size * 1.3), row, face, size, ink)
    return sheet.sample("slide")


def slide(rng: np.random.Generator) -> Sample:
    """Render a slide: a large title, a few bullets, a picture or a bar chart; now and then a card of a few words."""
    if rng.random() < 0.15:
        return _card(rng)
    dark = rng.random() < 0.3
    width = int(choose(rng, (960, 1280, 1600, 1920)))
    sheet = Sheet(
        (width, round(width * choose(rng, (0.5625, 0.75)))), shade(rng, 15, 60) if dark else shade(rng, 235, 255)
    )
    accent, face, size = bright(rng), fonts.pick(rng, "sans", "serif"), width / float(rng.uniform(34, 48))
    ink = (240, 240, 240) if dark else (35, 35, 45)
    if rng.random() < 0.4:
        sheet.draw.rectangle((0, 0, width, size * 4), fill=accent)
    sheet.wrapped((width * 0.06, size * 1.2), texts.title(rng, 2, 6), face, size * 1.8, ink, width=width * 0.88)
    y, side = size * 6, width * (0.88 if rng.random() < 0.5 else 0.48)
    for _ in range(int(rng.integers(2, 7))):
        text = "• " + texts.words(rng, int(rng.integers(3, 13)))
        y = (
            sheet.wrapped((width * 0.07, y), text, face, size, ink, width=side, bottom=sheet.height - size * 2)
            + size * 0.8
        )
    if side < width * 0.5:
        x, top, tall = width * 0.58, sheet.height * 0.3, sheet.height * 0.5
        if rng.random() < 0.5:
            sheet.image.paste(photograph(rng, (round(width * 0.36), round(tall))), (round(x), round(top)))
        else:
            for bar in range(int(rng.integers(3, 8))):
                high = tall * rng.uniform(0.15, 1)
                sheet.draw.rectangle(
                    (x + bar * size * 2, top + tall - high, x + bar * size * 2 + size * 1.5, top + tall), fill=accent
                )
    sheet.write((width * 0.94, sheet.height - size * 1.2), str(int(rng.integers(1, 60))), face, size * 0.6, ink, "ra")
    return sheet.sample("slide")
