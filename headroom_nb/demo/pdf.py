"""A PDF made by code: pages of text, a figure, a table, a form and a scan, for the tutorial and the tests.

It writes the few objects of ISO 32000-1 that such pages need; the same pages always give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO

WIDTH, HEIGHT = 612, 792
MARGIN, LEADING, SIZE = 72, 15, 11


@dataclass(frozen=True)
class Page:
    """What stands on a page.

    Attributes
    ----------
    cells
        More text: left and baseline in points, and the words.
    lines
        Lines of text from the top, in Latin-1.
    drawing
        Operators of a content stream, painted under the text.
    fields
        Form fields: name, value, and left, bottom, right and top in points.
    scan
        A JPEG over the whole page.
    rotate
        Degrees clockwise.
    """

    lines: tuple[str, ...] = ()
    drawing: str = ""
    fields: tuple[tuple[str, str, tuple[int, int, int, int]], ...] = ()
    scan: bytes = b""
    rotate: int = 0
    cells: tuple[tuple[int, int, str], ...] = ()


@dataclass
class _File:
    objects: list[bytes] = field(default_factory=list)

    def add(self, body: bytes) -> int:
        self.objects.append(body)
        return len(self.objects)

    def stream(self, head: bytes, data: bytes) -> int:
        return self.add(b"<<%s/Length %d>>\nstream\n%s\nendstream" % (head, len(data), data))

    def written(self, root: int) -> bytes:
        out = BytesIO()
        out.write(b"%PDF-1.7\n")
        places = []
        for number, body in enumerate(self.objects, 1):
            places.append(out.tell())
            out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        start = out.tell()
        out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
        out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
        out.write(b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, root, start))
        return out.getvalue()


def make_pdf(pages: list[Page] | tuple[Page, ...]) -> bytes:
    """Return a PDF of these pages."""
    file = _File()
    font = file.add(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    tree = len(file.objects) + 1
    file.add(b"")  # the tree of pages, written once they are known
    fields: list[int] = []
    numbers = [_page(file, page, font, tree, fields) for page in pages]
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    file.objects[tree - 1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(numbers), kids)
    form = b""
    if fields:
        listed = b" ".join(b"%d 0 R" % number for number in fields)
        form = b"/AcroForm<</Fields[%s]/DR<</Font<</F %d 0 R>>>>>>" % (listed, font)
    return file.written(file.add(b"<</Type/Catalog/Pages %d 0 R%s>>" % (tree, form)))


def _page(file: _File, page: Page, font: int, tree: int, fields: list[int]) -> int:
    drawn = page.drawing
    images = b""
    if page.scan:
        from PIL import Image

        with Image.open(BytesIO(page.scan)) as opened:
            width, height, grey = opened.width, opened.height, opened.mode == "L"
        colours = b"DeviceGray" if grey else b"DeviceRGB"
        head = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/%s/BitsPerComponent 8/Filter/DCTDecode"
        images = b"/XObject<</S %d 0 R>>" % file.stream(head % (width, height, colours), page.scan)
        drawn += f"\nq {WIDTH} 0 0 {HEIGHT} 0 0 cm /S Do Q"
    if page.lines:
        drawn += f"\nBT /F {SIZE} Tf {LEADING} TL {MARGIN} {HEIGHT - MARGIN} Td"
        drawn += "".join(f" ({_escaped(line)}) Tj T*" for line in page.lines) + " ET"
    for left, base, text in page.cells:
        drawn += f"\nBT /F {SIZE} Tf {left} {base} Td ({_escaped(text)}) Tj ET"
    content = file.stream(b"", drawn.encode("cp1252", "replace"))
    notes = []
    for name, value, (left, bottom, right, top) in page.fields:
        shown = f"/Tx BMC BT /F {SIZE} Tf 2 4 Td ({_escaped(value)}) Tj ET EMC".encode("cp1252", "replace")
        look = b"/Type/XObject/Subtype/Form/BBox[0 0 %d %d]/Resources<</Font<</F %d 0 R>>>>"
        shape = file.stream(look % (right - left, top - bottom, font), shown)
        body = "/Type/Annot/Subtype/Widget/FT/Tx/F 4/T({})/V({})/Rect[{} {} {} {}]/DA(/F {} Tf 0 g)/AP<</N {} 0 R>>"
        entry = body.format(_escaped(name), _escaped(value), left, bottom, right, top, SIZE, shape)
        notes.append(file.add(f"<<{entry}>>".encode("cp1252", "replace")))
    fields += notes
    listed = b"/Annots[%s]" % b" ".join(b"%d 0 R" % number for number in notes) if notes else b""
    return file.add(
        b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %d %d]/Rotate %d/Contents %d 0 R"
        b"/Resources<</Font<</F %d 0 R>>%s>>%s>>" % (tree, WIDTH, HEIGHT, page.rotate, content, font, images, listed)
    )


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def bars(values: tuple[float, ...], left: int = 110, bottom: int = 330, width: int = 380, height: int = 180) -> str:
    """Return the operators of a bar chart in a box, with a bar for each value between 0 and 1."""
    step = width / len(values)
    colours = ("0.2 0.4 0.7", "0.8 0.4 0.2", "0.3 0.6 0.3")
    parts = [f"0.5 w {left} {bottom} m {left + width} {bottom} l {left} {bottom} m {left} {bottom + height} l S"]
    for index, value in enumerate(values):
        colour = colours[index % len(colours)]
        parts.append(f"{colour} rg {left + index * step + 6:g} {bottom} {step - 12:g} {value * height:g} re f")
    return "q " + " ".join(parts) + " Q"


def ruled(rows: int, left: int = 72, top: int = 640, width: int = 460, row: int = LEADING) -> str:
    """Return the operators of the rules across a table of so many rows."""
    lines = " ".join(f"{left} {top - index * row} m {left + width} {top - index * row} l" for index in range(rows + 1))
    return f"q 0.7 w {lines} S Q"


def scanned(lines: tuple[str, ...]) -> bytes:
    """Return a page of text as a scanner gives it: a JPEG of 1,275 × 1,650 grey pixels."""
    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("L", (1275, 1650), 244)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(30)
    for index, line in enumerate(lines):
        draw.text((150, 170 + 52 * index), line, 30, font=font)
    out = BytesIO()
    page.save(out, "JPEG", quality=80)
    return out.getvalue()


def report() -> bytes:
    """Return the report of the tutorial: six pages of a fictional bicycle hire, of every kind."""
    prose = (
        "Castle Steps Bicycle Hire: annual report 2025",
        "",
        "The hire station at Castle Steps was opened in March 2019 with forty bicycles.",
        "In 2025 it lent them 18,406 times, which is 14.9 % less than in the year before.",
        "The river path was closed from June to August, and most of the loss falls into",
        "these three months. The mean hire lasted 47 minutes. The longest one, on 2 May,",
        "lasted nine hours and ended at Linden Lock. No bicycle was lost this year.",
        "",
        "The committee thanks Ines Okafor, who has looked after the workshop for six",
        "years, and welcomes her successor, Jonas Weil. The next report is due in May 2027.",
    )
    figure = ("Figure 1. Hires by quarter, 2025, in thousands.", *[""] * 30, "The third quarter was the weakest.")
    table = ("Table 1. Income and cost by station, in euros.",)
    rows = (
        ("Station", "Income", "Cost", "Balance"),
        ("Castle Steps", "41,220", "38,015", "3,205"),
        ("Linden Lock", "57,904", "49,377", "8,527"),
        ("Mill Bridge", "22,610", "25,148", "-2,538"),
        ("Old Harbour", "63,075", "51,960", "11,115"),
    )
    cells = tuple(
        (left, 675 - LEADING * number, text)
        for number, row in enumerate(rows)
        for left, text in zip((78, 250, 350, 450), row, strict=True)
    )
    rules = (
        "Section 4. Rules of hire",
        "",
        "A bicycle is returned by 21:00. Whoever returns it later pays 4 euros an hour.",
        "Damage is reported at the station before the next hire. Children under twelve",
        "ride with an adult. Helmets are lent free of charge at every station.",
    )
    form = ("Application for a yearly pass", "", "Name:", "", "Station:", "", "Pass number:")
    places = ((180, 688, 420, 706), (180, 658, 420, 676), (180, 628, 420, 646))
    filled = tuple(
        zip(("name", "station", "number"), ("Mara Lindqvist", "Old Harbour", "OH-2025-0417"), places, strict=True)
    )
    letter = (
        "Dear Ms Okafor,",
        "",
        "the brake of bicycle 27 was loose when I took it at Mill Bridge",
        "on 9 October. I paid 12.50 euros for the repair at Linden Lock",
        "and would be glad to have them back.",
        "",
        "Yours, Tomas Ferrer",
    )
    return make_pdf(
        [
            Page(prose),
            Page(figure, drawing=bars((0.62, 0.94, 0.41, 0.77))),
            Page(table, drawing=ruled(5, top=686), cells=cells),
            Page(rules),
            Page(form, fields=filled),
            Page(scan=scanned(letter)),
        ]
    )
