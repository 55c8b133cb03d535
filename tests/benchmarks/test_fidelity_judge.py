"""The judge of the fidelity benchmark: an answer counts when, and only when, it is still there."""

from __future__ import annotations

import importlib

import pytest
from PIL import Image, ImageDraw

from headroom_nb.costs import find_model
from headroom_nb.ocr import OcrLine, OcrPage
from headroom_nb.pictures import encode
from headroom_nb.records import ImagePart, Technique, TextPart

SIZE = (800, 600)


@pytest.fixture
def modules(monkeypatch):
    return importlib.import_module("benchmarks.fidelity.judge"), importlib.import_module("benchmarks.fidelity.facts")


class ReadsTall:
    """Reads one word in every picture of more than 20 rows."""

    name = "tall"

    def __init__(self):
        self.seen = []

    def read(self, image, *, progress=None):
        self.seen.append(image.size)
        corners = ((0, 0), (9, 0), (9, 9), (0, 9))
        lines = (OcrLine("Total: 12.50", corners, 0.99),) if image.height > 20 else ()
        return OcrPage(lines, len(lines), image.size)


def part(image, cut=None):
    encoded = encode(image, mark=None)
    return ImagePart(encoded.data, encoded.media_type, encoded.size, box=cut)


@pytest.fixture
def ask(modules):
    judge_module, facts = modules
    judge = judge_module.Judge(ReadsTall())

    def recovered(parts, answer="12.50", how="text", box=(600, 400, 700, 440), needs=()):
        fact = facts.Fact("?", (answer,), how, box, Technique.PRESERVE, needs)
        return judge.recovered(tuple(parts), fact, SIZE, find_model("gpt-5.6-sol"), "auto")

    return recovered


def test_text_counts_in_a_transcript_whatever_its_spaces_and_marks(ask):
    assert ask([TextPart("TOTAL  12 . 50 EUR")]) == 1.0
    assert ask([TextPart("TOTAL 12.60")]) == 0.0


def test_text_counts_where_it_is_legible_in_the_view_and_not_where_it_shrank_away(ask):
    assert ask([part(Image.new("RGB", SIZE, "white"))]) == 1.0
    assert ask([part(Image.new("RGB", (80, 60), "white"))]) == 0.0


def test_a_crop_holds_only_what_lies_inside_it(ask):
    image = Image.new("RGB", (400, 300), "white")
    assert ask([part(image, cut=(400, 300, 800, 600))]) == 1.0
    assert ask([part(image, cut=(0, 0, 400, 300))]) == 0.0


def test_a_colour_needs_its_patch(ask, modules):
    image = Image.new("RGB", SIZE, "white")
    ImageDraw.Draw(image).rectangle((600, 400, 700, 440), fill=modules[1].COLOURS["red"])
    assert ask([part(image)], "red", "colour") == 1.0
    assert ask([part(image)], "blue", "colour") == 0.0
    assert ask([part(image.resize((40, 30)))], "red", "colour") == 0.0
    assert ask([TextPart("a red box")], "red", "colour") == 0.0


def test_a_count_needs_every_shape_apart(ask, modules):
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    for x in (100, 300, 500):
        draw.ellipse((x, 100, x + 60, 160), fill=modules[1].COLOURS["green"])
    assert ask([part(image)], "3 green", "count", (0, 0, *SIZE)) == 1.0
    assert ask([part(image)], "2 green", "count", (0, 0, *SIZE)) == 0.0
    assert ask([part(image.resize((80, 60)))], "3 green", "count", (0, 0, *SIZE)) == 0.0


def test_an_answer_whose_label_is_gone_is_gone_too(ask, modules):
    image = Image.new("RGB", SIZE, modules[1].COLOURS["red"])
    assert ask([part(image)], "red", "colour", needs=(("Total", (10, 10, 90, 40)),)) == 1.0
    assert ask([part(image)], "red", "colour", needs=(("Bergen", (10, 10, 90, 40)),)) == 0.0


def test_the_same_arguments_render_the_same_bytes(modules):
    first, second = (modules[1].rendered(1, seed=5) for _ in range(2))
    assert [sample.data for sample in first] == [sample.data for sample in second]
    assert all(sample.facts for sample in first)


def test_what_was_read_is_remembered_on_disk(monkeypatch, tmp_path):
    disk = importlib.import_module("benchmarks.fidelity.ocr")
    image = Image.new("RGB", SIZE, "white")
    first = disk.DiskOcr(ReadsTall(), tmp_path)
    page = first.read(image)
    again = disk.DiskOcr(ReadsTall(), tmp_path)
    assert again.read(image) == page
    assert (first.readings, again.readings) == (1, 0)
