"""What is read as images: requests each by itself, notebooks by cell, folders with their PDFs."""

import base64
import json
from pathlib import Path

import pytest
from PIL import Image

import headroom_nb
from headroom_nb.analysis.inputs import of_value, sources_of
from headroom_nb.errors import MessageError


def request(model, name="page2.png"):
    return {"model": model, "messages": [headroom_nb.user_message("What?", name)]}


def test_each_request_of_a_file_is_billed_by_the_model_it_names(folder):
    lines = [json.dumps(request(model)) for model in ("gpt-4o", "claude-opus-5-5")]
    Path("requests.jsonl").write_text("\n".join(lines) + "\n\n")
    found = headroom_nb.estimate("requests.jsonl")
    assert [line.model for line in found.lines] == ["gpt-4o", "claude-opus-5-5"]
    assert found.tokens == sum(headroom_nb.estimate(request(line.model)).tokens for line in found.lines)
    assert {line.model for line in headroom_nb.estimate("requests.jsonl", "gpt-4o-mini").lines} == {"gpt-4o-mini"}
    assert found.to_rows()[1]["width"] == 600


def test_a_file_that_holds_one_request_costs_what_the_request_costs(folder):
    Path("messages.json").write_text(json.dumps(request("gpt-4o-mini")))
    assert headroom_nb.estimate("messages.json").tokens == headroom_nb.estimate(request("gpt-4o-mini")).tokens


def test_a_broken_line_is_named(folder):
    Path("requests.jsonl").write_text("{}\n{oops\n")
    with pytest.raises(MessageError, match="line 2 is not JSON"):
        headroom_nb.estimate("requests.jsonl")


def test_the_images_of_a_notebook_are_called_by_their_cell(folder):
    data = base64.b64encode((folder / "page2.png").read_bytes()).decode()
    output = {"output_type": "display_data", "data": {"image/png": data}, "metadata": {}}
    figure = {**output, "data": {"image/png": data, "text/plain": ["<Figure size 640x480 with 1 Axes>"]}}
    cells = [
        {"cell_type": "markdown", "source": ""},
        {"cell_type": "code", "outputs": [output, figure]},
        {"cell_type": "code", "outputs": [figure, figure]},
    ]
    Path("plots.ipynb").write_text(json.dumps({"nbformat": 4, "cells": cells}))
    assert [image.label for image in of_value("plots.ipynb", "it")] == [
        "plots.ipynb, cell 2, image",
        "plots.ipynb, cell 2, plot",
        "plots.ipynb, cell 3, plot",
        "plots.ipynb, cell 3, plot 2",
    ]


def test_an_image_of_a_message_is_called_by_the_file_it_was_read_from(folder):
    (source,) = sources_of([headroom_nb.user_message("What?", "page2.png")], "it")
    assert [image.label for image in source.images] == ["page2.png"]


@pytest.fixture
def scan(folder):
    pages = [Image.new("L", (500 + 100 * number, 700), 200 + number) for number in range(3)]
    pages[0].save("scan.tiff", save_all=True, append_images=pages[1:])
    return Path("scan.tiff")


@pytest.fixture
def opened(scan):
    with Image.open(scan) as image:
        yield image


@pytest.mark.parametrize("how", ["path", "bytes", "pillow"])
def test_each_page_of_a_tiff_is_counted_as_it_is_sent(how, scan, opened):
    given = {"path": lambda: scan, "bytes": scan.read_bytes, "pillow": lambda: opened}[how]()
    sent = [headroom_nb.user_message("What is it?", given)]
    for model in ("gpt-4o", "claude-opus-5-5"):
        found = headroom_nb.estimate(given, model)
        assert found.tokens == headroom_nb.estimate(sent, model).tokens
        assert [line.size for line in found.lines] == [(500, 700), (600, 700), (700, 700)]
    assert headroom_nb.compare(given, ["gpt-4o"]).images == 3


def test_the_pages_of_a_tiff_are_called_by_their_file(scan):
    names = ["scan.tiff, page 1", "scan.tiff, page 2", "scan.tiff, page 3"]
    assert [line.name for line in headroom_nb.estimate(scan, "gpt-4o").lines] == names
    result = headroom_nb.compress([headroom_nb.user_message("What is it?", scan)], model="gpt-4o", router="rules")
    assert [result.name_of(image) for image in result.images] == names


def test_a_tiff_of_one_page_and_a_broken_one_stay_one_image(folder):
    Image.new("RGB", (50, 40)).save("one.tif")
    Path("broken.tif").write_bytes(b"II*\0 no image")
    assert [image.label for image in of_value(Path("one.tif"), "x")] == ["one.tif"]
    assert [image.label for image in of_value([Path("broken.tif")], "x")] == ["broken.tif"]


def test_a_folder_gives_its_pdfs_as_its_images(folder):
    from headroom_nb.demo.pdf import report

    Path("mixed").mkdir()
    Path("mixed/a.pdf").write_bytes(report())
    Image.new("RGB", (64, 64)).save("mixed/b.png")
    Path("mixed/notes.txt").write_text("no image")
    assert str(headroom_nb.estimate("mixed", "gpt-4o")).startswith("1 image and 1 document")
