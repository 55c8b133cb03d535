"""Pages drawn with and without marks, beside what OCR would read of them."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from headroom_nb.ocr import OcrLine, OcrPage
from headroom_nb.pictures import open_picture

NAMES = ["Alma Berg", "Otto Lind", "Vera Holm", "Nils Dahl", "Ruth Falk", "Knut Moen"]
ITEMS = [
    "Send the contract",
    "Call the supplier",
    "Book two rooms",
    "Pay invoice 4711",
    "Order new chairs",
    "Water plants",
]
RED, GREEN, BLUE = (200, 40, 40), (20, 140, 60), (30, 90, 210)


class Drawing:
    """An image being drawn, and its lines as an engine reads them; ``em`` is the font size in pixels."""

    def __init__(self, em=20, size=(640, 420), dark=False):
        self.em, self.paper, self.ink = (
            em,
            (24, 26, 32) if dark else (255, 255, 255),
            (230, 230, 230) if dark else (20, 20, 25),
        )
        self.image = Image.new("RGB", size, self.paper)
        self.draw = ImageDraw.Draw(self.image)
        self.lines = []

    def font(self, factor=1.0):
        return ImageFont.load_default(self.em * factor)

    def write(self, x, y, text, *, fill=None, bold=False, read=None, small=()):
        """Write a line with its middle at row ``y``; ``small`` has (index, "raised" or "lowered") of characters."""
        start, lows = x, dict(small)
        centres, boxes = [], []
        for place, char in enumerate(text):
            font = self.font(0.62 if place in lows else 1.0)
            row = y + {"raised": -0.36, "lowered": 0.3}.get(lows.get(place), 0.0) * self.em
            self.draw.text(
                (x, row), char, fill=fill or self.ink, font=font, anchor="lm", stroke_width=bold * self.em / 22
            )
            boxes.append(self.draw.textbbox((x, row), char, font=font, anchor="lm"))
            centres.append(x + font.getlength(char) / 2)
            x += font.getlength(char)
        top, bottom = min(box[1] for box in boxes) - 4, max(box[3] for box in boxes) + 4
        quad = ((start - 2, top), (x + 2, top), (x + 2, bottom), (start - 2, bottom))
        if read is not False:
            places = tuple(float(np.clip((centre - start + 2) / (x - start + 4), 0, 1)) for centre in centres)
            self.lines.append(OcrLine(read or text, quad, 0.99, centres=places))
        return start, y, x

    def page(self):
        """Return what was read, and the image."""
        buffer = io.BytesIO()
        self.image.save(buffer, "PNG")
        return OcrPage(tuple(self.lines), len(self.lines), self.image.size), open_picture(buffer.getvalue())

    def row(self, number):
        """Return the middle of a row."""
        return 30 + number * 2.4 * self.em


def plain(drawing, _rng):
    for number, item in enumerate(ITEMS):
        drawing.write(20, drawing.row(number), f"{item} by {NAMES[number]}")


def bullets(drawing, _rng):
    for number, item in enumerate(ITEMS):
        y = drawing.row(number)
        drawing.draw.ellipse((20, y - 4, 28, y + 4), fill=drawing.ink)
        drawing.write(44, y, item)


def striped(drawing, _rng):
    for number, item in enumerate(ITEMS):
        y = drawing.row(number)
        if number % 2:
            drawing.draw.rectangle(
                (0, y - 1.2 * drawing.em, 640, y + 1.2 * drawing.em),
                fill=(40, 44, 54) if sum(drawing.paper) < 300 else (235, 240, 250),
            )
        drawing.write(20, y, item)
        drawing.write(420, y, f"{number * 37 + 11}.50")


def strike(drawing, rng):
    for number in range(5):
        start, y, end = drawing.write(20, drawing.row(number), ITEMS[number])
        if number in (1, 3):
            drawing.draw.line((start, y, end, y), fill=drawing.ink, width=max(2, drawing.em // 10))


def boxes(drawing, rng):
    chosen = rng.permutation(5)[:2]
    for number in range(5):
        y, half = drawing.row(number), 0.4 * drawing.em
        drawing.draw.rectangle((20, y - half, 20 + 2 * half, y + half), outline=drawing.ink, width=2)
        if number in chosen:
            drawing.draw.line(
                (23, y, 20 + half, y + half - 3, 20 + 2 * half - 2, y - half + 3), fill=drawing.ink, width=3
            )
        drawing.write(60, y, ITEMS[number])


def circles(drawing, rng):
    chosen = rng.integers(5)
    for number in range(5):
        y, half = drawing.row(number), 0.42 * drawing.em
        drawing.draw.ellipse((20, y - half, 20 + 2 * half, y + half), outline=drawing.ink, width=2)
        if number == chosen:
            drawing.draw.ellipse((20 + half / 2, y - half / 2, 20 + 1.5 * half, y + half / 2), fill=drawing.ink)
        drawing.write(60, y, ITEMS[number])


def dots(drawing, rng):
    for number in range(5):
        y, half = drawing.row(number), 0.3 * drawing.em
        colour = RED if number in (0, 3) else GREEN
        drawing.draw.ellipse((20, y - half, 20 + 2 * half, y + half), fill=colour)
        drawing.write(60, y, NAMES[number])


def coloured(drawing, rng):
    for number in range(5):
        y = drawing.row(number)
        drawing.write(20, y, NAMES[number])
        drawing.write(400, y, f"{17 * number + 230}.10", fill=RED if number == 2 else None)


def arrows(drawing, rng):
    for number in range(5):
        y, size, up = drawing.row(number), 0.4 * drawing.em, number % 2
        drawing.write(20, y, NAMES[number])
        tip = (300 + size, y - size if up else y + size)
        foot = y + size if up else y - size
        drawing.draw.polygon((tip, (300, foot), (300 + 2 * size, foot)), fill=drawing.ink)


def highlighted(drawing, rng):
    for number in range(5):
        y = drawing.row(number)
        if number == 3:
            drawing.draw.rectangle(
                (10, y - drawing.em, 500, y + drawing.em),
                fill=(120, 110, 20) if sum(drawing.paper) < 300 else (255, 240, 120),
            )
        drawing.write(20, y, ITEMS[number])


def bold(drawing, rng):
    for number in range(6):
        drawing.write(20, drawing.row(number), ITEMS[number], bold=number in (2, 4))


def raised(drawing, rng):
    drawing.write(20, drawing.row(0), "Particles 6.022 x 1023 per mole", small=[(20, "raised"), (21, "raised")])
    drawing.write(20, drawing.row(1), "Area of the flat: 64 m2 in all", small=[(22, "raised")])
    drawing.write(20, drawing.row(2), "Water is H2O and nothing else", small=[(10, "lowered")])


def chat(drawing, rng):
    for number in range(6):
        text, width = ITEMS[number], drawing.font().getlength(ITEMS[number])
        drawing.write(20 if number % 2 else 600 - width, drawing.row(number), text)


def ring(drawing, rng):
    for number in range(5):
        start, y, end = drawing.write(60, drawing.row(number), ITEMS[number])
        if number == 2:
            drawing.draw.ellipse(
                (start - 26, y - 1.15 * drawing.em, end + 26, y + 1.15 * drawing.em), outline=RED, width=3
            )


def gutter(drawing, rng):
    for number in range(7):
        drawing.write(20, drawing.row(number), f"{number + 41} total = add(total, {number});")


def label(drawing, rng):
    for number in range(5):
        y = drawing.row(number)
        drawing.write(20, y, NAMES[number])
        drawing.draw.rounded_rectangle(
            (300, y - 0.9 * drawing.em, 420, y + 0.9 * drawing.em), 6, fill=RED if number == 1 else GREEN
        )
        drawing.write(312, y, "Failed" if number == 1 else "Ready", fill=(255, 255, 255), read=False)


KNOWN = {
    "strike": strike,
    "box": boxes,
    "circle": circles,
    "dot": dots,
    "colour": coloured,
    "arrow": arrows,
    "ground": highlighted,
    "bold": bold,
    "raised": raised,
    "side": chat,
    "ring": ring,
    "gutter": gutter,
    "plate": label,
}
"""Kinds of mark the detectors were made for."""

UNMARKED = {"plain": plain, "bullets": bullets, "striped": striped}


def toggles(drawing, rng):
    for number in range(4):
        y, half = drawing.row(number), 0.45 * drawing.em
        drawing.write(20, y, ITEMS[number])
        on = number in (1, 2)
        drawing.draw.rounded_rectangle(
            (420, y - half, 420 + 4 * half, y + half), half, fill=GREEN if on else (150, 150, 150)
        )
        x = 420 + (3 if on else 1) * half
        drawing.draw.ellipse((x - 0.75 * half, y - 0.75 * half, x + 0.75 * half, y + 0.75 * half), fill=(255, 255, 255))


def left_bar(drawing, rng):
    for number in range(5):
        y = drawing.row(number)
        if number == 2:
            drawing.draw.rectangle((8, y - drawing.em, 14, y + drawing.em), fill=BLUE)
        drawing.write(30, y, ITEMS[number])


def progress(drawing, rng):
    for number in range(4):
        y = drawing.row(number)
        drawing.write(20, y, NAMES[number])
        drawing.draw.rectangle((300, y - 6, 560, y + 6), fill=(225, 225, 225))
        drawing.draw.rectangle((300, y - 6, 320 + 60 * number, y + 6), fill=BLUE)


def heat(drawing, rng):
    for number in range(5):
        for column in range(4):
            x, y, level = 160 + 110 * column, drawing.row(number), int(rng.integers(60, 250))
            drawing.draw.rectangle(
                (x - 10, y - 1.1 * drawing.em, x + 96, y + 1.1 * drawing.em), fill=(255, level, level)
            )
            drawing.write(x, y, f"{rng.integers(10, 99)}", fill=(0, 0, 0))
        drawing.write(20, drawing.row(number), NAMES[number].split()[0])


def crossed_out(drawing, rng):
    for number in range(5):
        start, y, end = drawing.write(20, drawing.row(number), ITEMS[number])
        if number == 1:
            drawing.draw.line((start, y - 0.5 * drawing.em, end, y + 0.5 * drawing.em), fill=BLUE, width=3)
            drawing.draw.line((start, y + 0.5 * drawing.em, end, y - 0.5 * drawing.em), fill=BLUE, width=3)


def rating(drawing, rng):
    for number in range(4):
        y, half = drawing.row(number), 0.3 * drawing.em
        drawing.write(20, y, NAMES[number])
        for place in range(5):
            x = 300 + place * 1.1 * drawing.em
            full = place <= number
            drawing.draw.ellipse(
                (x, y - half, x + 2 * half, y + half), outline=drawing.ink, width=2, fill=drawing.ink if full else None
            )


HELD_BACK = {
    "toggles": toggles,
    "left bar": left_bar,
    "progress": progress,
    "heat": heat,
    "crossed out": crossed_out,
    "rating": rating,
}
"""Kinds that the detectors were not tuned on."""


def drawn(draw, seed=0, em=None, dark=None):
    """Return the page and the image that a function draws, at a random size and theme."""
    rng = np.random.default_rng(seed)
    drawing = Drawing(em or int(rng.integers(15, 27)), (640, 500), bool(rng.integers(2)) if dark is None else dark)
    draw(drawing, rng)
    return drawing.page()
