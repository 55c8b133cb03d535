"""A notebook's own bill."""

import base64
import json

import pytest

from headroom_nb.analysis.notebook_bill import bill
from headroom_nb.errors import MessageError, UnknownModelError
from tests.support import gradient, png


def picture(width, height):
    return base64.b64encode(png(gradient(width, height))).decode()


def notebook(*cells):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}


def shown(*bundles):
    return {"cell_type": "code", "outputs": [{"output_type": "display_data", "data": data} for data in bundles]}


def test_every_picture_of_the_outputs_is_counted_and_the_dearest_comes_first():
    content = notebook(
        {"cell_type": "markdown", "source": "text"},
        shown({"image/png": picture(200, 200), "text/plain": "<Figure>"}),
        shown({"image/png": picture(1200, 900)}, {"text/plain": "7"}),
    )
    found = bill(content, model="gpt-4o")
    assert [(line.cell, line.size) for line in found.lines] == [(3, (1200, 900)), (2, (200, 200))]
    assert found.tokens == 765 + 255
    assert found.compressed_tokens <= found.tokens
    assert found.lines[0].path == ("cells", 2, "outputs", 0, "data", "image/png")
    assert "cell" in str(found).lower()


def test_attachments_count_and_drawings_in_svg_do_not():
    content = notebook(
        {"cell_type": "markdown", "attachments": {"a.png": {"image/png": picture(300, 300)}}},
        shown({"image/svg+xml": "<svg/>"}),
    )
    assert [line.cell for line in bill(content, model="gpt-4o").lines] == [1]


def test_base64_in_several_lines_is_one_picture():
    text = picture(300, 300)
    lines = [text[i : i + 76] + "\n" for i in range(0, len(text), 76)]
    assert bill(notebook(shown({"image/png": lines})), model="gpt-4o").lines[0].size == (300, 300)


def test_a_broken_picture_keeps_its_line_and_says_so():
    found = bill(notebook(shown({"image/png": "AAAA"}), shown({"image/png": 7})), model="gpt-4o")
    assert [line.tokens for line in found.lines] == [0, 0]
    assert all("not a picture" in line.note for line in found.lines)


@pytest.mark.parametrize("content", ["{}", "[]", "not json", '{"cells": {}}', '{"cells": [7]}'])
def test_what_is_no_notebook_is_an_error_that_names_it(tmp_path, content):
    path = tmp_path / "x.ipynb"
    path.write_text(content)
    with pytest.raises(MessageError, match=r"x\.ipynb is no notebook"):
        bill(path)


@pytest.mark.parametrize("outputs", [5, {"a": 1}, [{"data": {1: 2}}], [{"data": 7}], None])
def test_outputs_that_are_none_hold_no_picture(outputs):
    assert bill(notebook({"cell_type": "code", "outputs": outputs}), model="gpt-4o").lines == ()


def test_a_file_is_read_and_the_result_is_plain_data(tmp_path):
    path = tmp_path / "plots.ipynb"
    path.write_text(json.dumps(notebook(shown({"image/png": picture(600, 600)}))))
    record = bill(path, model="claude-opus-5-5").to_dict()
    assert json.loads(json.dumps(record))["lines"][0]["path"] == "cells[0].outputs[0].data.image/png"
    with pytest.raises(UnknownModelError):
        bill(path, model="claude-opus-9000")


def test_an_estimate_is_marked_in_every_figure_it_goes_into():
    found = bill(notebook(shown({"image/png": picture(1200, 900)})), model="gemini-2.5-flash")
    assert not found.lines[0].exact
    assert f"≈{found.tokens:,} tokens on" in str(found)
    assert "≈ marks an estimate" in str(found)
    assert "≈" not in str(bill(notebook(shown({"image/png": picture(1200, 900)})), model="gpt-4o"))
