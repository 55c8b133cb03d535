from __future__ import annotations

import io
import itertools

from hypothesis import given
from hypothesis import strategies as st

from headroom_nb.batch import reading
from headroom_nb.batch.reading import SpanReader, line_number
from headroom_nb.batch.records import Span

LINES = st.lists(st.binary(max_size=12).filter(lambda line: b"\n" not in line), max_size=12)


def span(start: int, stop: int) -> Span:
    return Span(0, "in.jsonl", "lines", start, stop, stop - start)


def read_whole(data: bytes, cuts: list[int], most: int = 1000) -> tuple[list[bytes | None], list[int]]:
    """The items of all spans between the cuts, and the line number of each."""
    items, numbers, before = [], [], 0
    borders = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    for start, stop in itertools.pairwise(borders):
        reader = SpanReader(io.BytesIO(data), span(start, stop), most)
        for item in reader:
            items.append(item.data)
            numbers.append(before + item.line + 1)
            assert line_number(io.BytesIO(data), item.start) == numbers[-1]
        before += reader.lines
    return items, numbers


@given(LINES, st.booleans(), st.lists(st.integers(1, 100), max_size=6), st.sampled_from([b"\n", b"\r\n"]))
def test_every_line_is_read_once_wherever_the_file_is_cut(lines, ended, cuts, end):
    data = end.join(lines) + (end if ended else b"")
    expected = [(line.strip(), number) for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    if data.startswith(reading.BOM):
        return
    assert list(zip(*read_whole(data, cuts), strict=True)) == expected


def test_a_line_over_the_bound_is_named_and_passed(monkeypatch):
    monkeypatch.setattr(reading, "BLOCK", 7)
    data = b"short\n" + b"x" * 500 + b"\nlast\n"
    for cuts in ([], [8], [100, 200, 300], [506, 507]):
        assert read_whole(data, cuts, most=20) == ([b"short", None, b"last"], [1, 2, 3])


def test_a_byte_order_mark_is_no_part_of_the_first_line():
    assert read_whole(reading.BOM + b"[1]\n[2]\n", [])[0] == [b"[1]", b"[2]"]
