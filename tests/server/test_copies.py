"""Smaller copies of files: what changes, and what stays."""

import asyncio
import base64
import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from nbformat import v4

import headroom_nb
from headroom_nb.errors import MessageError
from headroom_nb.pictures import read_header
from headroom_nb.server.copies import smaller_copy
from tests.support import gradient, openai_message, png

pytest.importorskip("jupyter_server")

LARGE = png(gradient(1030, 512))
SMALL = png(gradient(64, 48))
compress = partial(headroom_nb.compress, model="gpt-4o", quality="safe", router="rules")


def test_a_picture_becomes_a_smaller_picture():
    copy = smaller_copy("a.PNG", LARGE, compress)
    assert copy.after < copy.before
    assert read_header(copy.data).pixels < read_header(LARGE).pixels
    assert copy.suffix in {".png", ".jpg", ".webp"}


def test_a_picture_that_cannot_cost_less_is_not_copied():
    copy = smaller_copy("a.png", SMALL, compress)
    assert copy.data is None
    assert copy.before == copy.after


def test_a_notebook_keeps_everything_but_its_large_pictures():
    outputs = [
        v4.new_output("display_data", {"image/png": base64.b64encode(data).decode(), "text/plain": "figure"})
        for data in (LARGE, SMALL)
    ]
    before = v4.new_notebook(cells=[v4.new_code_cell("plot()", outputs=outputs), v4.new_markdown_cell("text ü")])
    copy = smaller_copy("a.ipynb", json.dumps(before).encode(), compress)
    after = json.loads(copy.data)
    assert copy.after < copy.before
    large, small = (output["data"] for output in after["cells"][0]["outputs"])
    assert list(large)[1] == "text/plain"
    assert read_header(base64.b64decode(next(iter(large.values())))).pixels < read_header(LARGE).pixels
    assert small == outputs[1]["data"]
    after["cells"][0]["outputs"][0] = json.loads(json.dumps(outputs[0]))
    assert after == before


def test_a_conversation_keeps_its_format():
    document = {"model": "gpt-4o", "messages": [openai_message("What is this?", LARGE)], "temperature": 0}
    copy = smaller_copy("a.json", json.dumps(document).encode(), compress)
    after = json.loads(copy.data)
    assert copy.after < copy.before
    assert after.keys() == document.keys()


def test_lines_are_compressed_each_for_itself():
    lines = [[openai_message("What is this?", LARGE)], [openai_message("And this?", SMALL)]]
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines) + b"\n"
    copy = smaller_copy("a.jsonl", data, compress)
    after = copy.data.splitlines(keepends=True)
    assert copy.after < copy.before
    assert json.loads(after[0]) != lines[0]
    assert b"".join(after[1:]) == data.partition(b"\n")[2]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", b"text", "no picture, notebook or message file"),
        ("a.json", b"{", "not JSON"),
        ("a.json", b"[" * 100_000, "not JSON"),
        ("a.ipynb", b"[]", "no list of cells"),
        ("a.jsonl", b'[]\n"text"\n', "line 2"),
    ],
)
def test_what_is_not_what_its_name_says_is_refused(name, data, why):
    with pytest.raises(MessageError, match=why):
        smaller_copy(name, data, compress)


def run(coroutine):
    """Run on a thread of its own: a browser that other tests opened keeps an event loop on this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def test_a_worker_answers_from_a_process_of_its_own():
    from headroom_nb.server.handlers import run_worker

    task = {"name": "a.png", "path": "a.png", "model": "gpt-4o", "quality": "safe"}
    answer, data = run(run_worker(task, LARGE))
    assert answer["after"] < answer["before"]
    assert read_header(data).pixels < read_header(LARGE).pixels
    answer, data = run(run_worker(task, b"no picture"))
    assert data is None


def test_a_worker_that_dies_is_an_error_in_words():
    from headroom_nb.server.handlers import WorkerError, run_worker

    with pytest.raises(WorkerError, match="the worker ended"):
        run(run_worker({"name": "a.png", "model": None}, LARGE))
