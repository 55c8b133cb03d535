"""Fast stand-ins: a router that needs the gist alone, and eyes that know how large a text is without reading it."""

from __future__ import annotations

from headroom_nb.demo.eyes import Line
from headroom_nb.pictures import read_header
from headroom_nb.proof.charts import sheets
from headroom_nb.records import ImageSignals, Needs, RouteDecision, Technique

NO_TEXT = ImageSignals(0, 0, 0, 0, 0, 0, None, None, 0, (1, 1))

FONT, WIDTH = 16.0, 600
"""Every image of the tests has text of so many pixels at this width."""


class GistRouter:
    """Says that every question needs the gist alone, so that images go out small."""

    name = "gist"

    def classify(self, image, query, *, quality):
        return RouteDecision(
            Technique.FULL_LOW, 1.0, "gist", self.name, signals=NO_TEXT, needs=Needs.from_mapping({"gist": 1})
        )

    def analyze_image(self, image):
        return NO_TEXT


def eyes(data, seen):
    """The text says how large the image was made: no two of the tests' are as high."""
    width, height = read_header(data).size
    number = round((height * WIDTH / width - 300) / 7)
    return [Line(f"Order number: {1000 + number}", FONT * seen[0] / WIDTH)]


def sheet_eyes(seed=1):
    """Eyes that know the text of the eye test's sheets and see neither marks nor dots."""
    known = {sheet.data: sheet for sheet in sheets(seed)}

    def look(data, seen):
        sheet = known[data]
        if not sheet.name.startswith("text"):
            return [Line(str(row.number), 20, _strip(row.number, sheet, 0.03)) for row in sheet.rows]
        return [
            line
            for row in sheet.rows
            for line in (
                Line(str(row.number), 13, _strip(row.number, sheet, 0.03)),
                Line(row.truth, row.px, _strip(row.number, sheet, 0.1)),
            )
        ]

    return look


def _strip(number, sheet, left):
    top = number / (len(sheet.rows) + 2)
    return left, top, left + 0.05, top + 0.02
