"""Smaller copies of files: what changes, and what stays."""

import asyncio
import base64
import json
import os
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from nbformat import v4
from PIL import Image

import headroom_nb
from headroom_nb import user_message
from headroom_nb.demo.pdf import Page, make_pdf, report
from headroom_nb.errors import MessageError
from headroom_nb.options import Options
from headroom_nb.pictures import read_header
from headroom_nb.server.copies import smaller_copy
from tests.support import gradient, openai_message, png

pytest.importorskip("jupyter_server")

LARGE = png(gradient(1030, 512))
SMALL = png(gradient(64, 48))
OPTIONS = headroom_nb.Options(default_model="gpt-4o", quality="safe", router="rules")


def test_a_picture_becomes_a_smaller_picture():
    copy = smaller_copy("a.PNG", LARGE, OPTIONS)
    assert copy.after < copy.before
    assert read_header(copy.data).pixels < read_header(LARGE).pixels
    assert copy.suffix in {".png", ".jpg", ".webp"}


def test_a_picture_that_cannot_cost_less_is_not_copied():
    copy = smaller_copy("a.png", SMALL, OPTIONS)
    assert copy.data is None
    assert copy.before == copy.after


def test_a_pdf_becomes_a_message_that_holds_its_pages_for_less():
    pages = [Page(tuple(f"Berth {n} of the harbour was let to a ferry." for n in range(30)))] * 2
    copy = smaller_copy("report.pdf", make_pdf(pages), Options(model="claude-opus-5-5"))
    assert copy.suffix == ".json"
    assert copy.after < 0.5 * copy.before
    (message,) = json.loads(copy.data)
    (block,) = message["content"]
    assert "--- page 2 ---" in str(block)
    same = smaller_copy("report.pdf", make_pdf(pages), Options(model="gemini-2.5-flash"))
    assert (same.data, same.before) == (None, 2 * 258)
    assert "page 1" not in same.note


def test_a_tiff_of_several_pages_becomes_a_message_too():
    out = BytesIO()
    pages = [Image.new("RGB", (1600, 1200), colour) for colour in ("white", "grey")]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    copy = smaller_copy("scan.tiff", out.getvalue(), Options(model="claude-opus-5-5", router="rules"))
    assert copy.suffix == ".json"
    assert copy.after < copy.before
    (message,) = json.loads(copy.data)
    assert [block["type"] for block in message["content"]] == ["image", "image"]


def test_a_request_with_a_document_counts_it_as_one():
    request = [user_message("What is on page 2?", report(), provider="anthropic")]
    copy = smaller_copy("request.json", json.dumps(request).encode(), Options(model="claude-opus-5-5"))
    assert "1 document on claude-opus-5-5" in copy.note


def test_a_notebook_keeps_everything_but_its_large_pictures():
    outputs = [
        v4.new_output("display_data", {"image/png": base64.b64encode(data).decode(), "text/plain": "figure"})
        for data in (LARGE, SMALL)
    ]
    before = v4.new_notebook(cells=[v4.new_code_cell("plot()", outputs=outputs), v4.new_markdown_cell("text ü")])
    copy = smaller_copy("a.ipynb", json.dumps(before).encode(), OPTIONS)
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
    copy = smaller_copy("a.json", json.dumps(document).encode(), OPTIONS)
    after = json.loads(copy.data)
    assert copy.after < copy.before
    assert after.keys() == document.keys()


@pytest.mark.parametrize("own", [None, "claude-opus-4-8"])
def test_the_model_of_the_settings_gives_way_to_the_request_s_own_and_to_another_provider(own):
    message = headroom_nb.user_message("What is this?", LARGE, provider="anthropic")
    document = {"model": own, "max_tokens": 9, "messages": [message]} if own else [message]
    asked = headroom_nb.compress(document, quality="safe", router="rules")
    copy = smaller_copy("a.json", json.dumps(document).encode(), OPTIONS)
    assert (copy.before, copy.after) == (asked.original_tokens, asked.compressed_tokens)
    lines = smaller_copy("a.jsonl", json.dumps(document).encode(), OPTIONS)
    assert (lines.before, lines.after) == (copy.before, copy.after)


def test_lines_are_compressed_each_for_itself():
    lines = [[openai_message("What is this?", LARGE)], [openai_message("And this?", SMALL, detail="low")]]
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines) + b"\n"
    copy = smaller_copy("a.jsonl", data, OPTIONS)
    after = copy.data.splitlines(keepends=True)
    assert copy.after < copy.before
    assert json.loads(after[0]) != lines[0]
    assert b"".join(after[1:]) == data.partition(b"\n")[2]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", b"text", "not an image, PDF, notebook or message file"),
        ("a.json", b"{", "not JSON"),
        ("a.json", b"[" * 100_000, "not JSON"),
        ("a.ipynb", b"[]", "no list of cells"),
        ("a.jsonl", b'[]\n"text"\n', "line 2"),
    ],
)
def test_what_is_not_what_its_name_says_is_refused(name, data, why):
    with pytest.raises(MessageError, match=why):
        smaller_copy(name, data, OPTIONS)


def run(coroutine):
    """Run on a thread of its own: a browser that other tests opened keeps an event loop on this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def test_a_worker_answers_from_a_process_of_its_own():
    from headroom_nb.server.handlers import run_worker

    task = {"name": "a.png", "path": "a.png", "settings": {"model": "gpt-4o", "quality": "safe"}}
    answer, data = run(run_worker(task, LARGE))
    assert answer["after"] < answer["before"]
    assert read_header(data).pixels < read_header(LARGE).pixels
    answer, data = run(run_worker(task, b"no picture"))
    assert data is None


def test_a_module_in_the_server_s_folder_does_not_get_in_the_worker_s_way(tmp_path, monkeypatch):
    from headroom_nb.server.handlers import run_worker

    (tmp_path / "json.py").write_text("raise ImportError('not this one')")
    monkeypatch.chdir(tmp_path)
    task = {"name": "a.png", "path": "a.png", "settings": {"model": "gpt-4o", "quality": "safe"}}
    answer, _ = run(run_worker(task, LARGE))
    assert answer["after"] < answer["before"]


def workers():
    """Return the processes of this one that make copies."""
    return {
        place.name
        for place in Path("/proc").glob("[0-9]*")
        if f"PPid:\t{os.getpid()}\n" in text_of(place / "status") and "server.worker" in text_of(place / "cmdline")
    }


def text_of(file):
    try:
        return file.read_text("utf-8", "replace")
    except OSError:  # it has just ended
        return ""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks for processes in /proc")
def test_work_that_is_given_up_ends_its_worker():
    from headroom_nb.server.handlers import run_worker

    async def give_up():
        work = asyncio.ensure_future(run_worker({"name": "a.png", "settings": {"quality": "safe"}}, LARGE))
        while not workers():
            assert not work.done()
            await asyncio.sleep(0.01)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    run(give_up())
    assert workers() == set()


def test_without_a_place_for_temporary_files_that_is_said_in_words(tmp_path, monkeypatch):
    import tempfile

    from headroom_nb.server.handlers import WorkerError, run_worker

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(WorkerError, match="no copy was written"):
        run(run_worker({"name": "a.png", "settings": {}}, LARGE))


def test_a_worker_that_dies_is_an_error_in_words():
    from headroom_nb.server.handlers import WorkerError, run_worker

    with pytest.raises(WorkerError, match="the worker ended"):
        run(run_worker({"name": "a.png"}, LARGE))
