"""Whatever is in a file: the run goes on, the others are untouched, and memory stays small."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_nb import compress_batch
from tests.batch.lines import OPTIONS, asks, read_lines, write_lines

KEYS = st.sampled_from(
    ["messages", "content", "role", "type", "image_url", "url", "source", "data", "body", "params", "requests", "x"]
)
WORDS = st.sampled_from(["user", "image", "image_url", "text", "base64", "data:image/png;base64,AAAA", "\ud800", ""])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(VALUES, max_size=6), st.sampled_from(["in.jsonl", "in.json"]))
def test_lines_of_any_shape_come_through_in_their_places(values, name):
    with tempfile.TemporaryDirectory() as folder:
        source, sink = Path(folder, name), Path(folder, f"out{Path(name).suffix}")
        source.write_text(json.dumps(values) if name == "in.json" else "\n".join(map(json.dumps, values)))
        summary = compress_batch(source, sink, **OPTIONS)
        if name == "in.jsonl":
            assert sink.read_text() == "".join(f"{json.dumps(value)}\n" for value in values)
            assert summary.items == len(values)
        else:
            assert json.dumps(json.loads(sink.read_text())) == json.dumps(values)
        assert len(read_lines(summary.report)) == summary.items


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"")), max_size=8))
def test_bytes_of_any_kind_come_through_in_their_places(lines):
    with tempfile.TemporaryDirectory() as folder:
        source, sink = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
        source.write_bytes(b"\n".join([json.dumps(asks(2)).encode(), *lines]))
        compress_batch(source, sink, **OPTIONS)
        wanted = [line.strip() for line in source.read_bytes().split(b"\n") if line.strip()]
        assert sink.read_bytes().split(b"\n")[:-1] == wanted


def test_a_sentence_never_repeats_a_long_text_of_the_data(tmp_path):
    long = "gpt-" + "x" * 50_000
    lines = [{"model": long, "messages": []}, {long: 1, "\x1b[31mred": 2}, {"custom_id": long, "messages": asks(2)}]
    source = write_lines(tmp_path / "in.jsonl", lines)
    summary = compress_batch(source, tmp_path / "out.jsonl", **{**OPTIONS, "model": None})
    assert [len(error.message) < 600 for error in summary.errors] == [True]  # the long name is counted as a guess
    assert Path(summary.report).stat().st_size < 4000
    assert "\x1b" not in str(summary)


HUGE = """
import resource, sys
from headroom_nb import compress_batch
from tests.batch.lines import OPTIONS
compress_batch(sys.argv[1] + "/few.jsonl", sys.argv[1] + "/warm.jsonl", **OPTIONS)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
summary = compress_batch(sys.argv[1] + "/in.jsonl", sys.argv[1] + "/out.jsonl", on_error="skip", **OPTIONS)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, summary.items, summary.error_count)
"""


@pytest.mark.slow
def test_a_line_of_300_megabytes_is_passed_in_little_memory(tmp_path):
    write_lines(tmp_path / "few.jsonl", [asks(0)])
    first = json.dumps(asks(2)).encode() + b"\n"
    with (tmp_path / "in.jsonl").open("wb") as file:
        file.write(first)
        file.truncate(len(first) + 300_000_000)  # a hole that reads as zeros, and takes no disk
        file.seek(0, 2)
        file.write(b"\n" + first)
    answer = subprocess.run([sys.executable, "-c", HUGE, str(tmp_path)], check=True, capture_output=True, text=True)
    growth, items, errors = map(int, answer.stdout.split())
    assert (items, errors) == (3, 1)
    assert growth < 150_000  # kB: the bound on an item, twice, and a little
    assert (tmp_path / "out.jsonl").read_bytes() == first + first
