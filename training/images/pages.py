"""Pages of text: documents, receipts, forms, tables, book covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.images import fonts, texts
from training.images.base import Sample, Sheet, bright, shade
from training.images.texts import LISTS, choose

if TYPE_CHECKING:
    import numpy as np

INK = (20, 20, 24)


def document(rng: np.random.Generator) -> Sample:
    """Render a letter, an article in one to three columns, or a page of a book; some with a figure."""
    width = int(rng.integers(560, 1500))
    sheet = Sheet((width, round(width * float(rng.uniform(0.7, 1.45)))), shade(rng, 235, 255))
    face, size = fonts.pick(rng, "serif", "serif", "sans"), float(rng.uniform(0.010, 0.021)) * width
    size = max(8.0, size)
    margin, columns = width * float(rng.uniform(0.06, 0.13)), int(choose(rng, (1, 1, 1, 2, 2, 3)))
    ink = shade(rng, 0, 60)
    y = margin
    if rng.random() < 0.7:
        y = sheet.wrapped((margin, y), texts.title(rng, 3, 9), face, size * 1.8, ink, width=width - 2 * margin) + size
        if rng.random() < 0.5:
            sheet.write((margin, y), f"{texts.person(rng)}, {texts.date(rng)}", face, size, ink)
            y += size * 2
    gutter = size * 2
    column = (width - 2 * margin - gutter * (columns - 1)) / columns
    for index in range(columns):
        x, below = margin + index * (column + gutter), y
        while below < sheet.height - margin - size * 2:
            if rng.random() < 0.12:
                below = sheet.wrapped((x, below), texts.title(rng), face, size * 1.25, ink, width=column) + size * 0.5
            elif rng.random() < 0.05:
                box = (x, below, x + column, min(sheet.height - margin, below + column * 0.6))
                sheet.draw.rectangle(box, fill=bright(rng))
                below = box[3] + size
            text = texts.paragraph(rng, int(rng.integers(25, 110)))
            bottom = sheet.height - margin
            below = sheet.wrapped((x, below), text, face, size, ink, width=column, bottom=bottom) + size * 0.8
    if rng.random() < 0.4:
        sheet.write((width / 2, sheet.height - margin * 0.6), str(int(rng.integers(1, 400))), face, size, ink, "ma")
    return sheet.sample("document")


def receipt(rng: np.random.Generator) -> Sample:
    """Render a till receipt: a shop, a list of goods, a total."""
    width = int(rng.integers(320, 760))
    size = width / float(rng.uniform(22, 34))
    goods = int(rng.integers(4, 26))
    sheet = Sheet((width, round(size * 1.4 * (goods * 1.2 + 16))), shade(rng, 222, 255))
    face, ink, margin = fonts.pick(rng, "mono", "mono", "sans"), shade(rng, 10, 90), width * 0.06
    y, middle, right = size * 1.2, width / 2, width - margin
    sheet.write((middle, y), choose(rng, LISTS["shops"]), face, size * 1.4, ink, "ma")
    for line in (
        f"{int(rng.integers(1, 99))} {texts.title(rng, 1, 2)} ST",
        f"TEL {int(rng.integers(1e6, 1e7))}",
        texts.date(rng),
    ):
        y += size * 1.5
        sheet.write((middle, y), line, face, size, ink, "ma")
    y += size * 2
    total = 0.0
    for _ in range(goods):
        price = float(texts.money(rng, 25))
        total += price
        sheet.write((margin, y), choose(rng, LISTS["products"])[:18], face, size, ink)
        sheet.write((right, y), f"{price:.2f}", face, size, ink, "ra")
        y += size * 1.4
        if rng.random() < 0.15:
            sheet.write((margin * 2, y), f"{int(rng.integers(2, 5))} x {price / 2:.2f}", face, size, ink)
            y += size * 1.4
    sheet.draw.line((margin, y, right, y), fill=ink)
    for name, value, factor in (
        ("TOTAL", total, 1.3),
        ("VAT 20%", total / 6, 1.0),
        ("CASH", total + 5, 1.0),
        ("CHANGE", 5.0, 1.0),
    ):
        y += size * 0.5
        sheet.write((margin, y), name, face, size * factor, ink)
        sheet.write((right, y), f"{value:.2f}", face, size * factor, ink, "ra")
        y += size * 1.3 * factor
    sheet.write((middle, y + size), "THANK YOU", face, size, ink, "ma")
    return sheet.sample("receipt", total=round(total, 2))


def form(rng: np.random.Generator) -> Sample:
    """Render a form: labelled lines and boxes, some of them filled in by hand."""
    width = int(rng.integers(600, 1300))
    sheet = Sheet((width, round(width * float(rng.uniform(0.9, 1.4)))), shade(rng, 235, 255))
    face, hand, size = (
        fonts.pick(rng, "sans", "serif"),
        fonts.pick(rng, "hand", "serif"),
        width / float(rng.uniform(48, 72)),
    )
    ink, blue, margin = INK, (30, 40, int(rng.integers(90, 200))), width * 0.07
    sheet.write((margin, margin * 0.6), texts.title(rng, 2, 5).upper(), face, size * 1.7, ink)
    y, columns = margin * 1.6, int(rng.integers(1, 3))
    column = (width - 2 * margin) / columns
    row = size * float(rng.uniform(2.4, 3.6))
    while y < sheet.height - margin - row:
        if rng.random() < 0.1:
            sheet.draw.rectangle((margin, y, width - margin, y + size * 1.6), fill=(215, 220, 228))
            sheet.write((margin + size / 2, y + size * 0.2), texts.title(rng, 1, 3), face, size, ink)
            y += size * 2.4
        for index in range(columns):
            x = margin + index * column
            label = sheet.write((x, y + size * 0.4), choose(rng, LISTS["fields"]) + ":", face, size, ink) + size * 0.6
            style = rng.random()
            if style < 0.5:
                sheet.draw.line((x + label, y + size * 1.6, x + column - size, y + size * 1.6), fill=ink)
            elif style < 0.85:
                sheet.draw.rectangle((x + label, y, x + column - size, y + size * 1.7), outline=ink)
            else:
                for box in range(3):
                    left = x + label + box * size * 5
                    sheet.draw.rectangle((left, y + size * 0.4, left + size, y + size * 1.4), outline=ink)
                    sheet.write((left + size * 1.4, y + size * 0.4), texts.words(rng, 1), face, size, ink)
                continue
            if rng.random() < 0.6:
                filled = choose(rng, (texts.person(rng), texts.date(rng), texts.number(rng)))
                sheet.write((x + label + size / 2, y + size * 0.2), filled, hand, size * 1.25, blue)
        y += row
    return sheet.sample("form")


def table(rng: np.random.Generator) -> Sample:
    """Render a table of figures: ruled, striped or bare, as cut from an article or a statement."""
    columns, rows = int(rng.integers(2, 8)), int(rng.integers(2, 22))
    size = float(rng.uniform(8, 20))
    cell, row = size * float(rng.uniform(4.5, 8.0)), size * float(rng.uniform(1.35, 2.0))
    first = cell * float(rng.uniform(1.0, 2.2))
    margin = size * float(rng.uniform(0.2, 2.5))
    width, height = round(first + cell * (columns - 1) + 2 * margin), round(row * (rows + 1) + 2 * margin)
    caption = rng.random() < 0.3
    sheet = Sheet((width, height + round(row * 1.5) * caption), shade(rng, 240, 255))
    face, ink, style = (
        fonts.pick(rng, "serif", "sans"),
        shade(rng, 0, 70),
        choose(rng, ("bare", "rules", "grid", "striped")),
    )
    y = margin
    if caption:
        sheet.write((margin, y), f"Table {int(rng.integers(1, 9))}. {texts.title(rng, 2, 6)}", face, size, ink)
        y += row * 1.5
    names = [choose(rng, LISTS["headings"]) for _ in range(columns)]
    for line in range(rows + 1):
        if style == "striped" and line % 2:
            sheet.draw.rectangle((margin, y, width - margin, y + row), fill=(228, 232, 238))
        if style == "grid" or (style == "rules" and line in (0, 1)):
            sheet.draw.line((margin, y, width - margin, y), fill=ink)
        for column in range(columns):
            x = margin + (0 if column == 0 else first + cell * (column - 1))
            if style == "grid":
                sheet.draw.line((x, y, x, y + row), fill=ink)
            text = names[column] if line == 0 else texts.title(rng, 1, 2) if column == 0 else texts.number(rng)
            if line == 0 or rng.random() > 0.06:
                sheet.write((x + size * 0.3, y + (row - size) / 2), text, face, size, ink)
        y += row
    if style in ("grid", "rules"):
        sheet.draw.line((margin, y, width - margin, y), fill=ink)
    return sheet.sample("table", rows=rows, columns=columns)


def book_cover(rng: np.random.Generator) -> Sample:
    """Render a cover: a large title and an author on a colour, with shapes or a picture."""
    from training.images.photographs import photograph

    width = int(rng.integers(400, 900))
    height = round(width * float(rng.uniform(1.25, 1.6)))
    ground = bright(rng)
    sheet = Sheet((width, height), ground)
    if rng.random() < 0.5:
        sheet.image.paste(photograph(rng, (width, round(height * float(rng.uniform(0.4, 1.0))))), (0, 0))
    else:
        for _ in range(int(rng.integers(1, 14))):
            x, y, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.03, 0.3) * width
            draw = choose(rng, (sheet.draw.ellipse, sheet.draw.rectangle))
            draw((x - r, y - r, x + r, y + r), fill=bright(rng))
    face = fonts.pick(rng)
    ink = choose(rng, ((255, 255, 255), (10, 10, 10), (250, 220, 60)))
    size = width * float(rng.uniform(0.08, 0.17))
    y = sheet.wrapped(
        (width * 0.08, height * float(rng.uniform(0.06, 0.5))),
        texts.title(rng, 1, 5).upper(),
        face,
        size,
        ink,
        width=width * 0.84,
    )
    if rng.random() < 0.6:
        sheet.wrapped((width * 0.08, y), texts.title(rng, 3, 8), face, size * 0.35, ink, width=width * 0.8)
    sheet.write((width / 2, height * 0.93), texts.person(rng), fonts.pick(rng, "sans", "serif"), size * 0.45, ink, "mm")
    return sheet.sample("book_cover")
