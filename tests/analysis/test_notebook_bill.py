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


def test_attachments_count_as_images_and_drawings_in_svg_as_text():
    content = notebook(
        {"cell_type": "markdown", "attachments": {"a.png": {"image/png": picture(300, 300)}}},
        shown({"image/svg+xml": "<svg>" + "<path d='M 1 2'/>" * 40 + "</svg>"}),
    )
    image, drawing = sorted(bill(content, model="gpt-4o").lines, key=lambda line: line.cell)
    assert (image.cell, image.size) == (1, (300, 300))
    assert (drawing.cell, drawing.size, drawing.exact) == (2, None, False)
    assert drawing.tokens > 100
    assert "text" in drawing.note


def test_images_in_text_and_in_widgets_are_counted_where_they_stand():
    state = {"a": {"model_name": "ImageModel", "buffers": [{"encoding": "base64", "data": picture(400, 300)}]}}
    content = notebook(
        {"cell_type": "markdown", "source": [f"![plot](data:image/png;base64,{picture(640, 480)}) as ", "we saw"]},
        shown({"text/html": f'<img src="data:image/png;base64,{picture(320, 240)}">', "text/plain": "x"}),
        shown({"text/html": "<b>no image</b>"}),
    )
    content["metadata"] = {"widgets": {"application/vnd.jupyter.widget-state+json": {"state": state}}}
    found = bill(content, model="gpt-4o")
    assert {line.cell: line.size for line in found.lines} == {1: (640, 480), 2: (320, 240), 0: (400, 300)}
    assert "widgets" in str(found)


def test_an_image_that_has_html_beside_it_is_counted_once():
    both = {"image/png": picture(300, 300), "text/html": f'<img src="data:image/png;base64,{picture(300, 300)}">'}
    assert len(bill(notebook(shown(both)), model="gpt-4o").lines) == 1


def test_base64_in_several_lines_is_one_picture():
    text = picture(300, 300)
    lines = [text[i : i + 76] + "\n" for i in range(0, len(text), 76)]
    assert bill(notebook(shown({"image/png": lines})), model="gpt-4o").lines[0].size == (300, 300)


def test_a_broken_picture_keeps_its_line_and_says_so():
    found = bill(notebook(shown({"image/png": "AAAA"}), shown({"image/png": 7})), model="gpt-4o")
    assert [line.tokens for line in found.lines] == [0, 0]
    assert all("not an image" in line.note for line in found.lines)


@pytest.mark.parametrize("content", ["{}", "[]", "not json", '{"cells": {}}', '{"cells": [7]}'])
def test_what_is_no_notebook_is_an_error_that_names_it(tmp_path, content):
    path = tmp_path / "x.ipynb"
    path.write_text(content)
    with pytest.raises(MessageError, match=r"x\.ipynb is not a notebook"):
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
        bill(path, model="opus-of-nobody")


def test_an_estimate_is_marked_in_every_figure_it_goes_into():
    found = bill(notebook(shown({"image/png": picture(1200, 900)})), model="gemini-2.5-flash")
    assert not found.lines[0].exact
    assert f"≈{found.tokens:,} tokens on" in str(found)
    assert "≈ marks an estimate" in str(found)
    assert "≈" not in str(bill(notebook(shown({"image/png": picture(1200, 900)})), model="gpt-5.6-sol"))


@pytest.mark.parametrize("text", ['{"cells": [' + "9" * 5000 + "]}", "[" * 100_000], ids=["number", "nested"])
def test_a_file_whose_json_python_will_not_read_is_no_notebook(tmp_path, text):
    file = tmp_path / "a.ipynb"
    file.write_text(text)
    with pytest.raises(MessageError, match="is not a notebook"):
        bill(file)
