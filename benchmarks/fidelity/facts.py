"""Images rendered with known facts, and questions whose answers are known."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from headroom_nb.records import Technique

if TYPE_CHECKING:
    from collections.abc import Callable

Box = tuple[int, int, int, int]
Colour = tuple[int, int, int]

COLOURS: dict[str, Colour] = {
    "red": (214, 40, 40),
    "green": (34, 150, 70),
    "blue": (30, 90, 210),
    "yellow": (245, 200, 30),
    "purple": (130, 50, 170),
    "orange": (245, 130, 20),
}
INK, PAPER = (25, 25, 30), (255, 255, 255)


@dataclass(frozen=True)
class Fact:
    """One question about one image.

    Attributes
    ----------
    question, answers
        The answer is the text that must be found; the share of several that is found is the credit.
    how
        ``"text"`` (read it), ``"colour"`` (see a patch of it), ``"count"`` (count patches of it).
    box
        Where the answer stands, in pixels; None where only the text is known.
    needs
        Text that must be legible as well for the answer to mean anything, such as the label of a coloured bar, with its
        box.
    careful
        What a careful engineer would do: used where a policy follows the truth instead of a router.
    """

    question: str
    answers: tuple[str, ...]
    how: str
    box: Box | None
    careful: Technique
    needs: tuple[tuple[str, Box], ...] = ()


@dataclass
class Sample:
    """An image file and what is known of it."""

    name: str
    kind: str
    data: bytes
    facts: list[Fact] = field(default_factory=list)


class Sheet:
    """A canvas that remembers where things were put."""

    def __init__(self, size: tuple[int, int], background: Colour | Image.Image = PAPER) -> None:
        self.image = Image.new("RGB", size, background) if isinstance(background, tuple) else background.resize(size)
        self.draw = ImageDraw.Draw(self.image)
        self.facts: list[Fact] = []

    def text(self, at: tuple[int, int], words: str, px: int, *, font: str = "Sans", ink: Colour = INK) -> Box:
        """Write words and return their box."""
        face = load_font(font, px)
        self.draw.text(at, words, fill=ink, font=face)
        return tuple(int(side) for side in self.draw.textbbox(at, words, font=face))  # type: ignore[return-value]

    def ask(
        self, question: str, answer: str, box: Box, careful: Technique, how: str = "text", **needs: tuple[str, Box]
    ) -> None:
        """Remember a question, where its answer stands, and what else must be legible."""
        self.facts.append(Fact(question, (answer,), how, box, careful, tuple(needs.values())))

    def done(self, name: str, kind: str, *, jpeg: int | None = None) -> Sample:
        """Return the sample, as PNG or as JPEG of a quality."""
        out = io.BytesIO()
        if jpeg is None:
            self.image.save(out, "PNG")
        else:
            self.image.save(out, "JPEG", quality=jpeg)
        return Sample(name, kind, out.getvalue(), self.facts)


def load_font(name: str, px: int) -> ImageFont.FreeTypeFont:
    """Return a DejaVu face that comes with Matplotlib: ``"Sans"``, ``"Sans-Bold"``, ``"SansMono"``, ``"Serif"``."""
    import matplotlib as mpl

    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"DejaVu{name}.ttf", px)


_GOODS = "Espresso,Croissant,Oat milk,Bagel,Orange juice,Muffin,Sandwich,Green tea,Yoghurt,Granola,Banana,Cheddar"
_NAMES = "Abel Warner,Birte Olsen,Carla Ricci,Dario Blum,Elena Novak,Farid Haddad,Greta Lind,Hugo Marsh"
_CITIES = "Lisbon,Antwerp,Krakow,Bergen,Seville,Toulouse,Graz,Malmo,Porto,Turin"
_SHOPS = "HARBOUR CAFE,NORTH MARKET,CORNER BAKERY,STATION DELI,LAKESIDE STORE"


def _money(rng: random.Random, low: int = 2, high: int = 90) -> str:
    return f"{rng.randrange(low, high)}.{rng.randrange(10, 99)}"


def receipt(rng: random.Random, number: int) -> Sample:
    """Draw a till receipt: items with prices, subtotal, tax, total, date."""
    px = (16, 22, 30, 18, 26)[number % 5]
    width = px * 26
    goods = rng.sample(_GOODS.split(","), 8)
    sheet = Sheet((width, px * 34), (252, 251, 246))
    pen = {"px": px, "font": "SansMono"}
    sheet.text((px * 5, px), rng.choice(_SHOPS.split(",")), int(px * 1.3), font="SansMono")
    day = f"{rng.randrange(10, 29)}/0{rng.randrange(1, 9)}/2026"
    date_box = sheet.text((px, px * 4), f"Date: {day}", **pen)  # type: ignore[arg-type]
    sheet.text((px, px * 6), f"Till {rng.randrange(2, 9)}  No {rng.randrange(10000, 99999)}", **pen)  # type: ignore[arg-type]
    y = px * 9
    for at, item in enumerate(goods):
        price = _money(rng)
        sheet.text((px, y), item, **pen)  # type: ignore[arg-type]
        box = sheet.text((px * 20, y), price, **pen)  # type: ignore[arg-type]
        if at == 3:
            sheet.ask(f"How much did the {item.lower()} cost?", price, box, Technique.TRANSCODE)
        y += px * 2
    for label, low in (("SUBTOTAL", 100), ("TAX", 10), ("TOTAL", 200)):
        price = _money(rng, low, low + 90)
        sheet.text((px, y), label, **pen)  # type: ignore[arg-type]
        box = sheet.text((px * 19, y), price, **pen)  # type: ignore[arg-type]
        if label == "TOTAL":
            sheet.ask("What is the total on this receipt?", price, box, Technique.TRANSCODE)
        y += px * 2
    sheet.ask("What is the date on the receipt?", day, date_box, Technique.TRANSCODE)
    sheet.text((px * 6, y + px), "THANK YOU", **pen)  # type: ignore[arg-type]
    return sheet.done(f"receipt-{number}", "receipt", jpeg=88 if number % 2 else None)


def table(rng: random.Random, number: int) -> Sample:
    """Draw a ruled table of figures."""
    px = (14, 20, 26, 12, 17)[number % 5]
    columns = ["Region", "Orders", "Revenue", "Returns", "Margin"]
    rows = rng.sample(_CITIES.split(","), 9)
    step = px * 10
    sheet = Sheet((step * 5 + px * 2, px * 27))
    sheet.text((px, px), f"Quarterly report {2020 + number}", int(px * 1.4), font="Sans-Bold")
    for column, name in enumerate(columns):
        sheet.text((px + column * step, px * 4), name, px, font="Sans-Bold")
    for row, city in enumerate(rows):
        y = px * 6 + row * int(px * 2.2)
        sheet.draw.line((px, y - px // 3, step * 5, y - px // 3), fill=(170, 170, 175))
        sheet.text((px, y), city, px)
        for column in range(1, 5):
            figure = f"{rng.randrange(1000, 9999)}" if column < 4 else f"{rng.randrange(10, 60)}.{rng.randrange(10)}%"
            box = sheet.text((px + column * step, y), figure, px)
            if (row, column) in {(2, 2), (6, 1)}:
                sheet.ask(f"What is the {columns[column].lower()} of {city}?", figure, box, Technique.TRANSCODE)
            if (row, column) == (8, 3):
                sheet.ask("What does the last row say under returns?", figure, box, Technique.CROP)
    return sheet.done(f"table-{number}", "table")


def chart(rng: random.Random, number: int) -> Sample:
    """Draw a bar chart with the values printed over the bars."""
    scale = (1.0, 1.6, 2.0, 1.3, 0.8)[number % 5]
    unit = int(20 * scale)
    sheet = Sheet((unit * 50, unit * 34))
    sheet.text((unit * 12, unit), f"Visitors by city in {2015 + number}", int(unit * 1.2), font="Sans-Bold")
    colours = list(COLOURS.items())
    rng.shuffle(colours)
    for at, city in enumerate(rng.sample(_CITIES.split(","), 6)):
        value, x = rng.randrange(1100, 9900), unit * (4 + at * 7)
        top = unit * 30 - int(value / 9900 * unit * 23)
        name, colour = colours[at]
        sheet.draw.rectangle((x, top, x + unit * 5, unit * 30), fill=colour)
        box = sheet.text((x + unit, top - unit), f"{value:,}", int(unit * 0.8))
        label = (city, sheet.text((x, unit * 31), city, int(unit * 0.8)))
        if at == 1:
            sheet.ask(f"What value does the bar for {city} show?", f"{value:,}", box, Technique.PRESERVE, label=label)
        if at == 4:
            question = f"What colour is the bar for {city}?"
            sheet.ask(question, name, (x, top, x + unit * 5, unit * 30), Technique.FULL_LOW, "colour", label=label)
    sheet.draw.line((unit * 3, unit * 30, unit * 47, unit * 30), fill=INK, width=max(1, unit // 10))
    return sheet.done(f"chart-{number}", "chart")


def form(rng: random.Random, number: int) -> Sample:
    """Draw a filled form with labels over and beside their values."""
    px = (15, 24, 18, 30, 13)[number % 5]
    sheet = Sheet((px * 60, px * 78), (250, 250, 248))
    serial = f"SN-{rng.randrange(100000, 999999)}"
    reference = f"REF {rng.randrange(10000, 99999)}"
    reference_box = sheet.text((px * 48, px * 2), reference, px)
    sheet.text((px * 3, px * 2), "Service request", px * 2, font="Sans-Bold")
    fields = {
        "Customer name": rng.choice(_NAMES.split(",")),
        "Phone": f"+44 20 {rng.randrange(1000, 9999)} {rng.randrange(1000, 9999)}",
        "Street": f"{rng.randrange(10, 99)} Mill Lane",
        "City": rng.choice(_CITIES.split(",")),
        "Model": f"AX-{rng.randrange(100, 999)}",
        "S/N": serial,
        "Purchased": f"{rng.randrange(10, 28)}.0{rng.randrange(1, 9)}.2025",
        "Invoice no": f"INV-{rng.randrange(10000, 99999)}",
        "Fault": "Display stays dark after start",
        "Technician": rng.choice(_NAMES.split(",")),
    }
    boxes = {}
    for at, (label, value) in enumerate(fields.items()):
        y = px * (8 + at * 6)
        sheet.text((px * 3, y), label, px, ink=(90, 90, 100))
        sheet.draw.rectangle((px * 18, y - px // 2, px * 56, y + px * 2), outline=(150, 150, 160))
        boxes[label] = sheet.text((px * 19, y), value, px)
    footer = f"Form {rng.choice('ABCD')}-{rng.randrange(200, 999)} page 1 of 2"
    footer_box = sheet.text((px * 3, px * 73), footer, px)
    sheet.ask("What is the serial number?", serial, boxes["S/N"], Technique.CROP)
    sheet.ask("What is the customer's phone number?", fields["Phone"], boxes["Phone"], Technique.CROP)
    sheet.ask("What is written in the top right corner?", reference, reference_box, Technique.CROP)
    sheet.ask("What does the footer say?", footer, footer_box, Technique.CROP)
    return sheet.done(f"form-{number}", "form", jpeg=90 if number % 2 else None)


_CODE = """import json
from pathlib import Path

LIMIT = {limit}
TIMEOUT = {timeout}

def {name}(path: Path) -> dict:
    text = path.read_text()
    rows = [line.split(";") for line in text.splitlines()]
    if len(rows) > LIMIT:
        raise ValueError("{error}")
    return {{key: json.loads(value) for key, value in rows}}

class {klass}:
    retries = {retries}

    def run(self, host: str = "{host}") -> int:
        for attempt in range(self.retries):
            if self.connect(host, TIMEOUT):
                return attempt
        return -1"""


def code(rng: random.Random, number: int) -> Sample:
    """Draw a code editor, light or dark."""
    px = (15, 26, 13, 20, 30)[number % 5]
    dark = number % 2 == 0
    ink, paper = ((212, 212, 212), (30, 30, 34)) if dark else (INK, PAPER)
    values = {
        "limit": rng.randrange(1000, 9999),
        "timeout": f"{rng.randrange(10, 99)}.5",
        "name": rng.choice(("load_rows", "read_pairs", "parse_table")),
        "error": rng.choice(("too many rows in file", "input exceeds the limit")),
        "klass": rng.choice(("HarvestJob", "MirrorTask", "ProbeRunner")),
        "retries": rng.randrange(100, 999),
        "host": f"node{rng.randrange(10, 99)}.example.org",
    }
    lines = _CODE.format(**values).splitlines()
    sheet = Sheet((px * 46, px * (len(lines) + 4) * 3 // 2), paper)
    asked = {
        "host": ("Which host is the default argument of run()?", values["host"]),
        "raise": ("Which message does the ValueError carry?", values["error"]),
        "LIMIT =": ("What is LIMIT set to in this code?", str(values["limit"])),
    }
    for at, line in enumerate(lines):
        box = sheet.text((px * 2, px * 2 + at * px * 3 // 2), line, px, font="SansMono", ink=ink)
        for key in [key for key in asked if key in line]:
            question, answer = asked.pop(key)
            sheet.ask(question, str(answer), box, Technique.TRANSCODE)
    return sheet.done(f"code-{number}", "code")


def texture(rng: random.Random, size: tuple[int, int], tint: Colour) -> Image.Image:
    """Return something like a photograph's background: soft blobs, a gradient and sensor noise."""
    generator = np.random.default_rng(rng.randrange(2**31))
    width, height = size[0] // 4, size[1] // 4
    coarse = generator.normal(0, 1, (height // 12 + 2, width // 12 + 2))
    blobs = np.asarray(Image.fromarray(coarse.astype(np.float32)).resize((width, height), Image.Resampling.BICUBIC))
    shade = np.linspace(25, -25, height)[:, None] + blobs * 14
    pixels = np.array(tint, dtype=np.float32)[None, None] + shade[..., None]
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    noise = generator.normal(0, 4, (size[1], size[0], 1))
    return Image.fromarray(np.clip(np.asarray(image, dtype=np.float32) + noise, 0, 255).astype(np.uint8))


def sign(rng: random.Random, number: int) -> Sample:
    """Draw a street scene with a sign and a parked van."""
    size = ((1600, 1200), (2400, 1600), (1024, 768), (3000, 2000), (1280, 960))[number % 5]
    sheet = Sheet(size, texture(rng, size, (120, 125, 118)))
    unit = size[0] // 40
    words = rng.choice(("MILL ROAD", "OLD HARBOUR", "WEST GATE", "PARK LANE"))
    left = number % 2 == 0
    x, y = (unit * 3 if left else unit * 26), unit * 4
    sheet.draw.rectangle((x, y, x + unit * 11, y + unit * 5), fill=(20, 70, 130), outline=(240, 240, 240), width=4)
    box = sheet.text((x + unit, y + unit), words, int(unit * 1.5), font="Sans-Bold", ink=(250, 250, 250))
    distance = f"{rng.randrange(11, 99)} km"
    distance_box = sheet.text((x + unit, y + unit * 3), distance, unit, font="Sans-Bold", ink=(250, 250, 250))
    name, colour = rng.choice([pair for pair in COLOURS.items() if pair[0] != "blue"])
    van = (unit * 14, unit * 18, unit * 24, unit * 24)
    sheet.draw.rounded_rectangle(van, unit, fill=colour)
    for wheel in (unit * 16, unit * 21):
        sheet.draw.ellipse((wheel, unit * 23, wheel + unit * 2, unit * 25), fill=(20, 20, 20))
    sheet.image = sheet.image.filter(ImageFilter.GaussianBlur(0.6))
    side = "left" if left else "right"
    sheet.ask(f"What does the sign in the top {side} say?", words, box, Technique.CROP)
    sheet.ask("How far is it according to the sign?", distance, distance_box, Technique.PRESERVE)
    sheet.ask("What colour is the van?", name, van, Technique.FULL_LOW, "colour")
    return sheet.done(f"sign-{number}", "scene with a sign", jpeg=90)


_SETTINGS = "Dark mode,Sync photos,Send reports,Auto save,Show hints,Use metric"


def screen(rng: random.Random, number: int) -> Sample:
    """Draw a settings window, at one or two device pixels per point."""
    zoom = (2, 1, 2, 1, 3)[number % 5]
    px = (14, 15, 13, 17, 14)[number % 5] * zoom
    sheet = Sheet((px * 70, px * 44), (243, 244, 246))
    sheet.draw.rectangle((0, 0, px * 70, px * 3), fill=(225, 228, 232))
    sheet.text((px * 2, px), "Preferences", px, font="Sans-Bold")
    user = rng.choice(_NAMES.split(","))
    user_box = sheet.text((px * 57, px), user, px)
    for at, setting in enumerate(_SETTINGS.split(",")):
        y = px * (6 + at * 5)
        on = rng.random() < 0.5
        label_of = (setting, sheet.text((px * 8, y), setting, px))
        colour = COLOURS["green"] if on else (165, 168, 175)
        toggle = (px * 3, y - px // 4, px * 6, y + px * 5 // 4)
        sheet.draw.rounded_rectangle(toggle, px * 3 // 4, fill=colour)
        knob = px * 4 + px // 2 if on else px * 3
        sheet.draw.ellipse((knob, y - px // 4, knob + px * 3 // 2, y + px * 5 // 4), fill=PAPER)
        if at in {1, 4}:
            answer = "green" if on else "grey"
            sheet.ask(f"Is “{setting}” switched on?", answer, toggle, Technique.PRESERVE, "colour", label=label_of)
    version = f"Version {rng.randrange(2, 9)}.{rng.randrange(10, 99)}.{rng.randrange(100, 999)}"
    version_box = sheet.text((px * 3, px * 41), version, px, ink=(110, 110, 118))
    button = (px * 55, px * 39, px * 67, px * 42)
    sheet.draw.rounded_rectangle(button, px // 2, fill=(30, 90, 210))
    label = rng.choice(("Apply changes", "Save and close", "Restart now"))
    label_box = sheet.text((px * 56, px * 40), label, px, ink=PAPER)
    sheet.ask("What does the button in the bottom right corner say?", label, label_box, Technique.CROP)
    sheet.ask("Which version is shown at the bottom left?", version, version_box, Technique.CROP)
    sheet.ask("Who is signed in, as shown in the top right corner?", user, user_box, Technique.CROP)
    return sheet.done(f"screen-{number}", "user interface")


def shapes(rng: random.Random, number: int) -> Sample:
    """Draw coloured shapes to count, scattered without touching."""
    size = ((1200, 900), (2000, 1500), (800, 800), (2600, 1600), (1500, 1000))[number % 5]
    sheet = Sheet(size, (248, 248, 244))
    step = min(size) // 6
    cells = [(x, y) for x in range(size[0] // step) for y in range(size[1] // step)]
    rng.shuffle(cells)
    counts = {name: rng.randrange(2, 7) for name in rng.sample(list(COLOURS), 4)}
    for name, count in counts.items():
        for _ in range(count):
            x, y = cells.pop()
            radius = rng.randrange(step // 6, step // 3)
            centre = (x * step + step // 2, y * step + step // 2)
            box = (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
            (sheet.draw.ellipse if rng.random() < 0.5 else sheet.draw.rectangle)(box, fill=COLOURS[name])
    for name in list(counts)[:2]:
        question = f"How many {name} shapes are there?"
        sheet.facts.append(Fact(question, (f"{counts[name]} {name}",), "count", (0, 0, *size), Technique.FULL_LOW))
    return sheet.done(f"shapes-{number}", "shapes")


def scene(rng: random.Random, number: int) -> Sample:
    """Draw a photograph-like scene with one large thing in it."""
    size = ((1600, 1200), (4000, 3000), (1024, 1024), (2048, 1536), (1920, 1080))[number % 5]
    sheet = Sheet(size, texture(rng, size, (150, 165, 175)))
    name, colour = rng.choice(list(COLOURS.items()))
    unit = size[0] // 16
    x, y = unit * rng.randrange(4, 9), unit * rng.randrange(2, 4)
    balloon = (x, y, x + unit * 3, y + unit * 4)
    sheet.draw.ellipse(balloon, fill=colour)
    sheet.draw.line((x + unit * 3 // 2, y + unit * 4, x + unit * 2, y + unit * 6), fill=(60, 60, 60), width=unit // 20)
    sheet.image = sheet.image.filter(ImageFilter.GaussianBlur(1.0))
    sheet.ask("What colour is the balloon?", name, balloon, Technique.FULL_LOW, "colour")
    sheet.ask(
        "Describe this photo in a sentence. Which colour stands out?", name, balloon, Technique.FULL_LOW, "colour"
    )
    return sheet.done(f"scene-{number}", "photograph", jpeg=90)


_PROSE = (
    "The survey covered twelve harbours between March and October. Each station kept a log of wind, tide and "
    "traffic, and every entry was checked against the register at noon. Where two readings differed by more "
    "than a tenth, the older instrument was replaced and the day was measured again. Most of the gaps fall in "
    "August, when the crews were on leave. "
)


def page(rng: random.Random, number: int) -> Sample:
    """Draw a dense page of prose with a few names and figures in it."""
    px = (11, 13, 16, 12, 20)[number % 5]
    sheet = Sheet((px * 58, px * 76))
    place = f"{rng.choice(_CITIES.split(','))} {rng.randrange(1000, 9999)}"
    planted = {40: f"station {place}", 120: f"depth {rng.randrange(1000, 9999)} mm"}
    x, y, at = px * 3, px * 6, 0
    sheet.text((px * 3, px * 2), f"Annual report, chapter {number + 2}", px * 2, font="Serif")
    prose = _PROSE.split()
    while y < px * 71:
        word = planted.get(at) or prose[at % len(prose)]
        width = load_font("Serif", px).getlength(word + " ")
        if x + width > px * 55:
            x, y = px * 3, y + px * 3 // 2
        box = sheet.text((x, y), word, px, font="Serif")
        if at in planted:
            kind, _, answer = word.partition(" ")
            sheet.ask(f"Which {kind} does the text name?", answer, box, Technique.TRANSCODE)
        x, at = x + int(width), at + 1
    return sheet.done(f"page-{number}", "dense page", jpeg=92 if number % 2 else None)


def spreadsheet(rng: random.Random, number: int) -> Sample:
    """Draw a full screen of small figures, at one device pixel per point."""
    px = (12, 13, 12, 14, 13)[number % 5]
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    sheet = Sheet((1920, 1080))
    step, rows = 1800 // 13, 1000 // (px * 2)
    sheet.draw.rectangle((0, 0, 1920, px * 2), fill=(230, 233, 238))
    for column, month in enumerate(months):
        sheet.text((60 + (column + 1) * step, px // 2), month, px, font="Sans-Bold")
    codes = rng.sample(range(1000, 9999), rows)
    for row, code_number in enumerate(codes):
        y = px * 3 + row * px * 2
        sheet.draw.line((0, y - px // 2, 1920, y - px // 2), fill=(222, 224, 228))
        label = (f"A-{code_number}", sheet.text((20, y), f"A-{code_number}", px))
        for column, month in enumerate(months):
            figure = f"{rng.randrange(10000, 99999)}"
            box = sheet.text((60 + (column + 1) * step, y), figure, px)
            if (row, column) in {(6, 2), (rows - 8, 9)}:
                sheet.ask(f"What is the {month} figure of A-{code_number}?", figure, box, Technique.CROP, label=label)
    return sheet.done(f"spreadsheet-{number}", "spreadsheet")


RENDERERS: tuple[Callable[[random.Random, int], Sample], ...] = (
    receipt,
    table,
    chart,
    form,
    code,
    sign,
    screen,
    shapes,
    scene,
    page,
    spreadsheet,
)


def rendered(per_kind: int, seed: int = 20260101) -> list[Sample]:
    """Return `per_kind` images of each kind; the same arguments always give the same bytes."""
    return [
        renderer(random.Random(f"{seed} {renderer.__name__} {number}"), number)
        for renderer in RENDERERS
        for number in range(per_kind)
    ]
